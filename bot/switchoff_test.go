package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// TestOffMeansOffLater switches a plugin off between a message and what comes of it: a turn waits
// until it is on again, and a form ends without a word.
func TestOffMeansOffLater(t *testing.T) {
	t.Parallel()
	turns := 0
	p := func() *talker {
		return &talker{name: "p", scope: bot.Scope{Everywhere: true}, setUp: func(h *bot.Handle) error {
			h.Command("form", func(c *router.Context) error {
				_, err := c.Ask("your name?", router.Timeout(time.Minute), router.OnTimeout("too late"))
				return err
			})
			h.Where(match.Group()).Batch(router.BySender, 2*time.Second, func(c *router.Context, turn []*router.Context) error {
				turns++
				return c.Replyf("a turn of %d", len(turn))
			}).Named("turn")
			return nil
		}}
	}
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error { return b.Install(p()) }})
	a, other, alice := sim.Group("A"), sim.Group("B"), sim.Person("alice")
	a.As("alice").Say("one")
	a.As("alice").Say("two")
	other.As("alice").Say("one")
	alice.Say("form")
	alice.ExpectText("your name?")
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", groupA, false))
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", alice.ID(), false))
	sim.Advance(10 * time.Minute)
	other.ExpectText("a turn of 1")
	a.ExpectNothing()
	alice.ExpectNothing()
	sim.Restart()
	sim.Advance(time.Minute)
	a.ExpectNothing()
	assert.Equal(t, 1, turns)
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", groupA, true))
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", alice.ID(), true))
	a.ExpectText("a turn of 2")
	sim.Advance(time.Minute)
	alice.ExpectNothing()
	assert.Equal(t, 2, turns)
}
