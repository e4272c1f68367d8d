// Package alerts is a plugin that takes alerts of monitoring systems and scripts by HTTP, and sends
// them to chats: grouped, and as a summary when there are many.
package alerts

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin: one sender, or several by name.
type Config struct {
	plugin.Scope
	Sender
	Listen     string            `yaml:"listen" default:"127.0.0.1:8091" help:"The address at which it listens."`
	Senders    map[string]Sender `yaml:"senders" help:"Several senders by name, each with a token of its own."`
	Group      Group             `yaml:"group" help:"How alerts are put together."`
	Storm      Storm             `yaml:"storm" help:"When there is a summary in place of the alerts."`
	OnlyFiring bool              `yaml:"resolved,not" default:"true" help:"Whether it also tells what is resolved."`
}

// Sender is a system that may send.
type Sender struct {
	Token   string    `yaml:"token" help:"The secret of the sender, of eight characters or more; keep it in the environment."`
	Format  string    `yaml:"format" default:"json" enum:"json,plain,alertmanager,grafana,uptime_kuma,github" help:"What the sender sends."`
	To      Receivers `yaml:"to" help:"The only chats to which the token can send."`
	Mention []string  `yaml:"mention" of:"people" help:"Whom critical alerts mention in groups: wxids, or names in the group."`
	Text    string    `yaml:"text" help:"The message, with the fields of the JSON: {{.repo}} {{.status}}."`
}

// Receivers are chats by the level of an alert. A list of chats may stand for it.
type Receivers struct {
	Default  []string `yaml:"default" of:"chats" help:"Who gets what no other list is for: chats, people, or owners."`
	Critical []string `yaml:"critical" of:"chats" help:"Who gets critical alerts, also in the quiet hours."`
	Warning  []string `yaml:"warning" of:"chats" help:"Who gets warnings."`
	Info     []string `yaml:"info" of:"chats" help:"Who gets the rest."`
}

// UnmarshalShortList reads the chats of all levels.
func (r *Receivers) UnmarshalShortList(values []string) error {
	r.Default = values
	return nil
}

// of are the chats of a level.
func (r *Receivers) of(level string) []string {
	list := map[string][]string{critical: r.Critical, warning: r.Warning, info: r.Info}[level]
	if len(list) == 0 {
		return r.Default
	}
	return list
}

func (r *Receivers) all() []string { return slices.Concat(r.Default, r.Critical, r.Warning, r.Info) }

// Group says how alerts are put together.
type Group struct {
	By     string        `yaml:"by" default:"alertname" enum:"alertname,all" help:"What makes a message: one name of an alert, or all."`
	Wait   time.Duration `yaml:"wait" default:"30s" help:"How long the first alert waits for others."`
	Repeat time.Duration `yaml:"repeat" default:"10m" help:"How long the same alert is not sent again."`
}

// Storm says when there is a summary.
type Storm struct {
	Over int           `yaml:"over,off" default:"20" help:"With more alerts than this in the time of in, a message has only their counts."`
	In   time.Duration `yaml:"in" default:"1m" help:"The time in which they are counted."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("alerts", "Takes alerts by HTTP, and sends them to chats: grouped, and without storms.", New).
		WithExample("alerts: {token: \"${ALERT_TOKEN}\", to: 运维群}\n")
}

const leastToken = 8

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	p := &part{c: c}
	var errs []error
	add := func(name, path string, s Sender) {
		plugin.Defaults(&s)
		one := sender{Sender: s, name: name, token: sha256.Sum256([]byte(s.Token))}
		wrong := func(field, format string, args ...any) {
			errs = append(errs, &plugin.FieldError{Field: path + field, Err: fmt.Errorf(format, args...)})
		}
		if len(s.Token) < leastToken {
			wrong("token", "it is missing, or shorter than %d characters: whoever knows it writes in the name of the account", leastToken)
		}
		if slices.ContainsFunc(p.senders, func(x sender) bool { return x.token == one.token }) {
			wrong("token", "another sender has the same")
		}
		if len(s.To.all()) == 0 {
			wrong("to", "it is missing or empty, so the plugin would do nothing")
		}
		if s.Text != "" {
			text, err := router.ParseTemplate(s.Text)
			if err != nil {
				wrong("text", "%w", err)
			}
			one.text = text
		}
		p.senders = append(p.senders, one)
	}
	if c.Token != "" || len(c.Senders) == 0 {
		add("", "", c.Sender)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Senders)) {
		add(name, "senders."+name+".", c.Senders[name])
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		errs = append(errs, &plugin.FieldError{Field: "listen", Err: errors.New("it is not an address: write 127.0.0.1:8091")})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(c.In) == 0 {
		c.In = []string{plugin.All} // to says where it writes
	}
	return c.Bind("alerts", p), nil
}

type part struct {
	c       Config
	senders []sender
	h       *bot.Handle
}

type sender struct {
	Sender
	name  string
	token [sha256.Size]byte
	text  *router.Template
}

// Close implements plugin.Part.
func (p *part) Close() error { return nil }

// Setup implements plugin.Part.
func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Task("flush", p.flush)
	var handler http.Handler = http.HandlerFunc(p.serve)
	if host, _, err := net.SplitHostPort(p.c.Listen); err == nil && localhttp.Loopback(host) {
		handler = localhttp.Guard(localhttp.Config{Address: p.c.Listen}, handler) // no pages in browsers
	}
	address, err := h.Serve(p.c.Listen, "/", handler)
	if err == nil {
		h.Logger().Info("alerts are taken", zap.String("address", address))
	}
	return err
}

// who is the sender of a token; nil if there is none. It takes the same time for each token.
func (p *part) who(token string) (found *sender) {
	sum := sha256.Sum256([]byte(token))
	for i := range p.senders {
		if subtle.ConstantTimeCompare(sum[:], p.senders[i].token[:]) == 1 {
			found = &p.senders[i]
		}
	}
	return found
}

// queue are the alerts of a sender for a chat.
type queue struct {
	Pending []alert
	More    int                  // alerts beyond what is kept
	Seen    map[string]time.Time // by the key of the alert
	Arrived []time.Time          // within the time of a storm
	Taken   taken
}

// taken are the alerts of a run of the task: another run sends the same.
type taken struct {
	By    string
	List  []alert
	More  int
	Storm bool
}

const (
	maxPending = 200
	maxSeen    = 2000
)

// flushing is the data of the task.
type flushing struct{ Queue, Sender string }

// put puts alerts into the queue of a chat, and reports how many are new.
func (p *part) put(ctx context.Context, account, chat string, s *sender, list []alert) (fresh int, err error) {
	key := "queue/" + s.name + "/" + account + "/" + chat
	now := p.h.Now()
	q, err := router.Update(ctx, p.h.Store(), key, 24*time.Hour, func(q queue) (queue, error) {
		fresh = 0
		maps.DeleteFunc(q.Seen, func(_ string, at time.Time) bool { return now.Sub(at) >= p.c.Group.Repeat })
		q.Arrived = slices.DeleteFunc(q.Arrived, func(at time.Time) bool { return now.Sub(at) >= p.c.Storm.In })
		if q.Seen == nil {
			q.Seen = map[string]time.Time{}
		}
		for _, a := range list {
			if _, again := q.Seen[a.Key]; again {
				continue
			}
			fresh++
			if len(q.Seen) < maxSeen {
				q.Seen[a.Key] = now
			}
			if len(q.Arrived) <= max(p.c.Storm.Over, 0) {
				q.Arrived = append(q.Arrived, now)
			}
			if len(q.Pending) >= maxPending {
				q.More++
				continue
			}
			q.Pending = append(q.Pending, a)
		}
		return q, nil
	})
	if err != nil || len(q.Pending) == 0 {
		return fresh, err
	}
	// Also if nothing is new: a request before may have failed right here.
	return fresh, p.h.Later(ctx, "flush", key, p.c.Group.Wait, flushing{key, s.name}, bot.InChat(account, chat), bot.Keep())
}

// stale is how old alerts are left out: the plugin was off in the chat.
const stale = 6 * time.Hour

// flush sends what has come.
func (p *part) flush(t *bot.Task[flushing]) error {
	if t.Now().Sub(t.Due) > stale {
		p.h.Logger().Info("alerts were left out: they are too old", zap.Time("due", t.Due))
		return nil
	}
	by := t.Due.Format(time.RFC3339Nano)
	q, err := router.Update(t, p.h.Store(), t.Data.Queue, 24*time.Hour, func(q queue) (queue, error) {
		if q.Taken.By != by {
			storm := p.c.Storm.Over > 0 && max(len(q.Arrived), len(q.Pending)+q.More) > p.c.Storm.Over
			q.Taken = taken{By: by, List: q.Pending, More: q.More, Storm: storm}
			q.Pending, q.More = nil, 0
		}
		return q, nil
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range q.Taken.messages(p.c.Group.By) {
		chat := t.To(t.Conversation().ID)
		if m.urgent {
			errs = append(errs, chat.Mention(p.mentioned(t), m.text, router.AsAnswer()))
			continue
		}
		errs = append(errs, chat.SendText(m.text, router.AsProactive()))
	}
	return router.Each(errs...)
}

// mentioned are the people whom a critical alert mentions in a group. Who is no member is left out.
func (p *part) mentioned(t *bot.Task[flushing]) (people []xmlmsg.Person) {
	i := slices.IndexFunc(p.senders, func(s sender) bool { return s.name == t.Data.Sender })
	if i < 0 || !t.Conversation().IsGroup() {
		return nil
	}
	group := t.Conversation().ID
	for _, name := range p.senders[i].Mention {
		id, err := p.h.Contacts().FindMember(t, t.Account(), group, name)
		if err != nil {
			p.h.Logger().Warn("an alert cannot mention somebody", zap.String("name", name), zap.Error(err))
			continue
		}
		people = append(people, xmlmsg.Person{Username: id})
	}
	return people
}
