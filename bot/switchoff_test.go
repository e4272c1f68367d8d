package bot_test

import (
	"errors"
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

// TestTaskOfAnywhere: a task that a route of Anywhere asks for runs where the plugin is off, and so
// does the one that it asks for. One in another chat waits for the plugin to be on there, and none
// runs while the plugin is off everywhere.
func TestTaskOfAnywhere(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(&talker{name: "p", scope: bot.Scope{In: []string{groupB}}, setUp: func(h *bot.Handle) error {
			h.Task("second", func(t *bot.Task[string]) error { return t.Reply("2 " + t.Data) })
			h.Task("first", func(t *bot.Task[string]) error {
				return errors.Join(t.Reply("1 "+t.Data), t.Later("second", t.ChatKey(), time.Minute, t.Data))
			})
			h.Anywhere().Command("here", func(c *router.Context) error { return c.Later("first", c.ChatKey(), time.Minute, "here") })
			h.Anywhere().Command("there", func(c *router.Context) error {
				return c.Later("first", "there", time.Minute, "there", bot.InChat(c.Account(), groupB))
			})
			return nil
		}})
	}})
	b, alice := sim.Group("B"), sim.Person("alice")
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", groupB, false))
	alice.Say("here")
	alice.Say("there")
	sim.Advance(30 * time.Second)
	sim.Restart()
	sim.Advance(30 * time.Second)
	alice.ExpectText("1 here")
	sim.Advance(time.Minute)
	alice.ExpectText("2 here")
	sim.Advance(time.Hour)
	b.ExpectNothing()
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", groupB, true))
	sim.Restart() // it looks at once at what waits
	b.ExpectText("1 there")

	alice.Say("here")
	sim.Idle()
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", "", false))
	sim.Advance(time.Hour)
	alice.ExpectNothing()
	require.NoError(t, sim.Bot().Switch(t.Context(), "p", "", true))
	sim.Restart()
	alice.ExpectText("1 here")
}
