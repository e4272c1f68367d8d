// Package teach is a plugin that answers what people have taught it in a chat: 问 几点开门 答 九点.
package teach

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	MayTeach []string      `yaml:"may_teach" of:"people" required:"true" help:"Who may teach, change and delete: people, admins, owners."`
	Match    string        `yaml:"match" default:"contains" enum:"contains,exact" help:"Whether a text contains the question, or is it."`
	Cooldown time.Duration `yaml:"cooldown,off" default:"30s" help:"How long an answer rests in its chat."`
	Limit    plugin.Limit  `yaml:"limit" default:"20/1h" help:"How often one person may teach and change."`
	Most     int           `yaml:"most" default:"200" help:"How many answers a chat has at most."`
}

// The bounds of what is taught, in characters.
const (
	maxQuestion = 50
	maxAnswer   = 1000
	maxListed   = 50 // questions
)

// The values of Match.
const (
	matchContains = "contains"
	matchExact    = "exact"
)

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("teach", "Answers what the people in charge have taught it in the chat.", New).
		WithExample("teach: {in: [客户群], may_teach: [owners]}\n")
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "may_teach": c.MayTeach})}
	if c.Match != matchContains && c.Match != matchExact {
		errs = append(errs, &plugin.FieldError{Field: "match", Err: phrase.Errorf("%q is neither contains nor exact", c.Match)})
	}
	if c.Most <= 0 {
		errs = append(errs, &plugin.FieldError{Field: "most", Err: errors.New("it is no number above 0")})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("teach", &part{c: c}), nil
}

type part struct {
	c Config
	h *bot.Handle
}

// Close implements plugin.Part.
func (*part) Close() error { return nil }

// lesson is what a person writes who teaches: 问 几点开门 答 九点. Without 答, the answer is the
// picture that the text quotes.
var lesson = regexp.MustCompile(`(?s)^(?:问|改)[\s:：]+(.+?)(?:[\s,，;；]+答[\s:：]+(.+))?$`)

// Setup implements plugin.Part.
func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Command("删问", p.editor(p.forget), router.Help("删掉教过的问答", "删问 几点开门")).Named(h.Name() + "/forget")
	h.Command("问答", p.editor(p.list), router.Help("列出教过的问答；教或改一条：问 几点开门 答 九点")).Named(h.Name() + "/list")
	h.Kind(xmlmsg.KindText, p.editor(p.learn), match.Pattern(lesson)).Named(h.Name() + "/learn")
	h.Kind(xmlmsg.KindText, p.answer, match.Func("Taught()", func(s *match.Subject) bool {
		b, err := p.bank(context.Background(), s.Event.AppID, s.Event.Conversation.ID)
		if err != nil {
			h.Logger().Error("what was taught cannot be read", zap.Error(err))
		}
		return b.find(s.Folded(), p.c.Match == matchExact) >= 0
	})).Named(h.Name() + "/answer")
	return nil
}

// editor lets only those use a handler who may teach; for others the message is like any other.
func (p *part) editor(next router.Handler) router.Handler {
	return func(c *router.Context) error {
		if !plugin.Among(c, p.h, c.Sender(), p.c.MayTeach...) {
			return router.Next
		}
		return next(c)
	}
}

// learn learns an answer, or another one to the same question.
func (p *part) learn(c *router.Context) error {
	m := lesson.FindStringSubmatch(c.Said())
	quote, quotes := c.Payload().(*xmlmsg.Quote)
	picture := m[2] == "" && quotes && quote.Refer.Kind() == xmlmsg.KindImage
	if m[2] == "" && !picture {
		return router.Next // talk, or a question to others
	}
	a := taught{Question: plugin.CleanText(m[1], maxQuestion), Text: plugin.CleanText(m[2], maxAnswer), By: c.Sender(), At: c.Now()}
	if why := p.refuses(a, m[1], m[2]); why != "" {
		return c.Reply(why)
	}
	ok, err := p.c.Limit.Take(c, c.Store(router.BySender), "limit", c.Event.Key())
	if err != nil {
		return err
	}
	if !ok {
		return c.Reply("教得太快了，过一会儿再来。")
	}
	if picture {
		file, err := c.Download(media.Into("taught"))
		if err != nil {
			return err
		}
		a.Picture = file.Path
	}
	said, err := router.Remember(c, "taught", func() (said string, err error) {
		return said, p.change(c, func(b bank) bank {
			i := b.find(a.folded(), true)
			switch {
			case i >= 0:
				said = "改好了：" + a.Question
				b[i].discard()
				b[i] = a
			case len(b) >= p.c.Most:
				said = fmt.Sprintf("这里已经教满 %d 条了，先删一条：删问 某个问题", p.c.Most)
			default:
				said, b = "记住了："+a.Question, append(b, a)
			}
			return b
		})
	})
	if err != nil {
		return err
	}
	return c.Reply(said)
}

// refuses says why something cannot be taught; empty if it can. Texts are sent as they are, never
// as templates, and none can look like a command to this bot or another one.
func (p *part) refuses(a taught, question, text string) string {
	switch {
	case a.folded() == "" || text != "" && a.Text == "":
		return "问题和答案都要有字，例如：问 几点开门 答 九点"
	case utf8.RuneCountInString(strings.TrimSpace(question)) > maxQuestion || utf8.RuneCountInString(strings.TrimSpace(text)) > maxAnswer:
		return fmt.Sprintf("太长了：问题最多 %d 个字，答案最多 %d 个字。", maxQuestion, maxAnswer)
	case strings.HasPrefix(a.folded(), "/") || strings.HasPrefix(fold(a.Text), "/"):
		return "问题和答案都不能以 / 开头：那是命令。"
	case p.c.Match == matchContains && utf8.RuneCountInString(a.folded()) < 2:
		return "问题太短了：别的话里也会有这个字。至少写两个字。"
	}
	return ""
}

// forget deletes an answer.
func (p *part) forget(c *router.Context) error {
	question := c.ArgText()
	said, err := router.Remember(c, "forgotten", func() (said string, err error) {
		return said, p.change(c, func(b bank) bank {
			i := b.find(fold(question), true)
			if i < 0 {
				said = "没有教过这个问题。发“问答”看教过哪些。"
				return b
			}
			said = "删掉了：" + b[i].Question
			b[i].discard()
			return slices.Delete(b, i, i+1)
		})
	})
	if err != nil {
		return err
	}
	return c.Reply(said)
}

// list lists the questions of the chat, the latest first.
func (p *part) list(c *router.Context) error {
	b, err := p.bank(c, c.Account(), c.Conversation().ID)
	if err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("这里教过 %d 条：", len(b))}
	for i := len(b) - 1; i >= max(0, len(b)-maxListed); i-- {
		lines = append(lines, b[i].Question+" → "+b[i].shown())
	}
	if len(b) > maxListed {
		lines = append(lines, "……")
	}
	return c.Reply(strings.Join(lines, "\n"))
}

// answer answers with what was taught.
func (p *part) answer(c *router.Context) error {
	b, err := p.bank(c, c.Account(), c.Conversation().ID)
	if err != nil {
		return err
	}
	i := b.find(c.Folded(), p.c.Match == matchExact)
	if i < 0 { // it was deleted meanwhile
		return router.Next
	}
	if p.c.Cooldown > 0 {
		left, err := c.Store(router.ByChat).Cooldown(c, "rest/"+b[i].folded(), p.c.Cooldown)
		if err != nil {
			return err
		}
		if left > 0 {
			c.Drop(router.DroppedCooldown)
			return nil
		}
	}
	if b[i].Picture != "" {
		return c.ReplyImage(b[i].Picture)
	}
	return c.Reply(b[i].Text)
}

// discard removes the picture of an answer that is no more.
func (a taught) discard() {
	if a.Picture != "" {
		_ = os.Remove(a.Picture)
	}
}
