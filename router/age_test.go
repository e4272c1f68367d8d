package router_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/handling"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
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
		outcome, err := r.Dispatch(t.Context(), e, router.Services{Clock: clock.Func(func() time.Time { return sent.Add(c.late) })},
			router.Run{Entered: func(route string) { entered = append(entered, route) }})
		require.NoError(t, err)
		assert.Equal(t, c.runs, runs, "%v late", c.late)
		assert.Equal(t, c.dropped, outcome.Dropped, "%v late", c.late)
		assert.Equal(t, "greet", outcome.Route)
		assert.Len(t, entered, c.runs)
	}
}

// TestAgesOfGroups inherits the limit of the nearest group, also in what Explain says.
func TestAgesOfGroups(t *testing.T) {
	t.Parallel()
	sent := time.Unix(1_800_000_000, 0)
	for name, test := range map[string]struct {
		late    time.Duration
		handled string
		says    string
	}{
		"fresh":          {time.Minute, "short", ""},
		"for the router": {30 * time.Minute, "", "matches, but the message is 30m0s old, and the route takes none above 10m0s (max_age)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := router.New()
			r.MaxAge(10 * time.Minute)
			var ran []string
			run := func(name string) func(*router.Context, *xmlmsg.Text) error {
				return func(*router.Context, *xmlmsg.Text) error { ran = append(ran, name); return nil }
			}
			r.Observe(func(*router.Context) error { ran = append(ran, "observer"); return nil })
			r.Text(run("short"), match.Exact("hi")).Named("short")
			long := r.Where(match.Exact("archive"))
			long.MaxAge(router.AnyAge)
			long.Text(run("long"))
			services := router.Services{Clock: clock.Func(func() time.Time { return sent.Add(test.late) })}
			for _, body := range []string{"hi", "archive"} {
				e := text(t, body)
				e.Time = sent
				require.NoError(t, r.Serve(t.Context(), e, services))
			}
			want := []string{"observer", test.handled, "observer", "long"}
			assert.Equal(t, slices.DeleteFunc(want, func(s string) bool { return s == "" }), ran)
			e := text(t, "hi")
			e.Time = sent
			verdict := r.ExplainWith(t.Context(), e, services).Routes[1]
			assert.Equal(t, test.says, verdict.Reason)
			assert.Equal(t, test.says == "", verdict.Handles)
		})
	}
}

// TestDropAfterObservers lets observers see what no route gets.
func TestDropAfterObservers(t *testing.T) {
	t.Parallel()
	r := router.New()
	observed, ran := 0, 0
	r.Use(func(next router.Handler) router.Handler {
		return func(c *router.Context) error { handling.Of(c).DropAfterObservers("quiet"); return next(c) }
	})
	r.Observe(func(*router.Context) error { observed++; return nil })
	r.Any(func(*router.Context) error { ran++; return nil })
	outcome, err := r.Dispatch(t.Context(), text(t, "hi"), router.Services{}, router.Run{})
	require.NoError(t, err)
	assert.Equal(t, router.Outcome{Dropped: "quiet"}, outcome)
	assert.Equal(t, 1, observed)
	assert.Zero(t, ran)
}
