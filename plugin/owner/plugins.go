package owner

import (
	"strings"

	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/router"
)

// turns switches plugins on, or off.
func (p *owner) turns(on bool) func(c *router.Context, a where) error {
	return func(c *router.Context, a where) error { return p.turn(c, a, on) }
}

func (p *owner) turn(c *router.Context, a where, on bool) error {
	zh, en := "关", "off"
	if on {
		zh, en = "开", "on"
	}
	switch {
	case !p.installed(c, a.Plugin):
		return p.answer(c, "没有插件 "+a.Plugin+"。发“"+p.hint("插件")+"”看有哪些。",
			"There is no plugin "+a.Plugin+"; "+p.hint("plugins")+" lists them.")
	case a.Plugin == p.Name() && !on:
		return p.answer(c, "这个插件管着别的插件，不能关。", "This plugin looks after the others and stays on.")
	}
	id := ""
	if a.Chat != "" {
		var err error
		if id, err = p.find(c, a.Chat); err != nil {
			return p.failed(c, err)
		}
	}
	name := a.Plugin
	if id != c.Conversation().ID {
		name = strings.TrimSpace(name + " " + a.Chat)
	}
	return p.change(c, a.Plugin, id, on, name+"：已"+zh+"。", name+": "+en+".")
}

func (p *owner) change(c *router.Context, name, chat string, on bool, zh, en string) error {
	if err := p.bot.Switch(c, name, chat, on); err != nil {
		return p.failed(c, err)
	}
	return p.answer(c, zh, en)
}

func (p *owner) plugins(c *router.Context, a struct {
	Chat string `arg:"会话,rest,optional" help:"群名、群 id 或 wxid；不写就是这里"`
},
) error {
	id := c.Conversation().ID
	if a.Chat != "" {
		var err error
		if id, err = p.find(c, a.Chat); err != nil {
			return p.failed(c, err)
		}
	}
	var zh, en []string
	for _, s := range p.bot.Plugins(c, c.Account(), id) {
		state, word := "关", "off"
		if s.On {
			state, word = "开", "on"
		}
		atZH, at := "", ""
		if s.Place != "" {
			atZH, at = "，"+s.Place, ", "+s.Place
		}
		zh, en = append(zh, s.Name+"："+state+"（"+reason.Chinese(s.Why)+atZH+"）"), append(en, s.Name+": "+word+" ("+s.Why+at+")")
	}
	return p.answer(c, strings.Join(zh, "\n"), strings.Join(en, "\n"))
}
