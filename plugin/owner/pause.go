package owner

import (
	"errors"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

func (p *owner) pause(c *router.Context, a what) error {
	switch name := strings.TrimSpace(a.Name); {
	case name == "":
		if err := p.answer(c, "好的，全部发送即将暂停。发“"+p.hint("恢复")+"”继续。",
			"All sending is about to pause; "+p.hint("resume")+" ends it."); err != nil {
			return err
		}
		return p.bot.Pause(c, "", "a person in charge has paused it in a chat")
	case p.installed(c, name):
		if name == p.Name() {
			return p.answer(c, "这个插件管着别的插件，不能停。", "This plugin looks after the others and stays on.")
		}
		return p.change(c, name, "", false, "插件 "+name+" 已停用。", "The plugin "+name+" is off.")
	default:
		return p.chat(c, name, false, "已暂停，机器人在那里不再处理消息，发往那里的先留着。", "Paused: nothing is handled there, and sends to it are held.")
	}
}

func (p *owner) resume(c *router.Context, a what) error {
	switch name := strings.TrimSpace(a.Name); {
	case name == "":
		if err := p.bot.Resume(c, ""); err != nil {
			return p.failed(c, err)
		}
		return p.answer(c, "已恢复发送。", "Sending goes on.")
	case p.installed(c, name):
		return p.change(c, name, "", true, "插件 "+name+" 已恢复。", "The plugin "+name+" is on.")
	default:
		return p.chat(c, name, true, "已恢复。", "Resumed.")
	}
}

// chat pauses the bot in a chat, or resumes it.
func (p *owner) chat(c *router.Context, name string, on bool, zh, en string) error {
	id, err := p.find(c, name)
	switch {
	case err != nil:
		return p.failed(c, err)
	case id == c.Conversation().ID:
		return p.answer(c, "不能暂停这个会话：否则您就没法恢复了。", "Not this chat: you could not resume it.")
	}
	return p.change(c, "", id, on, name+"："+zh, name+": "+en)
}

// hours is a part of the day for a chat.
type hours struct {
	Window string `arg:"时段" help:"如 22:00-08:00；关：没有静默时段；默认：按配置文件"`
	Chat   string `arg:"会话,rest" help:"群名、群 id 或 wxid"`
}

// quiet sets the quiet hours of a chat.
func (p *owner) quiet(c *router.Context, a hours) error {
	id, err := p.find(c, a.Chat)
	if err != nil {
		return p.failed(c, err)
	}
	var w *outbox.Window
	zh, en := "按配置文件。", "as the file says."
	switch a.Window {
	case "默认", "default":
	case "关", "off":
		w, zh, en = &outbox.Window{}, "没有静默时段。", "no quiet hours."
	default:
		parsed, err := outbox.ParseWindow(a.Window)
		if err == nil && parsed.To-parsed.From == 24*time.Hour {
			err = errors.New("the whole day: use " + p.hint("pause") + " for that")
		}
		if err != nil {
			return p.failed(c, err)
		}
		w, zh, en = &parsed, "每天 "+a.Window+" 不主动发，只回答；到点再发。", a.Window+" without proactive messages, every day."
	}
	if err := p.bot.SetQuietHours(c, id, w); err != nil {
		return p.failed(c, err)
	}
	return p.answer(c, a.Chat+"："+zh, a.Chat+": "+en)
}
