// Package collect is a plugin that collects links, articles, mini programs and cards of Channels in
// a table.
package collect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	writeAfter = 2 * time.Second // links of that time are written together
	writeMost  = 20 * time.Second
	retryFor   = 72 * time.Hour
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Types    []string       `yaml:"types" help:"What is collected: article, link, mini_program, finder; all of them if it is absent."`
	NotHosts []string       `yaml:"not_hosts" help:"Hosts whose links are not collected, with those below them."`
	SameLink time.Duration  `yaml:"same_link" default:"30d" help:"For how long the same link is one row, with a count of its mentions."`
	CSV      string         `yaml:"csv" help:"The file of the table; relative to the data directory."`
	JSONL    string         `yaml:"jsonl" help:"A file with a line of JSON for each mention."`
	Webhook  plugin.Webhook `yaml:"webhook" help:"A system that gets each mention."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("collect", "Collects links, articles, mini programs and cards of Channels in a table.", New).
		WithExample("collect: {in: [资讯群], csv: links.csv}\n")
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	may := []string{"article", "link", "mini_program", "finder"}
	if c.Types == nil {
		c.Types = may
	}
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "types": c.Types})}
	mistake := func(field string, err error) { errs = append(errs, &plugin.FieldError{Field: field, Err: err}) }
	for i, word := range c.Types {
		if !slices.Contains(may, word) {
			mistake(fmt.Sprintf("types[%d]", i), phrase.Errorf("%q is not possible here; there are %s", word, strings.Join(may, ", ")))
		}
	}
	if c.CSV == "" && c.JSONL == "" && c.Webhook.URL == "" {
		mistake("csv", errors.New("the links go nowhere: write csv, jsonl or webhook"))
	}
	errs = append(errs, c.Webhook.Check("webhook"))
	if c.SameLink <= 0 {
		mistake("same_link", errors.New("it is not a time: write 30d"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("collect", &part{c: c}), nil
}

type part struct {
	c Config
	h *bot.Handle
}

// row is a link with the last who mentioned it.
type row struct {
	First    time.Time `json:"first"` // with the group and the person
	Group    string    `json:"group"`
	Who      string    `json:"who"`
	Type     string    `json:"type"`
	Title    string    `json:"title"`
	URL      string    `json:"url"`
	Source   string    `json:"source,omitempty"` // the account that it comes from
	Mentions int       `json:"mentions"`
	Last     time.Time `json:"last"`
	By       string    `json:"key"` // of the message of the last mention
}

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.arrived, match.Kind(xmlmsg.KindText, xmlmsg.KindQuote, xmlmsg.KindLink, xmlmsg.KindMiniProgram, xmlmsg.KindFinderFeed,
		xmlmsg.KindFinderLive, xmlmsg.KindFinderCard)).Named("arrived")
	h.Task("write", p.write, bot.RetryFor(retryFor))
	h.Task("post", p.post, bot.RetryFor(retryFor))
	return nil
}

func (p *part) Close() error { return nil }

// arrived collects the links of a message.
func (p *part) arrived(c *router.Context) error {
	if c.Event.Self {
		return nil
	}
	var rows []row
	seen := map[string]bool{}
	for _, r := range found(c.Payload()) {
		if seen[r.URL] || !p.wants(r) {
			continue
		}
		seen[r.URL] = true
		r, err := p.mention(c, r)
		if err != nil {
			return err
		}
		rows = append(rows, r)
		if p.c.Webhook.URL != "" {
			if err := c.Later("post", c.Event.Key()+"/"+strconv.Itoa(len(rows)), 0, r); err != nil {
				return err
			}
		}
	}
	if len(rows) == 0 || p.c.CSV == "" && p.c.JSONL == "" {
		return nil
	}
	return c.Later("write", "table", writeAfter, rows, bot.Merge(func(before, now []row) []row { return append(before, now...) }),
		func(r *router.TaskRequest) { r.Most = writeMost })
}

// found are the links of a message. An invitation to a group is none.
func found(payload xmlmsg.Payload) (all []row) {
	page := func(title, address, source string) {
		kind := "link"
		if hostOf(address) == articleHost {
			kind = "article"
		}
		all = append(all, row{Type: kind, Title: title, URL: canonical(address), Source: source})
	}
	switch m := payload.(type) {
	case *xmlmsg.Text:
		for _, address := range links(m.Body) {
			page("", address, "")
		}
	case *xmlmsg.Quote:
		for _, address := range links(m.Text) {
			page("", address, "")
		}
	case *xmlmsg.Link:
		for _, a := range m.Articles {
			page(a.Title, a.URL, m.SourceName)
		}
		if len(m.Articles) == 0 {
			page(m.Title, m.URL, m.SourceName)
		}
	case *xmlmsg.MiniProgram:
		path, _, _ := strings.Cut(m.PagePath, "?")
		all = append(all, row{Type: "mini_program", Title: m.Title, URL: "miniprogram://" + m.AppID + "/" + path, Source: m.DisplayName})
	case *xmlmsg.FinderFeed:
		all = append(all, row{
			Type: "finder", Title: m.Desc, URL: "finder://feed/" + strconv.FormatUint(m.ObjectID, 10), Source: m.Nickname,
		})
	case *xmlmsg.FinderLive:
		all = append(all, row{Type: "finder", Title: m.Desc, URL: "finder://live/" + strconv.FormatUint(m.LiveID, 10), Source: m.Nickname})
	case *xmlmsg.FinderCard:
		all = append(all, row{Type: "finder", Title: m.Nickname, URL: "finder://card/" + m.Username, Source: m.Nickname})
	}
	return all
}

func (p *part) wants(r row) bool {
	host := hostOf(r.URL)
	return r.URL != "" && slices.Contains(p.c.Types, r.Type) && !under(host, p.c.NotHosts) && !under(host, []string{invitations})
}

// mention counts a mention of a link, once for each message.
func (p *part) mention(c *router.Context, r row) (row, error) {
	sum := sha256.Sum256([]byte(r.URL))
	return router.Update(c, c.Store(), "link/"+hex.EncodeToString(sum[:16]), p.c.SameLink, func(known row) (row, error) {
		if known.Mentions == 0 {
			known = r
			known.First, known.Group, known.Who = c.Event.Time, c.GroupName(), c.SenderName()
		}
		if known.Title == "" {
			known.Title = r.Title
		}
		if known.By != c.Event.Key() {
			known.Mentions++
		}
		known.Last, known.By = c.Event.Time, c.Event.Key()
		return known, nil
	})
}

// linksTable is the table: a row is a link with the time of its first mention.
var linksTable = table.Table{
	Header: []string{"first", "group", "who", "type", "title", "url", "source", "mentions", "last"}, ID: []int{0, 5},
}

// cells are the row as it stands in the table.
func (r row) cells() []string {
	return []string{
		r.First.Format(time.DateTime), plugin.Cell(r.Group), plugin.Cell(r.Who), r.Type, plugin.Cell(r.Title), plugin.Cell(r.URL),
		plugin.Cell(r.Source), strconv.Itoa(r.Mentions), r.Last.Format(time.DateTime),
	}
}

// write writes mentions into the files.
func (p *part) write(t *bot.Task[[]row]) error {
	for i := range t.Data {
		r, zone := &t.Data[i], p.h.Zone()
		r.First, r.Last = r.First.In(zone), r.Last.In(zone)
	}
	if p.c.CSV != "" {
		var rows [][]string
		for _, r := range t.Data {
			rows = append(rows, r.cells())
		}
		if err := linksTable.Write(p.h.Path(p.c.CSV), rows); err != nil {
			return fmt.Errorf("collect: csv: %w", err)
		}
	}
	if p.c.JSONL == "" {
		return nil
	}
	if err := t.Once("jsonl", func() error { return table.AppendJSON(p.h.Path(p.c.JSONL), t.Data) }); err != nil {
		return fmt.Errorf("collect: jsonl: %w", err)
	}
	return nil
}

// post posts a mention to the webhook.
func (p *part) post(t *bot.Task[row]) error { return p.c.Webhook.Post(t, p.h, t.Key, t.Data) }
