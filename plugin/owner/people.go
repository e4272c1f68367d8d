package owner

import (
	"slices"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// block has the bot ignore somebody.
func (p *owner) block(c *router.Context, a plugin.PersonArg) error {
	id, err := p.find(c, a.Name)
	switch {
	case err != nil:
		return p.failed(c, err)
	case slices.Contains(p.h.Owners(), id):
		return p.answer(c, "负责人不能拉黑。", "Not a person in charge.")
	}
	if err := plugin.Blocked(p.h).Put(c, a.Listed(c, p.h, id), 0); err != nil {
		return err
	}
	return p.answer(c, "已拉黑 "+id+"，机器人不再理会。发“"+p.hint("取消拉黑 ")+id+"”恢复。", id+" is ignored from now on; "+p.hint("unblock ")+id+" ends that.")
}

func (p *owner) unblock(c *router.Context, a plugin.PersonArg) error {
	id, err := p.find(c, a.Name)
	if err != nil {
		return p.failed(c, err)
	}
	if err := plugin.Blocked(p.h).Remove(c, id); err != nil {
		return err
	}
	return p.answer(c, "已取消拉黑 "+id+"。", id+" is not ignored any more, unless the file says so.")
}

// letter is a text to a chat.
type letter struct {
	Chat string `arg:"会话" help:"群名、群 id 或 wxid；名字里有空格就加引号"`
	Text string `arg:"文字,rest" help:"要发的话"`
}

// send says something in a chat.
func (p *owner) send(c *router.Context, a letter) error {
	id, err := p.find(c, a.Chat)
	if err == nil {
		err = p.h.Chat(c, c.Account(), id).SendText(a.Text, router.AsAnswer())
	}
	if err != nil {
		return p.failed(c, err)
	}
	return p.answer(c, "已发到 "+a.Chat+"。", "Sent to "+a.Chat+".")
}
