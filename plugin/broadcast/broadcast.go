// Package broadcast is a plugin that sends a notice to many of the operator's own groups, one after
// the other, after a look at the list.
package broadcast

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	AllowedFrom []string           `yaml:"allowed_from" of:"people" default:"owners" help:"Who may send: people, or owners."`
	Targets     map[string]Targets `yaml:"targets" required:"true" help:"The lists of recipients, by the name that the command uses."`
	Gap         outbox.Range       `yaml:"gap" default:"8s-25s" help:"The time between two recipients."`
	Lots        Lots               `yaml:"lots" help:"A longer rest after some recipients."`
	Hours       outbox.Window      `yaml:"hours" default:"08:00-22:30" help:"The hours in which it sends; it goes on the next day."`
	SameWithin  time.Duration      `yaml:"same_within" default:"24h" help:"How long a recipient does not get the same text again."`
	Unasked     bool               `yaml:"confirm,not" default:"true" help:"Whether it shows the list, and waits for 确认."`
	Report      []string           `yaml:"report" of:"chats" default:"owners" help:"Who gets the report: chats, people, or owners."`
}

// Lots says how many go out before a rest.
type Lots struct {
	Size int           `yaml:"size,off" default:"20" help:"How many recipients before a rest."`
	Rest time.Duration `yaml:"rest" default:"10m" help:"How long the rest is."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("broadcast", "Sends a notice to many of your own groups, slowly, with a preview and a report.", New).
		WithExample("broadcast: {allowed_from: owner, targets: {通知: [一群, 二群, 三群]}}\n")
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	var errs []error
	if len(c.Targets) == 0 {
		errs = append(errs, &plugin.FieldError{Field: "targets", Err: errors.New("it is missing or empty, so the plugin would do nothing")})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Targets)) {
		list := c.Targets[name]
		errs = append(errs, list.check("targets."+name))
	}
	hours, err := c.Hours.Hours()
	if err != nil || opening(hours, time.Unix(0, 0)).IsZero() {
		errs = append(errs, &plugin.FieldError{Field: "hours", Err: errors.New("it is no part of a day: write 08:00-22:30")})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for i, who := range c.AllowedFrom {
		if who == "owner" {
			c.AllowedFrom[i] = plugin.Owners
		}
	}
	if len(c.In) == 0 {
		c.In = []string{plugin.All} // targets says where it writes
	}
	p := &part{c: c, hours: hours, name: "broadcast"}
	if c.Name != "" {
		p.name += ":" + c.Name
	}
	return c.Bind("broadcast", p), nil
}

type part struct {
	c     Config
	hours *outbox.Hours
	name  string
	h     *bot.Handle
}

// Close implements plugin.Part.
func (p *part) Close() error { return nil }

// Setup implements plugin.Part.
func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	command := func(name, help string, handler any, examples ...string) {
		h.Command(name, handler, match.Private(), match.Func("allowed_from", p.may), router.Help(help, examples...))
	}
	command("群发 暂停", "暂停正在进行的群发", p.turn("暂停"))
	command("群发 继续", "继续暂停的群发", p.turn("继续"))
	command("群发 停止", "停止群发，没发的不再发", p.turn("停止"))
	command("群发 状态", "群发进行到哪里", p.status)
	command("群发", "给一组群发通知，先看名单再确认", p.start, "群发 通知 明天停电", "群发 通知（引用一个文件）")
	h.Task("step", p.step, bot.RetryFor(48*time.Hour))
	return nil
}

// may reports whether a person may send. For others the commands do not exist.
func (p *part) may(s *match.Subject) bool {
	return slices.ContainsFunc(p.c.AllowedFrom, func(who string) bool {
		if who == plugin.Owners {
			return slices.Contains(p.h.Owners(), s.Event.Sender)
		}
		id, err := p.h.Contacts().Find(context.Background(), s.Event.AppID, who) // ids, of which files have only these, need no request
		return err == nil && id == s.Event.Sender
	})
}

// start shows the list, and begins after a confirmation.
func (p *part) start(c *router.Context, a struct {
	To     string         `arg:"名单" help:"配置里 targets 的名字"`
	Begins *time.Time     `arg:"开始,flag" help:"什么时候开始发，例如 开始=18:00；不写就是马上"`
	Quoted xmlmsg.Payload `arg:"引用,optional" help:"要发的图片、文件、链接等：引用它来发命令"`
	Text   string         `arg:"内容,rest,optional" help:"要发的文字；{{GroupName}} 是群名，名单文件的列名是那一列"`
},
) error {
	list, known := p.c.Targets[a.To]
	if !known {
		return c.Reply("没有“" + a.To + "”这个名单，有：" + strings.Join(p.listed(), "、"))
	}
	message, errQuoted := quotedBy(c)
	switch {
	case errQuoted != nil:
		return c.Reply("引用的消息不能群发：" + errQuoted.Error())
	case strings.TrimSpace(a.Text) == "" && message == nil:
		return c.Reply("发什么？写上内容，或者引用一条图片、文件、链接再发这个命令。")
	}
	var now run
	if _, err := p.h.Store().Get(c, keyRun, &now); err != nil {
		return err
	}
	id := c.Event.Key()
	if now.ID != "" && now.ID != id && now.State != done && now.State != stopped {
		return c.Reply("上一次群发还没结束：发“群发 状态”看进度，或“群发 停止”。")
	}
	targets, err := router.Remember(c, "targets", func() ([]target, error) { return p.resolve(c, list) })
	var unknown *targetError
	switch {
	case errors.As(err, &unknown):
		return c.Reply("名单有问题：" + unknown.Error())
	case err != nil:
		return err
	case len(targets) == 0:
		return c.Reply("名单是空的，没有发送。")
	case len(targets) > maxTargets:
		return c.Reply(fmt.Sprintf("名单有 %d 个，最多 %d 个。", len(targets), maxTargets))
	}
	next := run{ID: id, Account: c.Account(), Text: a.Text, Message: message, Targets: targets}
	if a.Begins != nil {
		next.Begins = *a.Begins
	}
	if err := next.check(c.Event.Time); err != nil {
		return c.Reply("内容有问题：" + err.Error())
	}
	if !p.c.Unasked {
		yes := router.Valid(func(s string) bool { return strings.TrimSpace(s) == "确认" }, "回复“确认”开始，“取消”放弃。")
		_, err := c.Ask(p.preview(&next, c.Event.Time), yes,
			router.OnTimeout("没有确认，群发取消。"), router.OnCancel("已取消，没有发送。"))
		if err != nil {
			return err
		}
	}
	r, err := p.update(c, func(r run) run {
		if r.ID == id {
			return r
		}
		return next
	})
	if err != nil {
		return err
	}
	if err := c.Later("step", r.ID, max(r.Begins.Sub(c.Now()), 0), r.ID); err != nil {
		return err
	}
	when := ""
	if !r.Begins.IsZero() {
		when = r.Begins.In(p.h.Zone()).Format("01-02 15:04 ")
	}
	return c.Reply(fmt.Sprintf("%s开始群发，共 %d 个。随时可以发“群发 暂停”“群发 停止”“群发 状态”。", when, len(targets)))
}
