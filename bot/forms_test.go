package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// shared is a store that several bots use: none of them closes it.
type shared struct{ store.Store }

func (shared) Close() error { return nil }
func (shared) Shared() bool { return true }

func newShared(t *testing.T) shared {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	return shared{back}
}

// lunch is a form of three questions. The options are those of the first.
func lunch(options ...router.AskOption) func(c *router.Context) error {
	return func(c *router.Context) error {
		name, err := c.Ask("name?", options...)
		if err != nil {
			return err
		}
		food, err := c.Choose("lunch?", []string{"noodles", "rice"})
		if err != nil {
			return err
		}
		ok, err := c.Confirm(name + " eats " + food + "?")
		if err != nil {
			return err
		}
		return c.Replyf("%s: %t", name, ok)
	}
}

// TestAFormOutlivesItsBot stops the bot between two questions, and goes on with another on the same
// store.
func TestAFormOutlivesItsBot(t *testing.T) {
	t.Parallel()
	data, memory := t.TempDir(), newShared(t)
	for name, configure := range map[string]func(c *bot.Config){
		"sqlite": func(c *bot.Config) { c.Data = data },
		"memory": func(c *bot.Config) { c.Store = memory },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			group := sim.Group("A")
			for _, turn := range []struct{ from, says, want string }{
				{"alice", "报名", "name?"},
				{"bob", "报名", "name?"},
				{"alice", "Alice", "lunch?\n1. noodles\n2. rice"},
				{"alice", "3", "请回答 1 到 2"},
				{"bob", "Bob", "lunch?\n1. noodles\n2. rice"},
				{"alice", "2", "Alice eats rice?"},
				{"alice", "是", "Alice: true"},
				{"bob", "1", "Bob eats noodles?"},
				{"bob", "不", "Bob: false"},
			} {
				config := configFor(sim.Simulator)
				configure(&config)
				b := newBot(t, config)
				b.Command("报名", lunch())
				stop := start(t, b, sim.Simulator)
				group.Member(turn.from).Says(turn.says)
				group.ExpectText(turn.want)
				require.NoError(t, stop())
			}
			assert.Len(t, posts(sim), 9, "nothing was sent twice")
		})
	}
}

// posts are the texts that the bots have sent.
func posts(sim *simulator.Test) []simulator.Call {
	var calls []simulator.Call
	for _, c := range sim.Calls() {
		if strings.HasSuffix(c.Endpoint, "/postText") {
			calls = append(calls, c)
		}
	}
	return calls
}

// TestAFormBetweenTwoBots has two bots work on one inbox: any of them may get any answer, and end
// what is not answered.
func TestAFormBetweenTwoBots(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := newShared(t)
	for range 2 {
		config := configFor(sim.Simulator)
		config.Store = back
		b := newBot(t, config)
		b.Command("报名", lunch())
		b.Command("快", lunch(router.Timeout(time.Second), router.OnTimeout("too late")))
		start(t, b, sim.Simulator)
	}
	people := []simulator.TestFriend{sim.Friend("alice"), sim.Friend("bob")}
	for _, p := range people {
		p.Says("报名")
		p.ExpectText("name?")
	}
	for _, p := range people {
		for _, turn := range [][2]string{
			{"Me", "lunch?\n1. noodles\n2. rice"}, {"0", "请回答 1 到 2"}, {"rice", "Me eats rice?"}, {"好", "Me: true"},
		} {
			p.Says(turn[0])
			p.ExpectText(turn[1])
		}
	}
	carol := sim.Friend("carol")
	carol.Says("快")
	carol.ExpectText("name?")
	carol.ExpectText("too late")
	carol.ExpectNothing()
	assert.Len(t, posts(sim), 2*5+2)
}
