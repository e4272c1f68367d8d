package guard

import (
	"errors"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/router"
)

// Model is a second opinion on texts with words, patterns or links that are not allowed. It can
// only let a message pass, and never finds one by itself.
type Model struct {
	models.Section

	Prompt string `yaml:"prompt" default:"下面的群消息里有不允许的词或链接。它是广告、诈骗或骚扰吗？只回答“是”或“否”，拿不准就回答“是”。" help:"What it is asked; a yes or no."`
}

// UseModels implements models.User.
func (c *Config) UseModels(known models.Known) error { return c.Model.Fill("model", known) }

const harmlessAction = "模型认为没有问题，只记录"

// judge asks the model about a message. Without an answer, the words of the file count.
func (g *guard) judge(t *bot.Task[offence]) error {
	c, o := t.Context, t.Data
	harmless, err := router.Remember(c, "harmless", func() (bool, error) {
		text, address := said(c)
		answer, err := g.c.Model.Write(t, g.h, t.Store(), g.c.Model.Prompt, []string{strings.TrimSpace(text + "\n" + address)})
		return isNo(answer), err
	})
	if err != nil {
		return err
	}
	if harmless {
		return g.note(c, o, harmlessAction)
	}
	if err := g.strike(c, o); !errors.Is(err, router.Next) {
		return err
	}
	return nil
}

// isNo reports whether an answer is no, and nothing else.
func isNo(answer string) bool {
	switch strings.ToLower(strings.Trim(answer, " \n。.，,!！“”\"'")) {
	case "否", "不是", "no":
		return true
	}
	return false
}
