// Package collect is a plugin that collects links, articles, mini programs and cards of Channels in
// a table.
package collect

import (
	"cmp"
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
	retryFor = 72 * time.Hour
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Types    []string       `yaml:"types" oldvalues:"miniprogram=mini_program" help:"What is collected: article, link, mini_program, finder; all of them if it is absent."`
	NotHosts []string       `yaml:"not_hosts" help:"Hosts whose links are not collected, with those below them."`
	SameLink time.Duration  `yaml:"same_link" default:"30d" help:"For how long the same link is one row, with a count of its mentions."`
	CSV      string         `yaml:"csv" help:"The file of the table; relative to the data directory."`
	JSONL    string         `yaml:"jsonl" help:"A file with a line of JSON for each mention."`
	Webhook  plugin.Webhook `yaml:"webhook" help:"A system that gets each mention."`
	List     List           `yaml:"list" help:"What was collected in a chat since the last list, at times of the day."`
	Summary  Summary        `yaml:"summary" help:"What a page says, by a language model."`
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
	c.Summary.Prompt = cmp.Or(c.Summary.Prompt, c.Summary.Model.Prompt)
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "types": c.Types})}
	mistake := func(field string, err error) { errs = append(errs, &plugin.FieldError{Field: field, Err: err}) }
	for i, word := range c.Types {
		if !slices.Contains(may, word) {
			mistake(fmt.Sprintf("types[%d]", i), phrase.Errorf("%q is not possible here; there are %s", word, strings.Join(may, ", ")))
		}
	}
	if c.CSV == "" && c.JSONL == "" && c.Webhook.URL == "" && len(c.List.At) == 0 && !c.Summary.on() {
		mistake("csv", errors.New("the links go nowhere: write csv, jsonl, webhook, list or summary"))
	}
	errs = append(errs, c.Webhook.Check("webhook"), c.List.check(), c.Summary.check())
	if c.SameLink <= 0 {
		mistake("same_link", errors.New("it is not a time: write 30d"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("collect", &part{c: c}), nil
}

type part struct {
	c     Config
	h     *bot.Handle
	round plugin.Rounds
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

	address string // as it was written
}

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.arrived, match.Kind(xmlmsg.KindText, xmlmsg.KindQuote, xmlmsg.KindLink, xmlmsg.KindMiniProgram, xmlmsg.KindFinderFeed,
		xmlmsg.KindFinderLive, xmlmsg.KindFinderCard)).Named("arrived")
	h.Task("write", p.write, bot.RetryFor(retryFor))
	h.Task("post", p.post, bot.RetryFor(retryFor))
	p.setUpList()
	p.setUpSummary()
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
		address := r.address
		r, err := p.mention(c, r)
		if err != nil {
			return err
		}
		rows = append(rows, r)
		if err := p.note(c, r); err != nil {
			return err
		}
		if p.c.Summary.When == always && r.Mentions == 1 && isPage(r) {
			if err := c.Later("summarise", c.Event.Key()+"/"+r.URL, 0, page{r.URL, address, r.Title, false}); err != nil {
				return err
			}
		}
		if p.c.Webhook.URL != "" {
			if err := c.Later("post", c.Event.Key()+"/"+strconv.Itoa(len(rows)), 0, r); err != nil {
				return err
			}
		}
	}
	if len(rows) == 0 || p.c.CSV == "" && p.c.JSONL == "" {
		return nil
	}
	return c.Later("write", "table", table.After, rows, plugin.Gather[row](table.Most))
}

func (p *part) wants(r row) bool {
	host := hostOf(r.URL)
	return r.URL != "" && slices.Contains(p.c.Types, r.Type) && !under(host, p.c.NotHosts) && !under(host, []string{invitations})
}

// hashed is an address as a part of a key.
func hashed(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:16])
}

// mention counts a mention of a link, once for each message.
func (p *part) mention(c *router.Context, r row) (row, error) {
	return router.Update(c, c.Store(), "link/"+hashed(r.URL), p.c.SameLink, func(known row) (row, error) {
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
