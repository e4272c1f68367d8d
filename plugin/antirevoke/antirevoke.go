// Package antirevoke is a plugin that shows the people in charge what was revoked.
package antirevoke

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// folder is where the files are, among the downloads.
const folder = "antirevoke"

// retryFor is how long a download is tried again.
const retryFor = 10 * time.Minute

// Config configures the plugin.
type Config struct {
	plugin.Scope
	To           []string      `yaml:"to" of:"chats" default:"owners" help:"Who is shown what was revoked: people, or owners."`
	Types        []string      `yaml:"types" help:"What is kept: text, image, file, voice, video; without it the first three."`
	MaxSize      int64         `yaml:"max_size,bytes" default:"20MB" help:"Larger files are not kept."`
	Keep         time.Duration `yaml:"keep" default:"24h" help:"For how long messages are kept."`
	IgnoreWithin time.Duration `yaml:"ignore_within,off" default:"10s" help:"A revoke that soon is a correction, and is not shown."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("antirevoke", "Shows the people in charge what was revoked in listed chats.", New).
		WithExample("antirevoke: {in: [项目群]}\n")
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	if c.Types == nil {
		c.Types = []string{"text", "image", "file"}
	}
	plugin.Defaults(&c)
	kinds, err := plugin.Kinds("types", c.Types, "text", "image", "file", "voice", "video")
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "to": c.To}), err}
	if c.Keep <= 0 {
		errs = append(errs, &plugin.FieldError{Field: "keep", Err: errors.New("it is not above 0, so nothing would be kept")})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("antirevoke", &part{c: c, kinds: kinds}), nil
}

type part struct {
	c     Config
	h     *bot.Handle
	kinds []xmlmsg.Kind
}

func (*part) Close() error { return nil }

// said is a message that may be revoked.
type said struct {
	Name string    `json:"name"`
	Text string    `json:"text,omitempty"`
	Time time.Time `json:"time"`
	Body []byte    `json:"body,omitempty"` // the callback of a message with a file
}

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.arrived, match.Kind(p.kinds...)).Named("arrived")
	plugin.NoteRevokes(h, p.revoked)
	h.Task("fetch", p.fetch, bot.RetryFor(retryFor))
	h.Task("remove", p.remove)
	h.Task("show", p.show, bot.RetryFor(retryFor))
	return nil
}

// arrived keeps a message, and has its file downloaded at once: after the revoke it is gone.
func (p *part) arrived(c *router.Context) error {
	id, file := plugin.MessageID(c), plugin.FileOf(c.Payload())
	if c.Event.Self || id == "" || file.Size > p.c.MaxSize {
		return nil
	}
	s := said{Name: c.SenderName(), Time: c.Event.Time, Text: file.Name}
	switch m := c.Payload().(type) {
	case *xmlmsg.Text:
		s.Text = m.Body
	case *xmlmsg.Quote:
		s.Text = m.Text
	default:
		s.Body = c.Event.Body
	}
	if err := c.Store(router.ByChat).Set(c, "said/"+id, s, p.c.Keep); err != nil || s.Body == nil {
		return err
	}
	return c.Later("fetch", c.Event.Key(), 0, s)
}

// fetch downloads a file, and has it removed when it need not be kept any more. If it cannot be
// downloaded, show tries again.
func (p *part) fetch(t *bot.Task[said]) error {
	file, err := plugin.Download(t, p.h, t.Event.Wxid, t.Data.Body, folder)
	if err != nil {
		if router.IsPermanent(err) {
			t.Logger().Info("the file cannot be kept in case it is revoked")
			return nil
		}
		return err
	}
	return t.Later("remove", t.Event.Key(), p.c.Keep, file.Path)
}

func (p *part) remove(t *bot.Task[string]) error {
	if err := os.Remove(t.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// revoked has a message shown that was kept and stood for a while.
func (p *part) revoked(c *router.Context, id string) error {
	var s said
	kept, err := c.Store(router.ByChat).Get(c, "said/"+id, &s)
	if err != nil || !kept {
		return err
	}
	if p.c.IgnoreWithin > 0 && c.Event.Time.Sub(s.Time) < p.c.IgnoreWithin {
		c.Logger().Debug("not shown: it was revoked within ignore_within")
		return nil
	}
	if mine, err := plugin.Mine(c, "shown", id, p.c.Keep); err != nil || !mine {
		return err
	}
	return c.Later("show", "revoked/"+id+"/"+c.ChatKey(), 0, s)
}

// show shows a message that was revoked.
func (p *part) show(t *bot.Task[said]) error {
	s, where := t.Data, "私聊"
	if t.Conversation().IsGroup() {
		where = "“" + t.GroupName() + "”"
	}
	text := fmt.Sprintf("%s 在%s撤回了 %s 的消息：\n%s", s.Name, where, s.Time.In(t.Now().Location()).Format("15:04"), s.Text)
	var file *media.File
	if s.Body != nil {
		var err error
		file, err = plugin.Download(t, p.h, t.Event.Wxid, s.Body, folder)
		if err != nil && !router.IsPermanent(err) && t.Now().Sub(t.Due) < retryFor/2 {
			return err
		}
		if file == nil {
			text += "（内容没能保存下来）"
		}
	}
	var errs []error
	for _, to := range plugin.Chats(p.h, p.c.To) {
		chat := p.h.Chat(t, t.Account(), to)
		errs = append(errs, chat.SendText(text, router.AsAnswer()))
		switch {
		case file == nil:
		case file.Type == "image/jpeg" || file.Type == "image/png" || file.Type == "image/gif":
			errs = append(errs, chat.SendImage(file.Path, router.AsAnswer()))
		default:
			errs = append(errs, chat.SendFile(file.Path, router.AsAnswer()))
		}
	}
	return router.Each(errs...)
}
