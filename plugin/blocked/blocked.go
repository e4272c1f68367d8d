// Package blocked is a plugin that keeps people and other bots from all that a bot does: what they
// write reaches no rule and no plugin.
package blocked

import (
	"cmp"
	"errors"
	"slices"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// Config configures the plugin. It works everywhere unless In says otherwise.
type Config struct {
	plugin.Scope

	People   []string `yaml:"people" of:"people" help:"Who is blocked: wxids or unique names."`
	Commands bool     `yaml:"commands" default:"true" help:"Whether the people in charge may block others by commands in private."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("blocked", "Keeps people and other bots from all that the bot does.", New).
		WithExample("blocked: {people: [wxid_spammer]}\n")
}

type blocked struct {
	c      Config
	h      *bot.Handle
	people plugin.Scope
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if len(c.In) == 0 {
		c.In = []string{plugin.All}
	}
	errs := []error{plugin.CheckPeople("people", c.People)}
	if len(c.People) == 0 && !c.Commands {
		errs = append(errs, &plugin.FieldError{Field: "people", Err: errors.New("there are none, so the plugin would do nothing")})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("blocked", &blocked{c: c, people: plugin.Scope{From: c.People}}), nil
}

func (p *blocked) Setup(h *bot.Handle) error {
	p.h = h
	h.Block(p.is)
	if p.c.Commands {
		h.Command("拉黑", p.block, router.Help("不再理会这个人"), match.Owner())
		h.Command("取消拉黑", p.unblock, router.Help("重新理会这个人"), match.Owner())
		h.Command("拉黑名单", p.show, router.Help("用命令拉黑了谁"), match.Owner())
	}
	return nil
}

func (p *blocked) Close() error { return nil }

// is reports whether somebody is blocked. The people in charge never are: they could not undo it.
func (p *blocked) is(c *router.Context) bool {
	who := c.Sender()
	if who == "" || slices.Contains(p.h.Owners(), who) {
		return false
	}
	if len(p.c.People) > 0 && p.people.Handles(c, p.h) {
		return true
	}
	return plugin.IsBlocked(c, p.h)
}

func (p *blocked) show(c *router.Context) error {
	text, err := router.Remember(c, "list", func() (string, error) { return plugin.Blocked(p.h).Text(c, p.h.Zone()) })
	if err != nil {
		return err
	}
	return c.Reply(cmp.Or(text, "没有用命令拉黑的人。"))
}

func (p *blocked) block(c *router.Context, a plugin.PersonArg) error {
	id, err := a.Find(c, p.h)
	switch {
	case err != nil || id == "":
		return err
	case slices.Contains(p.h.Owners(), id):
		return c.Reply("负责人不能拉黑。")
	}
	if err := plugin.Blocked(p.h).Put(c, a.Listed(c, p.h, id), 0); err != nil {
		return err
	}
	return c.Reply("已拉黑 " + id + "，机器人不再理会。发“/取消拉黑 " + id + "”恢复。")
}

func (p *blocked) unblock(c *router.Context, a plugin.PersonArg) error {
	id, err := a.Find(c, p.h)
	if err != nil || id == "" {
		return err
	}
	if err := plugin.Blocked(p.h).Remove(c, id); err != nil {
		return err
	}
	if plugin.Among(c, p.h, id, p.c.People...) {
		return c.Reply(id + " 写在配置文件里，请改配置文件。")
	}
	return c.Reply("已取消拉黑 " + id + "。")
}
