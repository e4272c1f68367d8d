// Package owner is a plugin for the people in charge of a bot: commands that show how it is doing,
// pause it, and switch plugins.
package owner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// Config configures the plugin. The people in charge are those of bot.Config.Owners, who may use
// all commands.
type Config struct {
	Who       []Who               `yaml:"who" help:"People who may use some commands only. In a file write them in owners, at the top."`
	Groups    []string            `yaml:"groups" of:"chats" help:"Groups where the commands work, too; else only in private chats."`
	Prefix    string              `yaml:"prefix" help:"What stands before a command, such as / or #; without it a slash makes no difference."`
	Aliases   map[string][]string `yaml:"aliases" help:"Further names of commands: {status: [ping]}."`
	Confirm   []string            `yaml:"confirm" help:"Commands that ask once more, such as reload, pause, block or send."`
	MaySwitch []string            `yaml:"may_switch" help:"Plugins that the administrators of a group may switch on and off there."`
	Audit     string              `yaml:"audit" help:"A file with a line of JSON for each command, also of people who may not."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("owner", "Commands for the people in charge: status, pause, reload, errors, plugins on and off.",
		func(c Config) (bot.Plugin, error) { return New(c), c.check() }).WithExample("owner: {}\n")
}

// check finds the mistakes.
func (c *Config) check() error {
	var errs []error
	mistake := func(err error, field string, args ...any) {
		if err != nil {
			errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf(field, args...), Err: err})
		}
	}
	for i, who := range c.Who {
		for _, wrong := range who.Check() {
			mistake(wrong.Err, "who[%d].%s", i, wrong.Field)
		}
	}
	for i, word := range c.Confirm {
		mistake(known(word), "confirm[%d]", i)
	}
	for _, word := range slices.Sorted(maps.Keys(c.Aliases)) {
		mistake(known(word), "aliases.%s", word)
		for i, name := range c.Aliases[word] {
			if strings.Trim(name, " /／") == "" {
				mistake(errors.New("it is not a word, or only a slash"), "aliases.%s[%d]", word, i)
			}
		}
	}
	if strings.ContainsFunc(c.Prefix, unicode.IsSpace) || len([]rune(c.Prefix)) > 3 {
		mistake(errors.New("it has spaces, or more than three characters: write / or #"), "prefix")
	}
	for i, name := range c.MaySwitch {
		if name == "owner" {
			mistake(errors.New("it looks after the others and stays on"), "may_switch[%d]", i)
		}
	}
	return errors.Join(errs...)
}

// New makes the plugin. Install it before plugins that take every text.
func New(c Config) bot.Plugin { return &owner{c: c, words: map[string]string{}} }

type owner struct {
	c     Config
	words map[string]string // of the commands, by their names
	h     *bot.Handle
	bot   *bot.Bot
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
	if err := p.c.check(); err != nil {
		return err
	}
	p.h, p.bot = h, h.Bot()
	h.Use(func(next router.Handler) router.Handler { // what is said by voice is no command
		return func(c *router.Context) error {
			if c.Spoken() {
				return router.Next
			}
			return next(c)
		}
	})
	h.Block(func(c *router.Context) bool { return plugin.IsBlocked(c, h) })
	p.command("status", "状态", "机器人现在怎么样", p.status)
	p.command("pause", "暂停", "暂停全部发送、一个群或一个插件", sure(p, "pause", p.pause))
	p.command("resume", "恢复", "结束暂停", sure(p, "resume", p.resume))
	p.command("quiet", "静默", "每天什么时段不往一个会话主动发", sure(p, "quiet", p.quiet))
	p.command("reload", "重载", "重新读取配置", sure(p, "reload", p.reload))
	p.command("errors", "最近错误", "最近出了哪些错", p.errors)
	p.command("plugins", "插件", "有哪些插件，在这里是开还是关", p.plugins, "开了什么")
	on, off := p.turns(true), p.turns(false)
	p.command("on", "开", "打开一个插件", sure(p, "on", on))
	p.command("off", "关", "关闭一个插件", sure(p, "off", off))
	p.command("block", "拉黑", "不再理会一个人", sure(p, "block", p.block))
	p.command("unblock", "取消拉黑", "重新理会一个人", sure(p, "unblock", p.unblock))
	p.command("send", "发送", "以机器人的名义往一个会话发一句话", sure(p, "send", p.send))
	p.command("unbind", "解绑", "不再做负责人（用绑定码加进来的）", p.unbind)
	if len(p.c.MaySwitch) > 0 {
		p.inGroup("on", "开", p.here(on))
		p.inGroup("off", "关", p.here(off))
	}
	h.Observe(p.attempted).Named(h.Name() + "/attempts")
	return nil
}

// command registers a command under its word in the file, its Chinese name, and others. Each use is
// logged, without its words.
func (p *owner) command(word, name, help string, handler any, more ...string) {
	names, options := p.prefixed(append(append([]string{name, word}, more...), p.c.Aliases[word]...)...)
	for _, n := range names {
		p.words[strings.ToLower(n)] = word
	}
	p.h.Command(names[0], handler, append(options, router.Alias(names[1:]...), router.Help(help), p.asked(word))...)
}

// inGroup registers a command for the administrators of a group.
func (p *owner) inGroup(word, name string, handler any) {
	names, options := p.prefixed(name, word)
	p.h.Command(names[0], handler, append(options, router.Alias(names[1:]...), match.Group(), match.Admin())...).
		Named(p.h.Name() + "/" + word + " here")
}

// answer answers in the language of the command.
func (p *owner) answer(c *router.Context, zh, en string) error {
	if err := p.note(c, true); err != nil {
		return err
	}
	if chinese(c) {
		return c.Reply(zh)
	}
	return c.Reply(en)
}

// chinese reports whether a command was written in Chinese.
func chinese(c *router.Context) bool {
	word, _ := c.Command()
	return strings.IndexFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
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
		for _, why := range s.Reasons {
			zh, en = append(zh, reason.Chinese(why)), append(en, why)
		}
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
		zh, en = append(zh, "全部发送已暂停，发“"+p.hint("恢复")+"”继续。"), append(en, "All sending is paused; "+p.hint("resume")+" ends it.")
	}
	zh = append(zh, fmt.Sprintf("待处理 %d 条，死信 %d 条。", s.Pending, s.Dead))
	en = append(en, fmt.Sprintf("%d waiting, %d dead letters.", s.Pending, s.Dead))
	return p.answer(c, strings.Join(zh, "\n"), strings.Join(en, "\n"))
}

func (p *owner) reload(c *router.Context, _ struct{}) error {
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
