package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/media/voice"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// demoCmd shows a bot at work, without an account.
type demoCmd struct {
	Open bool `help:"Open the chat page in the browser. 在浏览器中打开聊天页。"`
	Once bool `help:"Exit after the conversation: 0 if all of it happened, 1 if something is missing."`
}

// demoFile is a file message as the service delivers it.
//
//go:embed demo/forward_file.xml
var demoFile string

// The groups of the simulator.
const (
	demoGroupA = "10000000001@chatroom"
	demoGroupB = "20000000002@chatroom"
)

// demoPatience is how long the demo waits for each thing to happen.
const demoPatience = 10 * time.Second

// Run starts the simulator and a bot, plays the conversation, and keeps running unless --once is
// set.
func (cmd *demoCmd) Run(c console) error {
	fmt.Fprintln(c.out, "Hongyan 鸿雁 demo: a simulated WeChat and a bot, both in this process. No account is involved.")
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	b, err := demoBot()
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	running := make(chan error, 1)
	go func() { running <- b.Run(ctx) }()
	stop := func() error {
		cancel()
		return <-running
	}

	if err := playDemo(ctx, c.out, b.Simulator(), nil); err != nil {
		return errors.Join(fmt.Errorf("demo: %w", err), stop())
	}
	page := b.Simulator().URL() + "/chat/"
	invitation := "Open " + page + " in a browser: chat as any person, and see why the bot answers. Or by a command:\n" +
		"用浏览器打开 " + page + " ：扮演任何人聊天，看机器人为什么这样回答。也可以用命令："
	if cmd.Once {
		invitation = "It ends here. Without --once it goes on, and you can say something yourself:"
	}
	fmt.Fprintf(c.out, `
That was all. What the bot did is in cmd/hongyan/demo.go, in about ten lines; README.md shows how to write your own.
%[2]s
  curl -d '{"from":"wxid_bob","to":"wxid_hongyan_bot","kind":"text","text":"营业时间？"}' %[1]s/sim/messages
  curl '%[1]s/sim/messages?conversation=wxid_bob'
Next: go run ./examples/echo
`, b.Simulator().URL(), invitation)
	if cmd.Once {
		return stop()
	}
	fmt.Fprintln(c.out, "Still running; stop it with Ctrl-C.")
	if cmd.Open {
		c.show(page)
	}
	return <-running
}

// demoBot is the bot of the demo: two rules.
func demoBot() (*bot.Bot, error) {
	b, err := bot.New(bot.Config{
		Simulator: true, SimulatorConfig: simulator.Config{Voices: simulator.Voices{ToSILK: voice.ToSILK, ToWAV: voice.ToWAV}},
		Logger: zap.NewNop(),
	})
	if err != nil {
		return nil, err
	}
	b.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("营业时间", "几点开门"))
	b.File(func(c *router.Context, _ *xmlmsg.File) error { return c.Forward(demoGroupB) }, match.In(demoGroupA))
	return b, nil
}

// demoStep is one step of the conversation: a person does something, and the bot reacts.
type demoStep struct {
	says    string                                            // what the person does
	do      func(*simulator.Simulator) error                  //
	follows string                                            // what must follow
	await   func(context.Context, *simulator.Simulator) error //
}

// playDemo plays the conversation. It fails with the line that is missing. after is called after
// each step, unless it is nil.
func playDemo(ctx context.Context, out io.Writer, sim *simulator.Simulator, after func(step int)) error {
	ready, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	if err := sim.AwaitCallback(ready); err != nil {
		return fmt.Errorf("missing: the bot registers where it wants its messages: %w", err)
	}
	fmt.Fprintf(out, "The simulator runs at %s, and the bot has registered there.\n\n", sim.URL())
	for i, step := range demoSteps() {
		fmt.Fprintf(out, "%d. %s\n", i+1, step.says)
		if err := step.do(sim); err != nil {
			return fmt.Errorf("missing: %s: %w", step.says, err)
		}
		within, cancel := context.WithTimeout(ctx, demoPatience)
		err := step.await(within, sim)
		cancel()
		if err != nil {
			return fmt.Errorf("missing: %s: %w", step.follows, err)
		}
		fmt.Fprintf(out, "   → %s\n", step.follows)
		if after != nil {
			after(i)
		}
	}
	return nil
}

func demoSteps() []demoStep {
	return []demoStep{
		{
			says: "Alice drops the file info.json in group A.",
			do: func(s *simulator.Simulator) error {
				return said(s.Group("A").Member("alice").Send(simulator.Raw(49, demoFile)))
			},
			follows: "The bot forwarded it to group B by POST /message/forwardFile, unchanged, without downloading it.",
			await:   awaitForward,
		},
		{
			says:    `Bob asks in private: "请问营业时间？"`,
			do:      func(s *simulator.Simulator) error { return said(s.Friend("bob").Say("请问营业时间？")) },
			follows: `The bot answered: "营业时间 9:00-18:00".`,
			await: func(ctx context.Context, s *simulator.Simulator) error {
				_, err := s.Friend("bob").AwaitText(ctx, "营业时间 9:00-18:00")
				return err
			},
		},
		{
			says: "Carol starts to upload a large file in group A: WeChat announces it, but there is nothing to forward yet.",
			do: func(s *simulator.Simulator) error {
				carol := s.Group("A").Member("carol")
				if err := said(carol.Announce(simulator.File{Name: "video.mp4", Size: 200 << 20})); err != nil {
					return err
				}
				return said(carol.Say("几点开门？")) // handled after the notice: one conversation keeps its order
			},
			follows: "The bot forwarded nothing, and answered her next message.",
			await: func(ctx context.Context, s *simulator.Simulator) error {
				if _, err := s.Group("A").AwaitText(ctx, "营业时间 9:00-18:00"); err != nil {
					return err
				}
				if n := len(forwards(s)); n != 1 {
					return fmt.Errorf("%d files were forwarded in all, not one", n)
				}
				return nil
			},
		},
	}
}

func said(_ simulator.Message, err error) error { return err }

// awaitForward waits for the file in group B, and compares what was sent with what was received.
func awaitForward(ctx context.Context, s *simulator.Simulator) error {
	if _, err := s.Group("B").AwaitFile(ctx, "info.json"); err != nil {
		return err
	}
	var body struct {
		To  string `json:"toWxid"`
		XML string `json:"xml"`
	}
	for _, call := range forwards(s) {
		if err := json.Unmarshal(call.Body, &body); err != nil {
			return err
		}
		if body.To == demoGroupB && body.XML == demoFile {
			return nil
		}
	}
	return errors.New("the message was changed on its way")
}

// forwards lists the calls that forwarded a file.
func forwards(s *simulator.Simulator) []simulator.Call {
	var calls []simulator.Call
	for _, c := range s.Calls() {
		if c.Endpoint == "/message/forwardFile" && c.Executed {
			calls = append(calls, c)
		}
	}
	return calls
}
