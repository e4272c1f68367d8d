package schedule

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
)

// Fetch says where a message comes from.
type Fetch struct {
	URL        string            `yaml:"url" help:"A URL that answers with JSON or text."`
	Text       string            `yaml:"text" help:"The message; {{body}} is the answer, the names of values are parts of it."`
	Values     map[string]string `yaml:"values" help:"Parts of a JSON answer by name, such as {news: data.news}; a list is numbered."`
	Feed       bool              `yaml:"feed" default:"false" help:"The answer is a feed: {{entries}} are the articles that are new."`
	Most       int               `yaml:"most" default:"5" help:"How many articles of a feed a message has at most."`
	Picture    bool              `yaml:"picture" default:"false" help:"Whether the picture of the first new article of a feed follows."`
	AllowHosts []string          `yaml:"allow_hosts" help:"Hosts that need not be on the public internet, such as 10.0.0.5:9000."`
	MaxSize    int64             `yaml:"max_size,bytes" default:"1MB" help:"The largest answer that is read."`
}

// maxFetched is how many characters of a value are used.
const maxFetched = 4000

func (f *Fetch) check() error {
	if f.URL == "" {
		if f.Text != "" || len(f.Values) > 0 {
			return &plugin.FieldError{Field: "fetch.url", Err: errors.New("it is missing")}
		}
		return nil
	}
	if u, err := url.Parse(f.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &plugin.FieldError{Field: "fetch.url", Err: errors.New("it is no http or https URL")}
	}
	return f.checkFeed()
}

// names are the placeholders that a message may have, without their values.
func (p *part) names() map[string]string {
	names := map[string]string{"date": "", "weekday": "", "time": ""}
	if p.c.Fetch.URL != "" {
		names["body"] = ""
	}
	if p.c.Fetch.Feed {
		names = map[string]string{"date": "", "weekday": "", "time": "", "entries": ""}
	}
	for name := range p.c.Fetch.Values {
		names[name] = ""
	}
	return names
}

// made is the message of a time: empty if there is no news. Known are the articles of the feed.
type made struct {
	Text  string
	Image string // a file
	Known []string
}

// make makes the message of a time.
func (p *part) make(ctx context.Context, due time.Time) (m made, err error) {
	var n news
	values, err := p.values(ctx, due, &n)
	m.Known = n.Known
	if err != nil || p.c.Fetch.Feed && n.Text == "" {
		return m, err
	}
	m.Image = p.c.Image
	if p.c.Fetch.Picture && n.Picture != "" {
		m.Image = p.picture(ctx, n.Picture)
	}
	m.Text, err = p.text.Fill(values)
	return m, err //nolint:wrapcheck // it names the template
}

// values are what fills the message of a time.
func (p *part) values(ctx context.Context, due time.Time, n *news) (map[string]string, error) {
	due = due.In(p.zone)
	values := map[string]string{}
	f := p.c.Fetch
	if f.URL != "" {
		got, err := plugin.Fetch(ctx, p.h, f.URL, f.MaxSize, f.AllowHosts...)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what failed
		}
		if f.Feed {
			*n, err = p.news(ctx, got.Body)
			values["entries"] = n.Text
		} else {
			values["body"] = plugin.CleanText(string(got.Body), maxFetched)
		}
		if err != nil {
			return nil, err
		}
		if len(f.Values) > 0 {
			if err := f.pick(got.Body, values); err != nil {
				return nil, err
			}
		}
	}
	values["date"], values["time"] = due.Format(time.DateOnly), due.Format("15:04")
	values["weekday"] = "星期" + string([]rune("日一二三四五六")[due.Weekday()])
	return values, nil
}

// pick adds the parts of a JSON answer to the values.
func (f *Fetch) pick(body []byte, values map[string]string) error {
	var answer any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // ids stay what they are
	if err := d.Decode(&answer); err != nil {
		return errors.New("schedule: fetch: the answer is not JSON, and fetch.values needs that")
	}
	for name, path := range f.Values {
		found := at(answer, strings.Split(path, "."))
		if len(found) == 0 {
			return phrase.Errorf("schedule: fetch.values.%s: the answer has nothing at %s", name, path)
		}
		text := found[0]
		if len(found) > 1 {
			for i := range found {
				found[i] = strconv.Itoa(i+1) + ". " + found[i]
			}
			text = strings.Join(found, "\n")
		}
		values[name] = plugin.CleanText(text, maxFetched)
	}
	return nil
}

// at are the texts at a path of keys and positions. A key of a list is that of each of its entries.
func at(v any, path []string) (texts []string) {
	switch v := v.(type) {
	case map[string]any:
		if len(path) > 0 {
			return at(v[path[0]], path[1:])
		}
	case []any:
		if len(path) > 0 {
			if i, err := strconv.Atoi(path[0]); err == nil {
				if i < 0 || i >= len(v) {
					return nil
				}
				return at(v[i], path[1:])
			}
		}
		for _, entry := range v {
			texts = append(texts, at(entry, path)...)
		}
	case string, json.Number, bool:
		if len(path) == 0 {
			return []string{fmt.Sprint(v)}
		}
	}
	return texts
}
