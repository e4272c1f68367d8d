// Package crm is a plugin that looks after customers: it greets and labels new friends, labels
// people by what they write, follows up on days without an answer, and keeps a table.
package crm

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// Config configures the plugin. It works in private chats unless In says otherwise.
type Config struct {
	plugin.Scope

	NewFriends NewFriends    `yaml:"new_friends" help:"What happens to a new friend."`
	Labels     []Label       `yaml:"labels" help:"Labels by what a customer writes."`
	FollowUp   []FollowUp    `yaml:"follow_up" help:"What happens if a customer does not answer for some time."`
	Never      []string      `yaml:"never" help:"Labels of people to whom no plugin sends anything that is not an answer."`
	PerDay     plugin.Limit  `yaml:"per_day" default:"20/24h" help:"How many follow-ups go to customers at most."`
	CSV        string        `yaml:"csv" help:"The file of the table of customers; relative to the data directory."`
	Commands   bool          `yaml:"commands" default:"true" help:"Whether the people in charge have commands: 客户, 客户名单, 备注, 标签, 记录."`
	Lost       bool          `yaml:"lost" default:"true" help:"Whether notify is told who has deleted or blocked the account."`
	Refresh    time.Duration `yaml:"refresh,off" default:"24h" help:"How often the labels that were set on the phone are read, for never."`
	Keep       time.Duration `yaml:"keep" default:"365d" help:"How long a customer is remembered who does not write."`
}

// NewFriends is what happens to a new friend.
type NewFriends struct {
	Greet  []string     `yaml:"greet" help:"What they are told, a message each."`
	Label  []string     `yaml:"label" help:"The labels that they get; they are made if there are none."`
	Remark string       `yaml:"remark" help:"The remark that they get, unless they have one, with {{.Name}}, {{.Date}}, {{.Source}}."`
	Wait   outbox.Range `yaml:"wait" default:"5s-20s" help:"How long it waits, drawn at random."`
}

// Label is a label by what a customer writes.
type Label struct {
	Label string   `yaml:"label" required:"true" help:"The label."`
	Words []string `yaml:"words" help:"Words, one of which the message has."`
}

// FollowUp is what happens if a customer does not answer.
type FollowUp struct {
	Label  string          `yaml:"label" help:"The label with which it begins; it is for new friends if it is absent."`
	After  []time.Duration `yaml:"after" help:"When, from the beginning: 48h, or a list such as [1d, 3d, 7d]."`
	If     string          `yaml:"if" default:"no_answer" enum:"no_answer" help:"It ends when the customer writes."`
	Text   string          `yaml:"text" help:"What notify is told."`
	Notify []string        `yaml:"notify" of:"chats" help:"Who is told; notify of the plugin if it is absent."`
	Send   string          `yaml:"send" help:"What the customer is sent."`
	Most   int             `yaml:"most" default:"3" help:"How many of these a customer gets at most who does not answer."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("crm", "Greets and labels customers, follows up without an answer, and keeps a table.", New).
		WithExample("crm: {new_friends: {label: 新客户, remark: \"{{.Date}} {{.Name}}\"}}\n")
}

type part struct {
	c         Config
	h         *bot.Handle
	greet     []plugin.Text
	remark    plugin.Text
	labels    []Label // with folded words
	followUps map[string]followUp
}

// placeholders are those of the texts.
func placeholders() []string {
	return []string{"Name", "Date", "Source", "Remark", "Label", "LastText", "Days"}
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if len(c.In) == 0 {
		c.In = []string{plugin.Private}
	}
	p := &part{c: c, followUps: map[string]followUp{}}
	var errs []error
	mistake := func(field, text string) { errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New(text)}) }
	parse := func(field, text string) plugin.Text {
		parsed, err := plugin.ParseText(field, text, placeholders()...)
		errs = append(errs, err)
		return parsed
	}
	for i, text := range c.NewFriends.Greet {
		p.greet = append(p.greet, parse(fmt.Sprintf("new_friends.greet[%d]", i), text))
	}
	p.remark = parse("new_friends.remark", c.NewFriends.Remark)
	for i, l := range c.Labels {
		field := fmt.Sprintf("labels[%d].", i)
		if strings.TrimSpace(l.Label) == "" {
			mistake(field+"label", "it is missing")
		}
		if len(l.Words) == 0 {
			mistake(field+"words", "it is missing or empty, so nobody would get the label")
		}
		folded := Label{Label: l.Label}
		for j, word := range l.Words {
			if strings.TrimSpace(word) == "" {
				mistake(fmt.Sprintf("%swords[%d]", field, j), "it is empty, so everybody would get the label")
			}
			folded.Words = append(folded.Words, matching.Fold(strings.TrimSpace(word)))
		}
		p.labels = append(p.labels, folded)
	}
	for i, f := range c.FollowUp {
		field := fmt.Sprintf("follow_up[%d].", i)
		if len(f.After) == 0 || !slices.IsSorted(f.After) || f.After[0] <= 0 {
			mistake(field+"after", "it is not a time, or a list of times that grow: write 48h, or [1d, 3d, 7d]")
		}
		if f.Text == "" && f.Send == "" {
			mistake(field+"text", "nobody is told anything: write text, send, or both")
		}
		if f.Most < 1 {
			mistake(field+"most", "it is less than 1")
		}
		if _, twice := p.followUps[f.id()]; twice {
			mistake(field+"after", "another follow-up has the same label and times: write both texts into one")
		}
		p.followUps[f.id()] = followUp{FollowUp: f, text: parse(field+"text", f.Text), send: parse(field+"send", f.Send)}
	}
	if c.Keep <= 0 {
		mistake("keep", "it is not above 0, so nothing would be remembered")
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("crm", p), nil
}

// id identifies a follow-up in the store: over reloads, and in another order of the file.
func (f *FollowUp) id() string { return fmt.Sprintf("%s/%v", f.Label, f.After) }

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.seen).Named(h.Name() + "/seen")
	h.Task("welcome", p.welcome, bot.RetryFor(time.Hour))
	h.Task("change", p.change, bot.RetryFor(time.Hour))
	h.Task("follow", p.follow, bot.RetryFor(time.Hour))
	h.Task("csv", p.write, bot.RetryFor(72*time.Hour))
	if len(p.c.Never) > 0 {
		h.Gate(p.gate)
		if p.c.Refresh > 0 {
			h.Task("refresh", p.refresh, bot.RetryFor(time.Hour))
			h.Schedule("refresh", "@every 10m", p.beginRefresh)
		}
	} else if slices.ContainsFunc(p.c.FollowUp, func(f FollowUp) bool { return f.Send != "" }) {
		h.Gate(p.gate)
	}
	if p.c.Commands {
		p.commands(h.Anywhere())
	}
	return nil
}

func (p *part) Close() error { return nil }

// fill are the values of the texts.
func (p *part) fill(cust *customer, label string, now time.Time) map[string]string {
	return map[string]string{
		"Name": plugin.CleanName(cust.Name, "朋友"), "Date": cust.Since.In(now.Location()).Format(time.DateOnly), "Source": cust.Source,
		"Remark": cust.Remark, "Label": label, "LastText": cust.LastText,
		"Days": strconv.Itoa(int(now.Sub(latest(cust.Since, cust.Last)) / (24 * time.Hour))),
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// welcome greets a new friend. It was said in the chat that has just opened, so it is an answer.
func (p *part) welcome(t *bot.Task[string]) error {
	cust, err := p.load(t, t.Account(), t.Data)
	if err != nil {
		return err
	}
	var errs []error
	for _, text := range p.greet {
		errs = append(errs, t.To(t.Data).SendText(text.Fill(p.fill(&cust, "", t.Now())), router.AsAnswer()))
	}
	return router.Each(errs...)
}
