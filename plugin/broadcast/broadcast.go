// Package broadcast is a plugin that sends a notice to many of the operator's own groups, one after
// the other, after a look at the list.
package broadcast

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
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

// Targets is a list of recipients. A list of chats may stand for it.
type Targets struct {
	Chats []string       `yaml:"chats" of:"chats" help:"Groups and friends by id or unique name."`
	Label string         `yaml:"label" help:"The friends with this label."`
	Name  *regexp.Regexp `yaml:"name" help:"The groups whose name this regular expression matches."`
	NotIn []string       `yaml:"not_in" of:"chats" help:"Chats that are left out."`
}

// UnmarshalShortList reads the chats.
func (t *Targets) UnmarshalShortList(values []string) error {
	t.Chats = values
	return nil
}

// Lots says how many go out before a rest.
type Lots struct {
	Size int           `yaml:"size,off" default:"20" help:"How many recipients before a rest."`
	Rest time.Duration `yaml:"rest" default:"10m" help:"How long the rest is."`
}

var errNobody = errors.New("it names nobody: write chats, a label or a name")

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
		t := c.Targets[name]
		if len(t.Chats) == 0 && t.Label == "" && t.Name == nil {
			errs = append(errs, &plugin.FieldError{Field: "targets." + name, Err: errNobody})
		}
		if t.Name != nil && t.Name.MatchString("") {
			errs = append(errs, &plugin.FieldError{Field: "targets." + name + ".name", Err: errors.New("it matches every group")})
		}
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

// run is a notice on its way. There is one at a time.
type run struct {
	ID, Account, Text string
	Message           *quoted // what follows the text; nil if nothing does
	Targets           []target
	Next              int // the first without an outcome
	State             string
}

// target is a recipient, and what became of it.
type target struct{ ID, Name, Outcome string }

// The states of a run.
const (
	going   = ""
	paused  = "已暂停"
	stopped = "已停止"
	done    = "已结束"
)

const (
	keyRun     = "run"
	maxTargets = 1000
)

func (p *part) update(c *router.Context, change func(r run) run) (run, error) {
	return router.Update(c, p.h.Store(), keyRun, 0, func(r run) (run, error) { return change(r), nil })
}

// start shows the list, and begins after a confirmation.
func (p *part) start(c *router.Context, a struct {
	To     string         `arg:"名单" help:"配置里 targets 的名字"`
	Quoted xmlmsg.Payload `arg:"引用,optional" help:"要发的图片、文件、链接等：引用它来发命令"`
	Text   string         `arg:"内容,rest,optional" help:"要发的文字；{{GroupName}} 是群名"`
},
) error {
	list, known := p.c.Targets[a.To]
	if !known {
		return c.Reply("没有“" + a.To + "”这个名单，有：" + strings.Join(slices.Sorted(maps.Keys(p.c.Targets)), "、"))
	}
	text, err := router.ParseTemplate(a.Text)
	if err == nil {
		_, err = text.Fill(fields(target{}))
	}
	message, errQuoted := quotedBy(c)
	switch {
	case err != nil:
		return c.Reply("内容有问题：" + err.Error())
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
	if !p.c.Unasked {
		yes := router.Valid(func(s string) bool { return strings.TrimSpace(s) == "确认" }, "回复“确认”开始，“取消”放弃。")
		_, err := c.Ask(p.preview(targets, a.Text+message.String(), c.Event.Time), yes,
			router.OnTimeout("没有确认，群发取消。"), router.OnCancel("已取消，没有发送。"))
		if err != nil {
			return err
		}
	}
	r, err := p.update(c, func(r run) run {
		if r.ID == id {
			return r
		}
		return run{ID: id, Account: c.Account(), Text: a.Text, Message: message, Targets: targets}
	})
	if err != nil {
		return err
	}
	if err := c.Later("step", r.ID, 0, r.ID); err != nil {
		return err
	}
	return c.Reply(fmt.Sprintf("开始群发，共 %d 个。随时可以发“群发 暂停”“群发 停止”“群发 状态”。", len(targets)))
}

// fields are what fills the text of a recipient.
func fields(t target) map[string]string {
	return map[string]string{"GroupName": t.Name, "Name": t.Name}
}

// preview shows what is about to happen.
func (p *part) preview(targets []target, text string, now time.Time) string {
	const most = 40
	var names []string
	for _, t := range targets[:min(len(targets), most)] {
		names = append(names, t.Name)
	}
	more := ""
	if len(targets) > most {
		more = fmt.Sprintf(" 等 %d 个", len(targets))
	}
	mode := ""
	if p.h.Dry() {
		mode = "（演练，不会真的发出）"
	}
	return fmt.Sprintf("将发给 %d 个%s：%s%s\n内容：%s\n预计 %s 发完；发送限额和静默时段可能让它更晚。\n回复“确认”开始，“取消”放弃。",
		len(targets), mode, strings.Join(names, "、"), more, text, p.end(now, len(targets)).Format("01-02 15:04"))
}

// end is when n recipients will have it, from the middle of the gaps.
func (p *part) end(t time.Time, n int) time.Time {
	for i := range n {
		if i > 0 {
			t = t.Add(p.rest(i, (p.c.Gap.Min+p.c.Gap.Max)/2))
		}
		t = opening(p.hours, t)
	}
	return t.In(p.hours.Zone())
}

// rest is the time before the recipient at a position.
func (p *part) rest(i int, gap time.Duration) time.Duration {
	if p.c.Lots.Size > 0 && i%p.c.Lots.Size == 0 {
		return max(gap, p.c.Lots.Rest)
	}
	return gap
}

// opening is the first time from t on, to the minute, that is in the hours; zero if there is none.
func opening(h *outbox.Hours, t time.Time) time.Time {
	for range 25 * 60 {
		if h.Contains(t) {
			return t
		}
		t = t.Truncate(time.Minute).Add(time.Minute)
	}
	return time.Time{}
}

// turn pauses, resumes or stops what is under way.
func (p *part) turn(word string) func(c *router.Context) error {
	return func(c *router.Context) error {
		from, to := []string{going}, paused
		switch word {
		case "继续":
			from, to = []string{paused}, going
		case "停止":
			from, to = []string{going, paused}, stopped
		}
		type change struct {
			Run  run
			Done bool
		}
		x, err := router.Remember(c, "turn", func() (change, error) {
			var x change
			r, err := p.update(c, func(r run) run {
				if x.Done = r.ID != "" && slices.Contains(from, r.State); x.Done {
					r.State = to
				}
				return r
			})
			x.Run = r
			return x, err
		})
		switch {
		case err != nil:
			return err
		case !x.Done:
			return c.Reply("现在没有可以" + word + "的群发。")
		case to == going:
			if err := c.Later("step", x.Run.ID, 0, x.Run.ID); err != nil {
				return err
			}
		}
		if to == stopped {
			return c.Reply("已停止。\n"+x.Run.report(), router.SplitAt(0), router.MaxParts(0))
		}
		return c.Reply(fmt.Sprintf("已%s，%d/%d。", word, x.Run.Next, len(x.Run.Targets)))
	}
}

func (p *part) status(c *router.Context) error {
	var r run
	switch found, err := p.h.Store().Get(c, keyRun, &r); {
	case err != nil:
		return err
	case !found:
		return c.Reply("还没有群发过。")
	}
	state := r.State
	if state == going {
		state = "进行中，预计 " + p.end(opening(p.hours, c.Now()), len(r.Targets)-r.Next).Format("01-02 15:04") + " 发完"
	}
	return c.Reply(fmt.Sprintf("群发 %d/%d，%s。", r.Next, len(r.Targets), state))
}
