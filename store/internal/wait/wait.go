// Package wait lets back ends wait for an item to lease. Package internal/wait rests for a time, or
// until its context ends; here an event ends the wait, and the caller gets the error of the
// context, as the methods of a store return it.
package wait

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
)

// For waits for wake, for the duration d (0 means no limit), or for ctx, whose error it returns.
func For(ctx context.Context, wake <-chan struct{}, d time.Duration) error {
	var timer <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wake:
	case <-timer:
	}
	return nil
}

// Timer waits by a clock. When its time comes, that counts as work of the clock until the next
// wait, or Stop.
type Timer struct {
	Clock clock.Clock
	stop  func() bool
}

// For waits like the function. It calls park when the timer runs, and before it waits.
func (t *Timer) For(ctx context.Context, wake <-chan struct{}, d time.Duration, park func()) error {
	before := *t
	t.stop = nil
	var timer <-chan time.Time
	if d > 0 {
		timer, t.stop = t.Clock.NewTimer(d)
	}
	before.Stop()
	park()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wake:
	case <-timer:
	}
	return nil
}

// Stop must be called at the end.
func (t *Timer) Stop() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
}
