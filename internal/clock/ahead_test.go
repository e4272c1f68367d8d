package clock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/internal/clock"
)

func TestAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := clock.NewAhead()
		began := a.Now()
		soon, stopSoon := a.NewTimer(time.Second)
		late, stopLate := a.NewTimer(48 * time.Hour)
		never, stopNever := a.NewTimer(time.Hour)
		assert.True(t, stopNever())
		assert.False(t, stopNever(), "twice")
		time.Sleep(time.Second) // of the bubble
		assert.Equal(t, time.Second, (<-soon).Sub(began))
		assert.False(t, stopSoon())

		a.Move(24 * time.Hour)
		synctest.Wait()
		assert.Empty(t, late)
		assert.Equal(t, 24*time.Hour+time.Second, a.Now().Sub(began))
		a.Move(24 * time.Hour)
		assert.Equal(t, 48*time.Hour+time.Second, (<-late).Sub(began))
		assert.False(t, stopLate())
		assert.Empty(t, never)
		a.Move(-time.Hour)
		assert.Equal(t, 48*time.Hour+time.Second, a.Now().Sub(began), "it is never set back")
	})
}
