// Package wait waits for a time or the end of a context, and knows how long to rest between two
// attempts.
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

// Backoff is the rest after n attempts that failed: about one second, two, four … up to a minute,
// half as much more or less by chance.
func Backoff(n int) time.Duration {
	b := backoff.ExponentialBackOff{InitialInterval: Doubled(n, time.Second, time.Minute), RandomizationFactor: 0.5}
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
