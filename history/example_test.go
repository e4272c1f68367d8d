package history_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/router"
)

// A bot that keeps what is said for 30 days, and searches it for its owner.
func ExampleNew() {
	h, err := history.New(history.Config{Keep: 30 * 24 * time.Hour})
	if err != nil {
		panic(err)
	}
	b := bot.Must(bot.FromEnv())
	if err := b.Install(h); err != nil {
		panic(err)
	}
	b.Command("查", func(c *router.Context) error {
		p, err := h.Search(c, history.Query{Words: c.ArgText(), Chats: []string{c.Conversation().ID}, Limit: 5})
		if err != nil {
			return err
		}
		return c.Replyf("找到 %d 条", len(p.Messages))
	})
	bot.Main(b)
}

// A plugin that reads the history of its bot, if that has one.
func ExampleFile_Messages() {
	read := func(ctx context.Context, b *bot.Bot) error {
		h, ok := b.Installed(history.PluginName).(*history.History)
		if !ok {
			return nil
		}
		p, err := h.Messages(ctx, history.Query{Chats: []string{"10000000001@chatroom"}, Limit: 20})
		for _, m := range p.Messages {
			fmt.Println(m.Time, m.Sender.Name, m.Text)
		}
		return err
	}
	_ = read
}
