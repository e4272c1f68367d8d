// Package collect is a plugin that collects links, articles, mini programs and cards of Channels in
// a table.
package collect

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	writeAfter  = 2 * time.Second // links of that time are written together
	writeMost   = 20 * time.Second
	postTimeout = 20 * time.Second
	retryFor    = 72 * time.Hour
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Types    []string      `yaml:"types" help:"What is collected: article, link, mini_program, finder; all of them if it is absent."`
	NotHosts []string      `yaml:"not_hosts" help:"Hosts whose links are not collected, with those below them."`
	SameLink time.Duration `yaml:"same_link" default:"30d" help:"For how long the same link is one row, with a count of its mentions."`
	CSV      string        `yaml:"csv" help:"The file of the table; relative to the data directory."`
	JSONL    string        `yaml:"jsonl" help:"A file with a line of JSON for each mention."`
	Webhook  struct {
		URL    string `yaml:"url" help:"Where each mention is posted as JSON."`
		Secret string `yaml:"secret" help:"The key of the signature in the header X-Hongyan-Signature."`
	} `yaml:"webhook" help:"A system that is told."`
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
			mistake(fmt.Sprintf("types[%d]", i), fmt.Errorf("%q is not possible here; there are %s", word, strings.Join(may, ", ")))
		}
	}
	if c.CSV == "" && c.JSONL == "" && c.Webhook.URL == "" {
		mistake("csv", errors.New("the links go nowhere: write csv, jsonl or webhook"))
	}
	u, err := url.Parse(c.Webhook.URL)
	if c.Webhook.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		mistake("webhook.url", errors.New("it is not an http or https URL"))
	}
	if c.SameLink <= 0 {
		mistake("same_link", errors.New("it is not a time: write 30d"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	p := &part{c: c, transport: transport, client: &http.Client{Timeout: postTimeout, Transport: transport}}
	return c.Bind("collect", p), nil
}

type part struct {
	c         Config
	transport *http.Transport
	client    *http.Client
	h         *bot.Handle
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
	p.h, p.client = h, h.HTTP(p.client)
	h.Observe(p.arrived, match.Kind(xmlmsg.KindText, xmlmsg.KindQuote, xmlmsg.KindLink, xmlmsg.KindMiniProgram, xmlmsg.KindFinderFeed,
		xmlmsg.KindFinderLive, xmlmsg.KindFinderCard)).Named("arrived")
	h.Task("write", p.write, bot.RetryFor(retryFor))
	h.Task("post", p.post, bot.RetryFor(retryFor))
	return nil
}

func (p *part) Close() error {
	p.transport.CloseIdleConnections()
	return nil
}

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

// write writes mentions into the files.
func (p *part) write(t *bot.Task[[]row]) error {
	for i := range t.Data {
		r, zone := &t.Data[i], p.h.Zone()
		r.First, r.Last = r.First.In(zone), r.Last.In(zone)
	}
	if p.c.CSV != "" {
		if err := writeTable(p.h.Path(p.c.CSV), t.Data); err != nil {
			return fmt.Errorf("collect: csv: %w", err)
		}
	}
	if p.c.JSONL == "" {
		return nil
	}
	if err := t.Once("jsonl", func() error { return appendLines(p.h.Path(p.c.JSONL), t.Data) }); err != nil {
		return fmt.Errorf("collect: jsonl: %w", err)
	}
	return nil
}

// post posts a mention to the webhook.
func (p *part) post(t *bot.Task[row]) error {
	body, err := json.Marshal(t.Data)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(t, http.MethodPost, p.c.Webhook.URL, bytes.NewReader(body))
	if err != nil {
		return router.Permanent(errors.New("collect: webhook.url cannot be used"))
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", t.Key)
	if p.c.Webhook.Secret != "" {
		mac := hmac.New(sha256.New, []byte(p.c.Webhook.Secret))
		mac.Write(body)
		request.Header.Set("X-Hongyan-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return fmt.Errorf("collect: webhook: %w", withoutURL(err))
	}
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("collect: webhook: %w", err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("collect: webhook: it answers %s", answer.Status)
	}
	return nil
}

// withoutURL is the cause of an error of a client: the URL may hold a secret.
func withoutURL(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
