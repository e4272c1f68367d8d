package monitor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
)

// TestANegativeAgeIsShown: the clock was a day ahead when the message came.
func TestANegativeAgeIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.store.Inbox().Append(t.Context(), store.Item{Key: "a", Received: noon().Add(24 * time.Hour)})
	require.NoError(t, err)
	assert.InDelta(t, -86400, w.Ready(t.Context()).Store.Lag, 0)
}
