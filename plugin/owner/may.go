package owner

import (
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/router"
)

// sure is a command that asks once more, if confirm has it.
func sure[A any](p *owner, name string, do func(c *router.Context, a A) error) func(c *router.Context, a A) error {
	if !slices.Contains(p.c.Confirm, name) {
		return do
	}
	return func(c *router.Context, a A) error {
		question, again, over, none := "确定吗？回复“确认”执行，“取消”放弃。", "请回复“确认”或“取消”。", "没有确认，什么也没做。", "已取消。"
		if !chinese(c) {
			question, again = "Are you sure? Reply yes or cancel.", "Reply yes or cancel."
			over, none = "No answer: nothing was done.", "Cancelled."
		}
		yes := func(said string) bool {
			return slices.Contains([]string{"确认", "yes"}, strings.ToLower(strings.TrimSpace(said)))
		}
		if _, err := c.Ask(question, router.Valid(yes, again), router.OnTimeout(over), router.OnCancel(none)); err != nil {
			return err
		}
		return do(c, a)
	}
}

// here lets the administrators of a group switch the plugins of may_switch there, and nothing else.
func (p *owner) here(turn func(c *router.Context, a where) error) func(c *router.Context, a where) error {
	return func(c *router.Context, a where) error {
		if a.Chat != "" || !slices.Contains(p.c.MaySwitch, a.Plugin) {
			list := strings.Join(p.c.MaySwitch, ", ")
			return p.answer(c, "管理员在群里能开关的有："+list+"，只对本群。", "Administrators may switch these here, for this group: "+list+".")
		}
		return turn(c, where{a.Plugin, c.Conversation().ID})
	}
}

// unbind ends the charge of who was bound by a code.
func (p *owner) unbind(c *router.Context) error {
	if err := p.bot.Ignore(c, c.Sender()); err != nil {
		return err
	}
	if slices.Contains(p.h.Owners(), c.Sender()) {
		return p.answer(c, "您写在配置文件的 owners 里，请改配置文件。", "The file names you in owners: change it there.")
	}
	return p.answer(c, "好的，您不再是负责人。", "You are not in charge any more.")
}
