package bot_test

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Example runs a bot against a simulator of its own. A program calls bot.Main instead of Run.
func Example() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply(m.Body) }, match.Private())

	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()

	sim := b.Simulator()
	if err := sim.AwaitCallback(ctx); err != nil {
		fmt.Println(err)
	}
	if _, err := sim.Friend("alice").Say("hello"); err != nil {
		fmt.Println(err)
	}
	answer, err := sim.Friend("alice").Await(ctx, func(simulator.Message) bool { return true })
	fmt.Println(answer.Text, err)
	stop()
	fmt.Println(<-ended)
	// Output:
	// hello <nil>
	// <nil>
}

// welcome is a plugin.
type welcome struct{}

func (welcome) Name() string { return "welcome" }

func (welcome) Setup(h *bot.Handle) error {
	h.Text(router.Say("welcome"), match.Exact("hi"))
	return nil
}

func (welcome) Close() error { return nil }

func ExampleBot_Install() {
	b := bot.Must(bot.New(bot.Config{Token: "token of the console", Store: memory.New(memory.Config{}), Logger: zap.NewNop()}))
	fmt.Println(b.Install(welcome{}))
	fmt.Println(b.Install(welcome{}))
	fmt.Println(b.Close())
	// Output:
	// <nil>
	// bot: plugin welcome is installed twice: give one another name
	// <nil>
}

func ExampleBot_Schedule() {
	b, err := bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	b.Schedule("lunch", "30 11 * * 1-5", func(j *bot.Job) error {
		return j.SendText("午饭吃什么？")
	}, bot.At("", "10000000001@chatroom"), bot.Zone("Asia/Shanghai"), bot.CatchUp(20*time.Minute))
	// Output:
}

// ExampleBot_Listen accepts friends, and listens to them from then on. Everybody else stays
// unheard.
func ExampleBot_Listen() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Allow: bot.Allow{Admins: []string{"wxid_alice"}}, Logger: zap.NewNop()}))
	defer b.Close()
	b.FriendRequest(func(c *router.Context, r *xmlmsg.FriendRequest) error {
		err := c.API().Contacts.AddContact(c, api.AddContactRequest{
			AppID: c.Account(), Option: api.ContactAccept, Scene: api.Scene(r.Scene), V3: r.EncryptUsername, V4: r.Ticket,
		})
		if err != nil {
			return err
		}
		return b.Listen(c, r.FromUsername)
	})
	fmt.Println(b.Ignore(context.Background(), "wxid_bob"))
	// Output: <nil>
}

// ExampleBot_maxAge answers fresh messages only, and archives all.
func ExampleBot_maxAge() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, MaxAge: 30 * time.Minute, Logger: zap.NewNop()}))
	defer b.Close()
	b.Text(router.Say("早上好"), match.Exact("早")).MaxAge(5 * time.Minute)
	archive := b.Where(match.In("10000000001@chatroom"))
	archive.MaxAge(router.AnyAge)
	archive.File(func(c *router.Context, f *xmlmsg.File) error {
		c.Logger().Info("kept", zap.String("name", f.Name), zap.Duration("age", c.Age()))
		return nil
	})
	fmt.Println(b.Stats().Handled)
	// Output: 0
}

// ExampleBot_OnFailure writes what needs a person where people look.
func ExampleBot_OnFailure() {
	b := bot.Must(bot.New(bot.Config{Token: "token of the console", Store: memory.New(memory.Config{}), Logger: zap.NewNop()}))
	b.OnFailure(func(f bot.Failure) { fmt.Println(f.Kind, f.Count, f.Do) })
	b.Gate(func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if m.Source == "experiment" {
			v.Hold = "a person looks first"
		}
		return v
	})
	held, err := b.Held(context.Background())
	fmt.Println(len(held), err)
	fmt.Println(b.Close())
	// Output:
	// 0 <nil>
	// <nil>
}
