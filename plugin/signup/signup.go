// Package signup is a plugin by which people sign up for something: by a form with questions, or by
// a list in the group, 接龙.
package signup

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
)

// Config configures the plugin: a form, or a list.
type Config struct {
	plugin.Scope
	Kind     string         `yaml:"kind" default:"form" enum:"form,list" help:"A form with questions, or a list that all in the group see."`
	Start    []string       `yaml:"start" required:"true" help:"The words that start the form, or a list."`
	Ask      Questions      `yaml:"ask" help:"The questions of a form, by the name of their column, in their order."`
	Where    string         `yaml:"where" enum:"here,private" help:"Where a form asks; private for a phone or a file, else here."`
	Direct   bool           `yaml:"confirm,not" default:"true" help:"Whether a form shows the answers, and waits for a yes."`
	Cancel   []string       `yaml:"cancel" default:"取消" help:"The words that end an open form."`
	Timeout  time.Duration  `yaml:"timeout" default:"3m" help:"How long a form waits for an answer."`
	Remind   time.Duration  `yaml:"remind,off" default:"off" help:"How long before the time-out there is a reminder."`
	Again    bool           `yaml:"once,not" default:"true" help:"Whether a person signs up by a form only once."`
	MayStart []string       `yaml:"may_start" of:"people" default:"all" help:"Who may start a list: people, admins, owners, or all."`
	Guests   bool           `yaml:"guests" default:"false" help:"Whether people may bring others to a list: +3, or 报名 NAME."`
	Repost   time.Duration  `yaml:"repost,off" default:"1m" help:"How often a list is posted again, at most; off: only at its end."`
	Reposts  plugin.Limit   `yaml:"reposts" default:"30/24h" help:"How many times a list is posted again in a time, at most."`
	Places   int            `yaml:"places,off" default:"off" help:"How many places there are; later ones wait for one."`
	Until    time.Time      `yaml:"until,date" help:"The last day to sign up."`
	CSV      string         `yaml:"csv" help:"The file of the table; relative to the data directory."`
	Webhook  plugin.Webhook `yaml:"webhook" help:"A system that gets each sign-up and each cancellation."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("signup", "Signs people up: by a form with questions, or by a list in the group (接龙).", New).WithOldName("form").
		WithExample("signup: {start: 报名, ask: {name: 姓名？, phone: {text: 手机号？, check: phone}}, csv: signup.csv}\n")
}

const (
	kindForm, kindList = "form", "list"
	here               = "here"
	retryFor           = 72 * time.Hour
)

// New makes the plugin. A form without in works in private chats.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if c.In == nil && c.Kind == kindForm {
		c.In = []string{plugin.Private}
	}
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "start": c.Start}), c.Webhook.Check("webhook")}
	mistake := func(field, text string) { errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New(text)}) }
	for i, word := range c.Start {
		if strings.Trim(word, "/／ \t\n") == "" {
			mistake(fmt.Sprintf("start[%d]", i), "it is no word")
		}
	}
	switch c.Kind {
	case kindForm:
		errs = append(errs, c.Ask.check())
	case kindList:
		errs = append(errs, plugin.Require(map[string][]string{"may_start": c.MayStart}))
		if len(c.Ask) > 0 {
			mistake("ask", "a list asks nothing: leave it out, or write kind: form")
		}
	default:
		mistake("kind", fmt.Sprintf("%q is neither form nor list", c.Kind))
	}
	personal := slices.ContainsFunc(c.Ask, func(q Question) bool { return q.Check == checkPhone || q.isFile() })
	switch {
	case c.Where == "" && personal:
		c.Where = plugin.Private
	case c.Where == "":
		c.Where = here
	case c.Where != here && c.Where != plugin.Private:
		mistake("where", fmt.Sprintf("%q is neither here nor private", c.Where))
	}
	if c.Timeout <= 0 {
		mistake("timeout", "it is no time: write 3m")
	}
	if c.Remind >= c.Timeout {
		mistake("remind", "it is not less than timeout")
	}
	if len(c.Cancel) == 0 {
		mistake("cancel", "it is empty, so nobody could end a form")
	}
	if c.Places > maxPlaces {
		mistake("places", fmt.Sprintf("it is more than %d", maxPlaces))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	p := &part{c: c}
	if c.Kind == kindList {
		return c.Bind("signup", &list{p}), nil
	}
	return c.Bind("signup", &form{p}), nil
}

// maxPlaces bounds the people of a form or a list, which are one value in the store.
const maxPlaces = 2000

// part is what forms and lists share.
type part struct {
	c Config
	h *bot.Handle
}

// Close implements plugin.Part.
func (p *part) Close() error { return nil }

func (p *part) setup(h *bot.Handle, header []string) {
	p.h = h
	sheet := table.Table{Header: header, ID: []int{0}}
	h.Task("write", func(t *bot.Task[[][]string]) error {
		if err := sheet.Write(p.h.Path(p.c.CSV), t.Data); err != nil {
			return fmt.Errorf("signup: csv: %w", err)
		}
		return nil
	}, bot.RetryFor(retryFor))
	h.Task("post", func(t *bot.Task[map[string]string]) error { return p.c.Webhook.Post(t, p.h, t.Key, t.Data) }, bot.RetryFor(retryFor))
}

// record writes a row into the table, and posts it to the webhook. The cells are those of the
// header; the first identifies the row, the last is its status.
func (p *part) record(c *router.Context, header []string, rows ...[]string) error {
	for _, row := range rows {
		data := map[string]string{}
		for i, name := range header {
			data[name] = row[i]
			row[i] = plugin.Cell(row[i])
		}
		key := row[0] + " " + row[len(row)-1] + " " + c.Event.Key()
		if p.c.Webhook.URL != "" {
			if err := p.later(c, key, "post", key, 0, data); err != nil {
				return err
			}
		}
	}
	if p.c.CSV == "" || len(rows) == 0 {
		return nil
	}
	return p.later(c, rows[0][0]+" "+rows[0][len(rows[0])-1], "write", "table", table.After, rows, plugin.Gather[[]string](table.Most))
}

// later asks for a task that belongs to no chat: that of a form in private may be one where the
// plugin is off. The step tells the calls of a handler apart.
func (p *part) later(c *router.Context, step, task, key string, delay time.Duration, data any, options ...router.LaterOption) error {
	return c.Once(task+" "+step, func() error {
		return p.h.Later(c, task, key, delay, data, append(options, bot.InChat(c.Account(), ""))...)
	})
}

// over reports whether the last day has passed when a message was written.
func (p *part) over(c *router.Context) bool {
	return !p.c.Until.IsZero() && plugin.Written(c).In(c.Now().Location()).Format(time.DateOnly) > p.c.Until.Format(time.DateOnly)
}

// The status of a row.
const (
	statusIn, statusWaiting, statusGone = "报名", "候补", "已取消"
)
