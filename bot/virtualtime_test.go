package bot_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestSilenceInVirtualTime has a clock that is years away from that of the machine: what is muted,
// paused, released or switched off counts by it alone.
func TestSilenceInVirtualTime(t *testing.T) {
	t.Parallel()
	for name, begins := range map[string]time.Time{
		"before today": time.Date(2020, time.January, 6, 10, 0, 0, 0, time.UTC),
		"after today":  time.Date(2060, time.January, 6, 10, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hold := false
			sim := bottest.RunWith(t, bottest.Config{Begins: begins, Zone: time.UTC, Setup: func(b *bot.Bot) error {
				b.Text(router.Say("hello"), match.Exact("hi"))
				b.Command("mute", func(c *router.Context) error { return c.Mute(26 * time.Hour) })
				b.Gate(func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
					if text, ok := m.Send.(api.PostText); ok && hold && text.Content == "hello" {
						v.Hold = "test"
					}
					return v
				})
				return nil
			}})
			alice, b := sim.Person("alice"), sim.Bot()
			says := func() { alice.Say("hi") }

			alice.Say("mute")
			sim.Advance(25 * time.Hour)
			says()
			alice.ExpectNothing()
			assert.Equal(t, 1, sim.Bot().Stats().Gated["drop"])
			sim.Advance(time.Hour)
			says()
			alice.ExpectText("hello")

			require.NoError(t, b.Pause(t.Context(), simulator.DefaultAppID, "test"))
			says()
			sim.Advance(20 * time.Minute)
			alice.ExpectNothing()
			require.NoError(t, b.Resume(t.Context(), simulator.DefaultAppID))
			sim.Advance(time.Minute)
			alice.ExpectText("hello")

			hold = true
			says()
			alice.ExpectNothing()
			held := sim.Held()
			require.Len(t, held, 1)
			sim.Release(held[0])
			alice.ExpectText("hello")
			assert.Empty(t, sim.Held())
		})
	}
}
