// Package owner is a plugin for the people in charge of a bot: commands that show how it is doing,
// pause it, and switch plugins.
package owner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// Config configures the plugin. The people are those of bot.Config.Owners.
type Config struct {
	Groups []string `yaml:"groups" of:"chats" help:"groups, by id or unique name, where the commands work, too; else only in private chats"`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("owner", "Commands for the people in charge: status, pause, reload, errors, plugins on and off.",
		func(c Config) (bot.Plugin, error) { return New(c), nil }).WithExample("owner: {}\n")
}

// New makes the plugin. Install it before plugins that take every text.
func New(c Config) bot.Plugin { return &owner{groups: c.Groups} }

type owner struct {
	groups []string
	h      *bot.Handle
	bot    *bot.Bot
}

func (*owner) Name() string { return "owner" }

func (*owner) Close() error { return nil }

// what is what a command is about: a plugin, a chat, or nothing.
type what struct {
	Name string `arg:"对象,rest,optional" help:"插件名、群名或群 id；不写就是整个机器人"`
}

// where is a plugin in a chat.
type where struct {
	Plugin string `arg:"插件"`
	Chat   string `arg:"会话,rest,optional" help:"群名、群 id 或 wxid；不写就是所有会话"`
}

func (p *owner) Setup(h *bot.Handle) error {
	p.h, p.bot = h, h.Bot()
	p.command("状态", "status", "机器人现在怎么样", p.status)
	p.command("暂停", "pause", "暂停全部发送、一个群或一个插件", p.pause)
	p.command("恢复", "resume", "结束暂停", p.resume)
	p.command("静默", "quiet", "每天什么时段不往一个会话主动发", p.quiet)
	p.command("重载", "reload", "重新读取配置", p.reload)
	p.command("最近错误", "errors", "最近出了哪些错", p.errors)
	p.command("插件", "plugins", "有哪些插件，在这里是开还是关", p.plugins)
	p.command("开", "on", "打开一个插件", func(c *router.Context, a where) error { return p.turn(c, a, true) })
	p.command("关", "off", "关闭一个插件", func(c *router.Context, a where) error { return p.turn(c, a, false) })
	return nil
}

// command registers a command of the people in charge. Each use is logged, without its words.
func (p *owner) command(name, alias, help string, handler any) {
	p.h.Command(name, handler, router.Alias(alias), router.Help(help), match.Owner(p.groups...))
}

// answer answers in the language of the command.
func (p *owner) answer(c *router.Context, chinese, english string) error {
	word, _ := c.Command()
	p.h.Logger().Info("a command of a person in charge", zap.String("command", c.Route()), zap.String("person", c.Sender()),
		zap.String("event", c.Event.Key()))
	if strings.IndexFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
		return c.Reply(english)
	}
	return c.Reply(chinese)
}

// failed answers with an error: the person sees it, and the command is not tried again.
func (p *owner) failed(c *router.Context, err error) error {
	return p.answer(c, "没有成功："+short(err), "That failed: "+short(err))
}

func (p *owner) status(c *router.Context) error {
	s := p.bot.Health(c)
	zh, en := []string{"机器人正常。"}, []string{"The bot works."}
	if !s.Ready {
		zh, en = []string{"机器人有问题："}, []string{"Something is wrong:"}
		zh, en = append(zh, s.Reasons...), append(en, s.Reasons...)
	}
	for _, a := range s.Accounts {
		state := map[string]string{"online": "在线", "offline": "已下线", "zombie": "假在线", "unknown": "未知"}[a.State]
		lineZH, lineEN := "账号 "+a.AppID+"："+state, "Account "+a.AppID+": "+a.State
		if a.Paused {
			lineZH, lineEN = lineZH+"，已暂停发送", lineEN+", sending is paused"
		}
		zh, en = append(zh, lineZH), append(en, lineEN)
	}
	if s.Paused {
		zh, en = append(zh, "全部发送已暂停，发“/恢复”继续。"), append(en, "All sending is paused; /resume ends it.")
	}
	zh = append(zh, fmt.Sprintf("待处理 %d 条，死信 %d 条。", s.Pending, s.Dead))
	en = append(en, fmt.Sprintf("%d waiting, %d dead letters.", s.Pending, s.Dead))
	return p.answer(c, strings.Join(zh, "\n"), strings.Join(en, "\n"))
}

func (p *owner) pause(c *router.Context, a what) error {
	switch name := strings.TrimSpace(a.Name); {
	case name == "":
		if err := p.answer(c, "好的，全部发送即将暂停。发“/恢复”继续。", "All sending is about to pause; /resume ends it."); err != nil {
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
			err = errors.New("the whole day: use /pause for that")
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

func (p *owner) turn(c *router.Context, a where, on bool) error {
	zh, en := "关", "off"
	if on {
		zh, en = "开", "on"
	}
	switch {
	case !p.installed(c, a.Plugin):
		return p.answer(c, "没有插件 "+a.Plugin+"。发“/插件”看有哪些。", "There is no plugin "+a.Plugin+"; /plugins lists them.")
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
	return p.change(c, a.Plugin, id, on, strings.TrimSpace(a.Plugin+" "+a.Chat)+"：已"+zh+"。", a.Plugin+": "+en+".")
}

func (p *owner) change(c *router.Context, name, chat string, on bool, zh, en string) error {
	if err := p.bot.Switch(c, name, chat, on); err != nil {
		return p.failed(c, err)
	}
	return p.answer(c, zh, en)
}

func (p *owner) reload(c *router.Context) error {
	switch err := p.bot.Reload(c); {
	case errors.Is(err, bot.ErrNoReload):
		return p.answer(c, "这个程序没有可以重载的配置。", "This program has nothing to reload.")
	case err != nil:
		return p.failed(c, err)
	}
	return p.answer(c, "配置已重载。", "Reloaded.")
}

func (p *owner) errors(c *router.Context) error {
	list := p.bot.RecentErrors()
	if len(list) == 0 {
		return p.answer(c, "启动以来没有出错。", "No errors since the start.")
	}
	var lines []string
	for _, e := range list[:min(len(list), 5)] {
		lines = append(lines, e.At.Format(time.DateTime)+" "+e.Route+" "+e.Chat+"\n"+short(e.Err))
	}
	text := strings.Join(lines, "\n")
	return p.answer(c, "最近的错误：\n"+text, "The last errors:\n"+text)
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
		zh, en = append(zh, s.Name+"："+state+"（"+s.Why+"）"), append(en, s.Name+": "+word+" ("+s.Why+")")
	}
	return p.answer(c, strings.Join(zh, "\n"), strings.Join(en, "\n"))
}

func (p *owner) installed(ctx context.Context, name string) bool {
	return slices.ContainsFunc(p.bot.Plugins(ctx, "", ""), func(s bot.PluginState) bool { return s.Name == name })
}

// find is the id of a chat that a person means, by id or name.
func (p *owner) find(c *router.Context, name string) (string, error) {
	return p.bot.Contacts().Find(c, c.Account(), name)
}

// short is the text of an error for a chat.
func short(err error) string {
	text := []rune(err.Error())
	return string(text[:min(len(text), 200)])
}
