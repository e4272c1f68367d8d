package outbox_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// wallClock is a clock without what does not follow it, ahead of that of the bubble by what a test
// says.
type wallClock struct{ ahead atomic.Int64 }

func (c *wallClock) now() time.Time { return time.Now().Round(0).Add(time.Duration(c.ahead.Load())) }

// TestASendThatWaitsWhenTheClockIsSetBack: what never left is tried again after about a second, and
// expires in its time.
func TestASendThatWaitsWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails int
		after time.Duration // from when the clock was set back
		state store.SendState
	}{
		"it goes out":   {1, 2 * time.Second, store.Sent},
		"it is too old": {1000, outbox.DefaultAnswerTTL, store.Refused}, // the next try would come too late
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wall wallClock
			wall.ahead.Store(int64(24 * time.Hour))
			var ended atomic.Pointer[store.Send]
			fails := func(n int, m api.Send) (*api.SentMessage, error) {
				if n <= c.fails {
					return nil, failure(api.ExecutedNo)
				}
				return &api.SentMessage{To: api.TargetOf(m)}, nil
			}
			config := outbox.Config{Clock: clock.Func(wall.now), MaxTries: 10_000, Outcome: func(s store.Send) { ended.Store(&s) }}
			inBubble(t, config, func(b bench) {
				b.answer = fails
				go func() { _, _ = b.Send(context.Background(), answer("a", "x")) }()
				synctest.Wait()
				require.Len(b.t, b.calls(), 1)
				wall.ahead.Store(0)
				back := time.Now()
				for ended.Load() == nil && time.Since(back) < 23*time.Hour {
					time.Sleep(time.Second)
				}
				require.NotNil(b.t, ended.Load())
				assert.Equal(b.t, c.state, ended.Load().State)
				assert.LessOrEqual(b.t, time.Since(back), c.after+time.Minute)
			})
		})
	}
}
