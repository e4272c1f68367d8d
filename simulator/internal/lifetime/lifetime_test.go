package lifetime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
)

// TestWait ends each wait in another way.
func TestWait(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	for name, test := range map[string]struct {
		end  func(l *lifetime.Lifetime, done *bool, cancel context.CancelCauseFunc)
		want error
	}{
		"what it waits for": {end: func(l *lifetime.Lifetime, done *bool, _ context.CancelCauseFunc) {
			l.Lock()
			defer l.Unlock()
			l.Broadcast() // for another change
			*done = true
			l.Broadcast()
		}},
		"the context": {end: func(_ *lifetime.Lifetime, _ *bool, cancel context.CancelCauseFunc) { cancel(stopped) }, want: stopped},
		"the end":     {end: func(l *lifetime.Lifetime, _ *bool, _ context.CancelCauseFunc) { l.Close() }, want: lifetime.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := lifetime.New()
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				done := false
				var err error
				l.Go(func() { err = l.Wait(ctx, func() bool { return done }) })
				synctest.Wait()
				test.end(l, &done, cancel)
				l.WaitGoroutines()
				require.ErrorIs(t, err, test.want)
			})
		})
	}
}

func TestWaitUntil(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lifetime.New()
		began := time.Now()
		assert.False(t, l.WaitUntil(t.Context(), time.After(time.Second), func() bool { return false }))
		assert.Equal(t, time.Second, time.Since(began))
		assert.True(t, l.WaitUntil(t.Context(), nil, func() bool { return true }))
	})
}

func TestUntil(t *testing.T) {
	t.Parallel()
	l := lifetime.New()
	ctx, cancel := l.Until(t.Context())
	defer cancel()
	require.NoError(t, ctx.Err())
	l.Close()
	<-ctx.Done()
	require.ErrorIs(t, context.Cause(ctx), lifetime.ErrClosed)
	<-l.Context().Done()
	l.Lock()
	defer l.Unlock()
	assert.True(t, l.Closed())
}
