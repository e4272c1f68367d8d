package middleware_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	dropped := 0
	r := router.New()
	r.Use(middleware.RateLimit(middleware.RateLimitConfig{
		Events: 2, Per: time.Minute, Clock: clock.Func(func() time.Time { return now }), Count: func(string) { dropped++ },
	}))
	arrived := map[string]int{}
	r.Any(func(c *router.Context) error { arrived[c.Conversation().ID]++; return nil })
	say := func(from string, n int) {
		for range n {
			require.NoError(t, r.Serve(t.Context(), text(t, from, "x"), router.Services{}))
		}
	}
	say("wxid_a", 5)
	say("wxid_b", 1)
	assert.Equal(t, map[string]int{"wxid_a": 2, "wxid_b": 1}, arrived, "each conversation for itself")
	assert.Equal(t, 3, dropped)

	now = now.Add(30 * time.Second)
	say("wxid_a", 5)
	assert.Equal(t, 3, arrived["wxid_a"], "half a minute allows one more")
}

// TestATryAgainIsNotDropped: the limits do not drop the retry of a message that passed and failed.
func TestATryAgainIsNotDropped(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	for name, m := range map[string]router.Middleware{
		"RateLimit": middleware.RateLimit(middleware.RateLimitConfig{Events: 1, Per: time.Minute, Clock: clock.Func(now)}),
		"LoopGuard": middleware.LoopGuard(middleware.LoopGuardConfig{Rounds: 2, Pause: time.Minute, Clock: clock.Func(now)}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			r := router.New()
			r.Use(m)
			r.Any(func(c *router.Context) error { runs++; return c.Reply("x") })
			for attempt := range 5 {
				_, err := r.Dispatch(t.Context(), text(t, "wxid_a", "x"), router.Services{Sender: yes{}}, router.Run{Attempt: attempt + 1})
				require.NoError(t, err)
			}
			assert.Equal(t, 5, runs)
		})
	}
}

func TestRateLimitForgetsTheIdle(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	m := middleware.RateLimit(middleware.RateLimitConfig{Events: 1, Per: time.Second, Clock: clock.Func(func() time.Time { return now })})
	r := router.New()
	r.Use(m)
	n := 0
	r.Any(func(*router.Context) error { n++; return nil })
	for i := range 25_000 { // more conversations than are remembered
		require.NoError(t, r.Serve(t.Context(), text(t, fmt.Sprint("wxid_", i), "x"), router.Services{}))
	}
	assert.Equal(t, 25_000, n)
}

func TestRateLimitNeedsARate(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, "middleware: RateLimit of 0 events per 1s: both must be positive", func() {
		middleware.RateLimit(middleware.RateLimitConfig{Per: time.Second})
	})
}
