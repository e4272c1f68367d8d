package handover

import (
	"errors"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/router"
)

// Summary is what a person gets to read who takes a customer over. In a file off stands for it.
type Summary struct {
	Lines  int            `yaml:"lines,off" default:"6" help:"How many of the last messages of the chat."`
	Model  models.Section `yaml:"model" help:"A language model, or the name of one in models, that sums them up; without, they are quoted."`
	Prompt string         `yaml:"prompt" default:"下面是一位客户最近的消息。用中文最多三句话告诉接手的客服：客户要什么，已经说了什么。不要编造。" help:"What the model is to do; or the path of a .txt or .md file."`
}

// UnmarshalShort reads off.
func (s *Summary) UnmarshalShort(word string) error {
	if word != "off" {
		return errors.New("write off, or {lines: 6}")
	}
	s.Lines = -1
	return nil
}

func (s *Summary) check() error {
	var err error
	s.Prompt, err = plugin.ReadText("summary.prompt", s.Prompt)
	return errors.Join(s.Model.Check("summary.model"), err)
}

// UseModels implements models.User.
func (c *Config) UseModels(known models.Known) error {
	return c.Summary.Model.Fill("summary.model", known)
}

func (p *handover) setUpSummary() {
	if p.c.Summary.Lines <= 0 {
		return
	}
	p.h.Observe(func(c *router.Context) error {
		if c.Event.Self || p.isDesk(&c.Subject) {
			return nil
		}
		return plugin.NoteLine(c)
	}).Named("lines")
	p.h.Task("summary", p.summary, bot.TaskTimeout(p.c.Summary.Model.Timeout+time.Minute))
}

// taken is a customer whom a person has taken over.
type taken struct{ Account, Chat, Name string }

// askSummary has the person who takes a customer over get the summary.
func (p *handover) askSummary(c *router.Context, x *customer) error {
	if p.c.Summary.Lines <= 0 {
		return nil
	}
	return c.Later("summary", c.Event.Key(), 0, taken{x.Account, x.Chat, x.Name}) //nolint:wrapcheck // it names the task
}

// summary sends what a customer said last to the chat where they were taken over.
func (p *handover) summary(t *bot.Task[taken]) error {
	text, err := router.Remember(t.Context, "text", func() (string, error) {
		lines, err := plugin.LastLines(t.Context, p.h.Store().Chat(t.Data.Account, t.Data.Chat), p.c.Summary.Lines)
		if err != nil || len(lines) < 2 { // those who are told have read the one line
			return "", err
		}
		texts := make([]string, len(lines))
		for i, line := range lines {
			texts[i] = line.Name + "：" + plugin.CleanText(line.Text, plugin.MaxLine)
		}
		s := &p.c.Summary
		said, err := s.Model.Write(t, p.h, t.Store(), s.Prompt, texts)
		if said == "" {
			said = "> " + strings.Join(texts, "\n> ")
		}
		return t.Data.Name + " 之前说：\n" + said, err
	})
	if err != nil || text == "" {
		return err //nolint:wrapcheck // it names the step
	}
	return t.Reply(text, router.AsAnswer()) //nolint:wrapcheck // it names the send
}
