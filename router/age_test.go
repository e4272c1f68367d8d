package router_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestAge delivers a message late: it is handled with its age, unless its route is for fresh ones.
func TestAge(t *testing.T) {
	t.Parallel()
	sent := time.Unix(1_800_000_000, 0)
	for _, c := range []struct {
		late    time.Duration
		maxAge  time.Duration
		runs    int
		dropped string
	}{
		{late: time.Second, maxAge: time.Minute, runs: 1},
		{late: time.Minute, maxAge: time.Minute, runs: 1},
		{late: time.Hour, maxAge: time.Minute, dropped: router.DroppedLate},
		{late: 26 * time.Hour, runs: 1},
		{late: -time.Minute, maxAge: time.Second, runs: 1}, // a clock that is ahead
	} {
		r := router.New()
		runs, late := 0, c.late
		route := r.Text(func(ctx *router.Context, _ *xmlmsg.Text) error {
			runs++
			assert.Equal(t, late, ctx.Age())
			assert.Equal(t, 1, ctx.Attempt())
			return nil
		}).Named("greet")
		if c.maxAge > 0 {
			route.MaxAge(c.maxAge)
		}
		e := text(t, "hi")
		e.Time = sent
		var entered []string
		outcome, err := r.Dispatch(t.Context(), e, router.Services{
			Now:     func() time.Time { return sent.Add(c.late) },
			Entered: func(route string) { entered = append(entered, route) },
		})
		require.NoError(t, err)
		assert.Equal(t, c.runs, runs, "%v late", c.late)
		assert.Equal(t, c.dropped, outcome.Dropped, "%v late", c.late)
		assert.Equal(t, "greet", outcome.Route)
		assert.Len(t, entered, c.runs)
	}
}
