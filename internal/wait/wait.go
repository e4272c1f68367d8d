// Package wait waits for a time or the end of a context, and knows how long to rest between two
// attempts.
package wait

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/hongyan-go/hongyan/internal/clock"
)

// For waits for d by a clock, nil for that of the machine; false means that ctx ended first. The
// work that ctx carries is parked meanwhile.
func For(ctx context.Context, c clock.Clock, d time.Duration) bool {
	timer, stop := clock.Or(c).NewTimer(d)
	defer stop()
	work := clock.WorkOf(ctx)
	work.Park()
	defer work.Unpark() // before the stop: a timer that fired counts as work until then
	select {
	case <-timer:
		return true
	case <-ctx.Done():
		return false
	}
}

// Every calls f after each interval, until ctx ends.
func Every(ctx context.Context, c clock.Clock, interval time.Duration, f func()) {
	loop := NewLoop(ctx, c)
	defer loop.End()
	for loop.Rest(ctx, interval, nil) {
		f()
	}
}

// Loop is a goroutine that works, rests, and works again. A virtual clock does not move while it
// works: from NewLoop to its first Rest, and after each.
type Loop struct {
	clock clock.Clock
	work  *clock.Work
	stop  func() bool
	bell  *Bell
}

// NewLoop makes a loop. Its work is that of ctx, which was begun before the goroutine, if there is
// one, and its own otherwise. A nil clock is that of the machine.
func NewLoop(ctx context.Context, c clock.Clock) *Loop {
	c = clock.Or(c)
	work := clock.WorkOf(ctx)
	if work == nil {
		work = clock.TrackerOf(c).Begin("a loop")
	}
	return &Loop{clock: c, work: work, stop: func() bool { return false }, bell: NewBell()}
}

// Hear makes a bell end the rests of the loop.
func (l *Loop) Hear(b *Bell) { l.bell = b }

// Rest rests for d, or until the bell rings, or wake gets an element or is closed; false means that
// ctx ended first. A nil wake never does. Who sends to wake must be work that ends only when this
// loop has begun more; a Bell sees to that.
func (l *Loop) Rest(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer, stop := l.clock.NewTimer(d)
	return l.rest(ctx, timer, stop, wake)
}

// RestToLook is Rest before another look at what others may have changed; see clock.NewLook.
func (l *Loop) RestToLook(ctx context.Context, d, due time.Duration, wake <-chan struct{}) bool {
	timer, stop := clock.NewLook(l.clock, d, due)
	return l.rest(ctx, timer, stop, wake)
}

func (l *Loop) rest(ctx context.Context, timer <-chan time.Time, stop func() bool, wake <-chan struct{}) bool {
	l.stop()
	l.stop = stop
	defer l.bell.park(l.work)()
	select {
	case <-timer:
		return true
	case <-l.bell.rung:
		return true
	case <-wake:
		return true
	case <-ctx.Done():
		return false
	}
}

// With returns a context of the loop's work: what waits with it for the clock parks the loop.
func (l *Loop) With(ctx context.Context) context.Context { return l.work.With(ctx) }

// End ends the loop and its work. It must be called.
func (l *Loop) End() {
	l.stop()
	l.work.End()
}

// Backoff is the rest after n attempts that failed: about one second, two, four … up to a minute,
// half as much more or less by chance.
func Backoff(n int) time.Duration { return Between(n, time.Second, time.Minute) }

// Between is Backoff from first up to most.
func Between(n int, first, most time.Duration) time.Duration {
	b := backoff.ExponentialBackOff{InitialInterval: Doubled(n, first, most), RandomizationFactor: 0.5}
	return b.NextBackOff()
}

// Doubled is the rest after n attempts that failed: first, twice as much, four times … up to most.
// It is for rests that need no jitter, as only one process makes the attempts.
func Doubled(n int, first, most time.Duration) time.Duration {
	for ; n > 1 && first < most; n-- {
		first *= 2
	}
	return min(first, most)
}
