package middleware_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

func TestTimeout(t *testing.T) {
	t.Parallel()
	e := text(t, "wxid_a", "x")
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, _, err := through(t, middleware.Timeout(3*time.Second), e, func(c *router.Context) error {
			<-c.Done()
			return c.Err()
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "took longer than 3s")
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestTimeoutLeavesTheQuickAlone(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, d := range []time.Duration{time.Hour, 0, -1} {
		_, _, err := through(t, middleware.Timeout(d), text(t, "wxid_a", "x"), func(c *router.Context) error {
			_, bounded := c.Deadline()
			assert.Equal(t, d > 0, bounded)
			return broken
		})
		assert.Equal(t, broken, err)
	}
}
