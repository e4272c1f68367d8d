package clock_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// TestAdvanceGoesFromTimerToTimer has two loops with different intervals: each turn sees the time
// of its timer, and of two that are due the timer that was made first is first.
func TestAdvanceGoesFromTimerToTimer(t *testing.T) {
	t.Parallel()
	for range 50 {
		v := clock.NewVirtual(noon)
		ctx, cancel := context.WithCancel(t.Context())
		var log []string // each turn ends before the next begins
		ended := make(chan struct{})
		for _, l := range []struct {
			name  string
			every time.Duration
		}{{"three", 3 * time.Second}, {"two", 2 * time.Second}} {
			started := v.Tracker().Begin(l.name).With(ctx)
			go func() {
				wait.Every(started, v, l.every, func() { log = append(log, l.name+v.Now().Format(" 05")) })
				ended <- struct{}{}
			}()
			require.NoError(t, v.Tracker().Idle(t.Context()))
		}
		require.NoError(t, v.Advance(t.Context(), 7*time.Second))
		assert.Equal(t, []string{"two 02", "three 03", "two 04", "three 06", "two 06"}, log)
		assert.Equal(t, noon.Add(7*time.Second), v.Now())
		cancel()
		<-ended
		<-ended
	}
}

// TestAdvanceWaitsForWork does not move the clock while work runs, and moves it while that waits.
func TestAdvanceWaitsForWork(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(noon)
	work := v.Tracker().Begin("the handler")
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err := v.Advance(soon, time.Hour)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "the handler")
	assert.Equal(t, noon, v.Now(), "it has not moved")

	var woke time.Time
	go func() {
		wait.For(work.With(context.Background()), v, 40*time.Minute)
		woke = v.Now()
		work.End()
	}()
	require.NoError(t, v.Advance(t.Context(), time.Hour))
	assert.Equal(t, noon.Add(40*time.Minute), woke)
	assert.Equal(t, noon.Add(time.Hour), v.Now())
}

// TestATimerIsWorkUntilItIsStopped keeps the clock where it is while the timer's work goes on.
func TestATimerIsWorkUntilItIsStopped(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(noon)
	c, stop := v.NewTimer(0)
	assert.Equal(t, noon, <-c)
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	require.ErrorContains(t, v.Advance(soon, time.Hour), "timer")
	assert.False(t, stop())
	assert.False(t, stop())
	require.NoError(t, v.Advance(t.Context(), time.Hour))

	c, stop = v.NewTimer(time.Second)
	assert.True(t, stop(), "before it fired")
	require.NoError(t, v.Advance(t.Context(), time.Hour))
	assert.Empty(t, c)
}

// TestWithoutATracker works as with one.
func TestWithoutATracker(t *testing.T) {
	t.Parallel()
	c := clock.Func(func() time.Time { return noon })
	work := clock.TrackerOf(c).Begin("nothing counts it")
	assert.Nil(t, work)
	work.Park()
	work.Unpark()
	assert.True(t, wait.For(work.With(t.Context()), c, time.Nanosecond))
	work.End()
	assert.Equal(t, noon, clock.Or(c).Now())
	assert.WithinDuration(t, time.Now(), clock.Or(nil).Now(), time.Minute)
}

// TestALookWaitsForAnEvent is left out for hours in which nothing happens.
func TestALookWaitsForAnEvent(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(noon)
	ctx, cancel := context.WithCancel(t.Context())
	loop := wait.NewLoop(ctx, v)
	var looks []string
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer loop.End()
		for due := time.Duration(0); loop.RestToLook(ctx, 2*time.Second, due, nil); {
			looks = append(looks, v.Now().Format(time.TimeOnly))
			if due = 0; len(looks) == 2 {
				due = time.Minute // as the next form ends then
			}
		}
	}()
	require.NoError(t, v.Advance(t.Context(), time.Hour))
	assert.Empty(t, looks)
	v.Tracker().Begin("a handler").End()
	require.NoError(t, v.Advance(t.Context(), time.Hour))
	assert.Equal(t, []string{"13:00:00"}, looks, "it is overdue, and only one sees what has happened")
	v.Tracker().Begin("a handler").End()
	require.NoError(t, v.Advance(t.Context(), time.Hour))
	assert.Equal(t, []string{"13:00:00", "14:00:00", "14:01:00"}, looks, "what is due does not wait for an event")
	cancel()
	<-ended
}

func TestLot(t *testing.T) {
	t.Parallel()
	v := clock.NewAhead()
	idle := func() bool {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return v.Tracker().Idle(ctx) == nil
	}
	var lot clock.Lot
	one, two := v.Tracker().Begin("one"), v.Tracker().Begin("two")
	lot.Park(one)
	lot.Park(two)
	lot.Park(nil)
	assert.True(t, idle())
	lot.Leave(one)
	assert.False(t, idle())
	one.End()
	assert.True(t, idle())
	lot.Release()
	assert.False(t, idle())
	lot.Leave(two) // Release was first
	two.End()
	two.End()
	assert.True(t, idle())
}
