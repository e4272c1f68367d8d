// Package wait waits for a time or the end of a context, and knows how long to rest between two
// tries.
package wait

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// For waits for d; false means that ctx ended first.
func For(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Every calls f after each interval, until ctx ends.
func Every(ctx context.Context, interval time.Duration, f func()) {
	for For(ctx, interval) {
		f()
	}
}

// Backoff is the rest after n tries that failed: about one second, two, four … up to a minute, half
// as much more or less by chance.
func Backoff(n int) time.Duration {
	b := backoff.ExponentialBackOff{InitialInterval: min(time.Second<<min(n-1, 6), time.Minute), RandomizationFactor: 0.5}
	return b.NextBackOff()
}
