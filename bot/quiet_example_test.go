package bot_test

import (
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// desk is a plugin that keeps the model quiet while a person speaks.
type desk struct{}

func (desk) Name() string { return "desk" }

func (desk) Setup(h *bot.Handle) error {
	quiet := h.Quiet("llm")
	h.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		return quiet.Begin(c, c.Account(), c.Conversation().ID, 30*time.Minute)
	}, match.Exact("转人工"))
	h.Anywhere().Command("结束", func(c *router.Context, a struct{ Who string }) error {
		return quiet.End(c, c.Account(), a.Who)
	}, match.Owner())
	h.Unhandled(func(c *router.Context) error { return c.Reply("没听懂，发“转人工”找人工") }, match.Private())
	return nil
}

func (desk) Close() error { return nil }

func ExampleHandle_Quiet() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	fmt.Println(b.Install(desk{}))
	fmt.Println(b.Close())
	// Output:
	// <nil>
	// <nil>
}

// listener is a plugin that knows the words of a voice.
type listener struct {
	understand func(c *router.Context) (string, error)
}

func (listener) Name() string { return "listener" }

func (p listener) Setup(h *bot.Handle) error {
	h.Voice(func(c *router.Context, _ *xmlmsg.Voice) error {
		words, err := p.understand(c)
		if err != nil {
			return err
		}
		return h.PassOn(c, words)
	})
	return nil
}

func (listener) Close() error { return nil }

func ExampleHandle_PassOn() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	fmt.Println(b.Install(listener{func(*router.Context) (string, error) { return "营业时间", nil }}))
	fmt.Println(b.Close())
	// Output:
	// <nil>
	// <nil>
}
