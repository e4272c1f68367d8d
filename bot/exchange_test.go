package bot_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// speaking is a plugin that answers every text with its name, or that passes.
func speaking(name, text string, closed *atomic.Int32) *talker {
	return &talker{name: name, scope: bot.Scope{Everywhere: true}, close: func() error { closed.Add(1); return nil },
		setUp: func(h *bot.Handle) error {
			h.Text(func(c *router.Context, _ *xmlmsg.Text) error {
				if text == "" {
					return router.Next
				}
				return c.Reply(text)
			}).Named("answer")
			h.Schedule("hourly", "@hourly", func(*bot.Job) error { return nil })
			h.Task("later", func(*bot.Task[string]) error { return nil })
			return nil
		}}
}

// names are the plugins of a bot in their order.
func names(ctx context.Context, b *bot.Bot) (all []string) {
	for _, p := range b.Plugins(ctx, "", "") {
		all = append(all, p.Name)
	}
	return all
}

// TestExchange exchanges plugins as a set: order, those that stay, and those that fail.
func TestExchange(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	var first, others atomic.Int32
	own, last := speaking("own", "", &others), speaking("last", "last", &others)
	a, c := speaking("a", "a1", &first), speaking("c", "c1", &first)
	require.NoError(t, b.Install(own, a, c, last))
	stop := start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	says := func(want string) {
		t.Helper()
		alice.Says("hello " + want)
		alice.ExpectText(want)
	}
	says("a1")

	require.NoError(t, b.Exchange([]string{"a", "c"}, c, speaking("n", "n1", &others), a), "the order changes, nothing else")
	assert.Equal(t, []string{"own", "c", "n", "a", "last"}, names(t.Context(), b))
	assert.Zero(t, first.Load(), "what stays is not closed")
	says("c1")

	bad := errors.New("no luck")
	failing := &talker{name: "f", setUp: func(h *bot.Handle) error { h.Text(router.Say("x")); return bad }}
	var never atomic.Int32
	require.ErrorIs(t, b.Exchange([]string{"c", "n", "a"}, speaking("c", "c2", &never), failing), bad)
	assert.Equal(t, int32(1), never.Load(), "what was set up before is closed")
	require.ErrorContains(t, b.Exchange([]string{"c"}, speaking("last", "x", &never)), "installed already")
	require.ErrorContains(t, b.Exchange([]string{"c"}, speaking("x", "x", &never), speaking("x", "x", &never)), "installed already")
	require.ErrorContains(t, b.Exchange([]string{"nobody"}), "no plugin nobody")
	assert.Equal(t, []string{"own", "c", "n", "a", "last"}, names(t.Context(), b), "a mistake changes nothing")
	says("c1")

	require.NoError(t, b.Exchange([]string{"c", "n", "a"}), "all go")
	assert.Equal(t, int32(2), first.Load())
	says("last")
	require.NoError(t, b.Exchange(nil, speaking("z", "z", &others)))
	assert.Equal(t, []string{"own", "last", "z"}, names(t.Context(), b))
	require.NoError(t, stop())
}

// TestExchangeKeepsARehearsal: a plugin in a dry run is replaced by one in a dry run, also for
// what its tasks send.
func TestExchangeKeepsARehearsal(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	dry := func() *talker {
		return &talker{name: "dry", scope: bot.Scope{Everywhere: true}, setUp: func(h *bot.Handle) error {
			h.DryRun(true)
			h.Task("later", func(task *bot.Task[string]) error {
				return h.Chat(task, task.Account(), "wxid_bob").SendText("never")
			})
			h.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Later("later", "k", 0, "") })
			return nil
		}}
	}
	require.NoError(t, b.Install(dry()))
	require.NoError(t, b.Replace("dry", dry()))
	stop := start(t, b, sim.Simulator)
	sim.Friend("alice").Says("go")
	require.Eventually(t, func() bool { return b.Stats().Gated["dry run"] > 0 }, 10*time.Second, time.Millisecond)
	require.NoError(t, stop())
}
