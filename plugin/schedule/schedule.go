// Package schedule is a plugin for what is due at a time: messages on certain days, news that are
// fetched before, and reminders that people ask for in the chat.
package schedule

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// Config configures the plugin: timed messages, or reminders.
type Config struct {
	plugin.Scope
	plugin.Days
	At     []plugin.Clock `yaml:"at" help:"The times of the day, such as 09:00."`
	Cron   string         `yaml:"cron" help:"The times as in crontab, in place of at."`
	Zone   string         `yaml:"zone" help:"The time zone, such as Asia/Shanghai; that of the bot if it is absent."`
	To     []string       `yaml:"to" of:"chats" help:"Who gets the message: chats, people, or owners."`
	Text   string         `yaml:"text" help:"The message; {{date}}, {{weekday}} and {{time}} are filled."`
	Image  string         `yaml:"image" help:"A picture that follows the text: a file of this machine."`
	Fetch  Fetch          `yaml:"fetch" help:"Fetches a message from a URL."`
	Gap    outbox.Range   `yaml:"gap" default:"2s-5s" help:"The time between two recipients."`
	Late   time.Duration  `yaml:"late" default:"1h" help:"How late a message may go out after the bot was down, once."`
	Remind bool           `yaml:"remind" default:"false" help:"Whether people may ask for reminders: 提醒我 18:00 开会."`
	Most   int            `yaml:"most,off" default:"20" help:"How many reminders a person may have in a chat."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("schedule", "Timed messages, a morning paper from a URL, and reminders.", New).
		WithExample("schedule: {at: \"09:00\", days: workdays, to: [同事群], text: 打卡}\n")
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if err := c.check(); err != nil {
		return nil, err
	}
	p := &part{c: c}
	var err error
	if c.Zone != "" {
		if p.zone, err = time.LoadLocation(c.Zone); err != nil {
			return nil, &plugin.FieldError{Field: "zone", Err: phrase.Errorf("%q is not a time zone: write Asia/Shanghai", c.Zone)}
		}
	}
	if !c.Remind {
		p.c.In = []string{plugin.All} // to says where it writes
		field, text := "text", c.Text
		if c.Fetch.URL != "" {
			field, text = "fetch.text", cmp.Or(c.Fetch.Text, c.Text, map[bool]string{false: "{{body}}", true: "{{entries}}"}[c.Fetch.Feed])
		}
		if p.text, err = router.ParseTemplate(text); err == nil {
			_, err = p.text.Fill(p.names())
		}
		if err != nil {
			return nil, &plugin.FieldError{Field: field, Err: err}
		}
	}
	return p.c.Bind("schedule", p), nil
}

// check returns the mistakes in the fields.
func (c *Config) check() error {
	if c.Remind {
		if len(c.To) > 0 || c.Text+c.Image+c.Fetch.URL != "" {
			return &plugin.FieldError{Field: "remind", Err: errors.New("reminders and a timed message are two entries of the list")}
		}
		return plugin.Require(map[string][]string{"in": c.In})
	}
	errs := []error{plugin.Require(map[string][]string{"to": c.To}), c.Check(), c.Fetch.check()}
	switch {
	case len(c.At) == 0 && c.Cron == "":
		errs = append(errs, &plugin.FieldError{Field: "at", Err: errors.New("it is missing: write a time such as 09:00")})
	case len(c.At) > 0 && c.Cron != "":
		errs = append(errs, &plugin.FieldError{Field: "cron", Err: errors.New("at says the times already: keep one of them")})
	}
	if c.Text+c.Image+c.Fetch.URL == "" {
		errs = append(errs, &plugin.FieldError{Field: "text", Err: errors.New("it is missing: there is nothing to send")})
	}
	return errors.Join(errs...)
}

type part struct {
	c    Config
	zone *time.Location
	text *router.Template
	h    *bot.Handle
}

// Close implements plugin.Part.
func (p *part) Close() error { return nil }

// Setup implements plugin.Part.
func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	if p.zone == nil {
		p.zone = h.Zone()
	}
	if p.c.Remind {
		p.reminders(h)
		return nil
	}
	h.Task("post", p.post, bot.RetryFor(p.c.Late))
	h.Task("send", p.send, bot.RetryFor(p.c.Late))
	specs := []string{p.c.Cron}
	if len(p.c.At) > 0 {
		specs = nil
		for _, at := range p.c.At {
			specs = append(specs, at.Cron())
		}
	}
	for _, spec := range specs {
		options := []bot.ScheduleOption{bot.CatchUp(p.c.Late)}
		if p.c.Zone != "" {
			options = append(options, bot.Zone(p.c.Zone))
		}
		if len(p.c.Accounts) > 0 {
			options = append(options, bot.At(p.c.Accounts[0], ""))
		}
		h.Schedule(strings.ReplaceAll(spec, " ", "_"), spec, p.due, options...)
	}
	return nil
}

// due asks for the message of a time, if its day is one of the days.
func (p *part) due(j *bot.Job) error {
	if !p.c.Has(j.Due.In(p.zone)) {
		j.Logger().Debug("no message today: the day is not one of days")
		return nil
	}
	return j.Later("post", j.Due.Format(time.RFC3339), 0, j.Due)
}

// message is what one recipient gets.
type message struct {
	To, Text, Image string
	Due             time.Time
}

// post makes the message, and has it sent to one recipient after the other.
func (p *part) post(t *bot.Task[time.Time]) error {
	due := t.Data
	if p.tooLate(due) {
		return nil
	}
	m, err := router.Remember(t.Context, "text", func() (made, error) { return p.make(t, due) })
	if err != nil {
		return err
	}
	if err := p.toAll(t, message{Text: m.Text, Image: m.Image, Due: due}); err != nil || !p.c.Fetch.Feed {
		return err
	}
	return p.h.Store().Set(t, keySeen, m.Known, 0)
}

// toAll has a message sent to one recipient after the other; an empty one is none.
func (p *part) toAll(t *bot.Task[time.Time], m message) error {
	if m.Text+m.Image == "" {
		p.h.Logger().Debug("no message: there is nothing new")
		return nil
	}
	var delay time.Duration
	for _, to := range plugin.Chats(p.h, p.c.To) {
		m.To = to
		if id, err := p.h.Contacts().Find(t, t.Account(), to); err == nil {
			m.To = id // otherwise the send fails by itself, and others go out
		}
		if err := t.Later("send", m.To+" "+t.Key, delay, m, bot.InChat(t.Account(), m.To)); err != nil {
			return err
		}
		delay += plugin.Draw(p.c.Gap)
	}
	return nil
}

func (p *part) send(t *bot.Task[message]) error {
	if p.tooLate(t.Data.Due) { // the plugin was off in the chat
		return nil
	}
	var errs []error
	if t.Data.Text != "" {
		errs = append(errs, t.To(t.Data.To).SendText(t.Data.Text))
	}
	if t.Data.Image != "" {
		errs = append(errs, t.To(t.Data.To).SendImage(t.Data.Image))
	}
	return router.Each(errs...)
}

// tooLate reports whether a message has lost its sense. The gaps between recipients do not count.
func (p *part) tooLate(due time.Time) bool {
	late := p.h.Now().Sub(due)
	if late <= p.c.Late+time.Duration(len(p.c.To))*p.c.Gap.Max+time.Minute {
		return false
	}
	p.h.Logger().Info("a timed message was left out: it is too late", zap.Time("due", due), zap.Duration("late", late))
	return true
}
