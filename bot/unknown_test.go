package bot_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestAPersonAnswersAnUnknownSend of a handler that has more to say. One decision clears the send
// and the dead letter that waits for it, and one line in the log is enough.
func TestAPersonAnswersAnUnknownSend(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		decide func(context.Context, store.Ledger, string) (store.Send, error)
		chat   []string // what arrives after the decision
		want   outbox.Letters
	}{
		"it has arrived": {outbox.MarkSent, []string{"three"}, outbox.Letters{Revived: 1}},
		"send it again": {func(ctx context.Context, l store.Ledger, key string) (store.Send, error) {
			return outbox.Resend(ctx, l, key, 0)
		}, []string{"two", "three"}, outbox.Letters{Revived: 1}},
		"give it up": {outbox.Drop, nil, outbox.Letters{Dropped: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			back := memory.New(memory.Config{})
			core, lines := observer.New(zap.ErrorLevel)
			config := configFor(sim.Simulator)
			config.Store, config.Logger = back, zap.New(core)
			b := newBot(t, config)
			var broken atomic.Bool
			b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
				for i, text := range []string{"one", "two", "three"} {
					if i == 1 && !broken.Swap(true) {
						sim.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultExecuteThenDrop})
					}
					if err := c.Reply(text); err != nil {
						return err
					}
				}
				return nil
			})
			start(t, b, sim.Simulator)
			alice := sim.Friend("alice")
			alice.Says("count")
			alice.ExpectText("one")
			alice.ExpectText("two") // it has, but its answer got lost
			letters := func() int {
				stats, err := back.Inbox().Stats(t.Context())
				require.NoError(t, err)
				return stats.Dead
			}
			require.Eventually(t, func() bool { return letters() == 1 }, 5*time.Second, time.Millisecond)
			require.Len(t, lines.All(), 1, "one thing to do, one line")
			assert.Contains(t, lines.All()[0].Message, "may have been sent")

			unknown, err := back.Ledger().List(t.Context(), store.SendQuery{States: []store.SendState{store.Unknown}})
			require.NoError(t, err)
			require.Len(t, unknown, 1)
			waiting, err := outbox.Waiting(t.Context(), back)
			require.NoError(t, err)
			require.Len(t, waiting, 1)
			assert.Equal(t, unknown[0].Event, waiting[0].Key)
			done, err := c.decide(t.Context(), back.Ledger(), unknown[0].Key)
			require.NoError(t, err)
			followed, err := outbox.Follow(t.Context(), back, done)
			require.NoError(t, err)
			assert.Equal(t, c.want, followed)
			for _, text := range c.chat {
				alice.ExpectText(text)
			}
			alice.ExpectNothing()
			assert.Zero(t, letters())
			counts, err := back.Ledger().Count(t.Context())
			require.NoError(t, err)
			assert.Zero(t, counts[store.Unknown])
			assert.Len(t, lines.All(), 1)
		})
	}
}
