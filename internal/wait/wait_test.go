package wait_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/internal/wait"
)

func TestFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		assert.True(t, wait.For(ctx, nil, 40*time.Second))
		assert.Equal(t, 40*time.Second, time.Since(began))
		assert.False(t, wait.For(ctx, nil, 40*time.Second))
		assert.Equal(t, time.Minute, time.Since(began))
	})
}

func TestEvery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		calls := 0
		wait.Every(ctx, nil, 25*time.Second, func() { calls++ })
		assert.Equal(t, 2, calls)
	})
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for n, middle := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 6: 32 * time.Second,
		7: time.Minute, 1000: time.Minute} {
		seen := map[time.Duration]bool{}
		for range 200 {
			d := wait.Backoff(n)
			assert.InDelta(t, middle, d, float64(middle/2)+1, n)
			seen[d] = true
		}
		assert.Greater(t, len(seen), 100, "by chance")
	}
}

func TestDoubled(t *testing.T) {
	t.Parallel()
	for n, seconds := range map[int]int{0: 5, 1: 5, 2: 10, 3: 20, 5: 80, 6: 90, 1000: 90} {
		assert.Equal(t, time.Duration(seconds)*time.Second, wait.Doubled(n, 5*time.Second, 90*time.Second), n)
	}
	assert.Equal(t, time.Second, wait.Doubled(1, time.Minute, time.Second), "never more than most")
}
