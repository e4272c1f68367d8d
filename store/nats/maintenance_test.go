package nats_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// TestMaintenance inspects and repairs a store that another process is using.
func TestMaintenance(t *testing.T) {
	t.Parallel()
	c := fresh(natstest.Start(t, nil).ClientURL())
	working := opened(t, c)
	c.Maintenance = true
	beside := opened(t, c)
	assert.Len(t, nats.Owned(working), c.Partitions, "maintenance takes no share")
	assert.Empty(t, nats.Owned(beside))

	for _, key := range []string{"a", "b"} {
		_, err := working.Inbox().Append(t.Context(), item(key, "lane"))
		require.NoError(t, err)
	}
	leases, err := working.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, working.Inbox().Bury(t.Context(), leases[0], store.Failure{Reason: "hopeless"}))
	_, err = beside.Inbox().Lease(t.Context(), 1, time.Minute)
	require.ErrorIs(t, err, nats.ErrMaintenance)
	require.Eventually(t, func() bool { // the load is published with the next renewal
		stats, err := beside.Inbox().Stats(t.Context())
		return err == nil && stats.Pending == 1 && stats.Dead == 1 && stats.Keys == 2
	}, 10*time.Second, 20*time.Millisecond)

	dead, err := beside.Inbox().Dead(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, dead, 1)
	require.NoError(t, beside.Inbox().Revive(t.Context(), dead[0].Seq))
	for _, key := range []string{"b", "a"} {
		leases, err := working.Inbox().Lease(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		assert.Equal(t, key, leases[0].Key)
		require.NoError(t, working.Inbox().Complete(t.Context(), leases[0]))
	}
}
