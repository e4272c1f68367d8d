package bot_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ExampleBot_Task greets all who join a group within 20 seconds in one message. Each who joins
// moves it, and adds a name.
func ExampleBot_Task() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	defer b.Close()
	b.MemberJoined(func(c *router.Context, m *xmlmsg.System) error {
		var names []string
		for _, p := range m.Joined() {
			names = append(names, p.Nickname)
		}
		return c.Later("greet", c.ChatKey(), 20*time.Second, names, bot.Merge(func(before, now []string) []string {
			return append(before, now...)
		}))
	})
	b.Task("greet", func(t *bot.Task[[]string]) error {
		return t.Reply("欢迎 " + strings.Join(t.Data, "、"))
	}, bot.RetryFor(time.Hour))
	// Output:
}

// ExampleBot_Later asks for a task from outside of a handler.
func ExampleBot_Later() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	b.Task("remind", func(t *bot.Task[string]) error { return t.Reply("该" + t.Data + "了") })
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()

	sim := b.Simulator()
	chat := bot.InChat(simulator.DefaultAppID, sim.Friend("alice").ID())
	fmt.Println(b.Later(ctx, "remind", "water", 10*time.Millisecond, "喝水", chat))
	fmt.Println(b.Later(ctx, "remind", "never", time.Hour, "睡觉", chat))
	m, err := sim.Friend("alice").Await(ctx, func(simulator.Message) bool { return true })
	fmt.Println(m.Text, err)
	fmt.Println(b.CancelTask(ctx, "remind", "never"))
	stop()
	fmt.Println(<-ended)
	// Output:
	// <nil>
	// <nil>
	// 该喝水了 <nil>
	// true <nil>
	// <nil>
}
