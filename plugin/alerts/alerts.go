// Package alerts is a plugin that takes alerts of monitoring systems and scripts by HTTP, and sends
// them to chats: grouped, and as a summary when there are many.
package alerts

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/alert"
	"github.com/hongyan-go/hongyan/router"
)

// Config configures the plugin: one sender, or several by name.
type Config struct {
	plugin.Scope
	Sender
	Listen     string            `yaml:"listen" default:"127.0.0.1:8091" help:"The address at which it listens."`
	Senders    map[string]Sender `yaml:"senders" help:"Several senders by name, each with a token of its own."`
	QuietHours QuietHours        `yaml:"quiet_hours" help:"When alerts of a level wait for the end, and come as one then."`
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

	MaxText int          `yaml:"max_text" default:"500" help:"How many characters the text of an alert has at most; more is cut off."`
	Rate    plugin.Limit `yaml:"rate" default:"off" help:"How many requests the sender may make in a time, such as 60/1m."`
}

// QuietHours are parts of the day by the level of an alert.
type QuietHours struct {
	Critical *outbox.Window `yaml:"critical" help:"For critical alerts, such as 23:00-07:00."`
	Warning  *outbox.Window `yaml:"warning" help:"For warnings."`
	Info     *outbox.Window `yaml:"info" help:"For the rest."`
}

// of are the quiet hours of a level; nil if it has none.
func (q *QuietHours) of(level string) *outbox.Window {
	return map[string]*outbox.Window{alert.Critical: q.Critical, alert.Warning: q.Warning, alert.Info: q.Info}[level]
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
	list := map[string][]string{alert.Critical: r.Critical, alert.Warning: r.Warning, alert.Info: r.Info}[level]
	if len(list) == 0 {
		return r.Default
	}
	return list
}

func (r *Receivers) all() []string { return slices.Concat(r.Default, r.Critical, r.Warning, r.Info) }

// Group says how alerts are put together.
type Group struct {
	By     []string      `yaml:"by" default:"alertname" help:"What makes a message: labels of an alert, such as cluster, or all for one of all."`
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
	p := &part{c: c, quiet: map[string]*outbox.Hours{}}
	var errs []error
	add := func(name, path string, s Sender) {
		plugin.Defaults(&s)
		one := sender{Sender: s, name: name, token: sha256.Sum256([]byte(s.Token))}
		one.reader = alert.Reader{Format: s.Format, MaxText: s.MaxText, By: c.Group.By}
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
			one.reader.Text = text
		}
		if s.MaxText < 1 {
			wrong("max_text", "it is less than 1")
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
	for _, level := range []string{alert.Critical, alert.Warning, alert.Info} {
		w := c.QuietHours.of(level)
		if w == nil {
			continue
		}
		hours, err := w.Hours()
		if err == nil && w.To-w.From == 24*time.Hour {
			err = errors.New("the whole day is quiet: these alerts would never come; leave some of it")
		}
		if err != nil {
			errs = append(errs, &plugin.FieldError{Field: "quiet_hours." + level, Err: err})
		}
		p.quiet[level] = hours
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
	quiet   map[string]*outbox.Hours // by level
	h       *bot.Handle
}

type sender struct {
	Sender
	name   string
	token  [sha256.Size]byte
	reader alert.Reader
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

// signed is the sender of GitHub whose token has signed a body; nil if there is none.
func (p *part) signed(body []byte, signature string) (found *sender) {
	sum, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil {
		return nil
	}
	for i := range p.senders {
		mac := hmac.New(sha256.New, []byte(p.senders[i].Token))
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), sum) && p.senders[i].Format == alert.GitHub {
			found = &p.senders[i]
		}
	}
	return found
}
