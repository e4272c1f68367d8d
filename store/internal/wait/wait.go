// Package wait lets back ends wait for an item to lease.
package wait

import (
	"context"
	"time"
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
