package wait_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
)

// TestBell: a loop is at work as soon as the bell has rung, whether it rests or is about to.
func TestBell(t *testing.T) {
	t.Parallel()
	c := clock.NewVirtual(time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC))
	ctx, cancel := context.WithCancel(t.Context())
	bell := wait.NewBell()
	loop := wait.NewLoop(ctx, c)
	loop.Hear(bell)
	var heard atomic.Int64
	var owned sync.WaitGroup
	owned.Go(func() {
		defer loop.End()
		for loop.Rest(ctx, time.Hour, nil) {
			heard.Add(1)
		}
	})
	for n := range int64(1000) {
		require.NoError(t, c.Tracker().Idle(t.Context()))
		require.Equal(t, n, heard.Load())
		bell.Ring()
	}
	require.NoError(t, c.Advance(t.Context(), time.Hour))
	assert.Equal(t, int64(1001), heard.Load(), "time ends a rest, too")
	cancel()
	owned.Wait()
	bell.Ring() // nothing hears it
	require.NoError(t, c.Tracker().Idle(t.Context()))
}
