package guard

import (
	"errors"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/router"
)

// Model is a second opinion on texts with words, patterns or links that are not allowed. It can
// only let a message pass, and never finds one by itself.
type Model struct {
	model.Section

	Prompt string `yaml:"prompt" default:"下面是微信群里的一条消息，里面有群主不允许的词、链接或格式。判断它是不是广告、诈骗、骚扰。只回答“是”或“否”；拿不准就回答“是”。" help:"What the model is asked; it has to answer 是 or 否."`
}

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
