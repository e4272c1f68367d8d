package memory_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Config{Open: func(*testing.T) store.Store { return memory.New(memory.Config{}) }})
}

func TestAppendRefusesBeyondTheBound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	in := memory.New(memory.Config{MaxPending: 2}).Inbox()
	for i := range 2 {
		_, err := in.Append(ctx, store.Item{Key: strconv.Itoa(i), Lane: strconv.Itoa(i)})
		require.NoError(t, err)
	}
	_, err := in.Append(ctx, store.Item{Key: "2", Lane: "2"})
	require.ErrorIs(t, err, store.ErrFull)

	leases, err := in.Lease(ctx, 1, time.Hour)
	require.NoError(t, err)
	require.NoError(t, in.Complete(ctx, leases[0]))
	added, err := in.Append(ctx, store.Item{Key: "2", Lane: "2"})
	require.NoError(t, err)
	assert.True(t, added, "a refused item must not leave its key behind")
}

func TestKeysAreForgottenInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := memory.New(memory.Config{Remember: 26 * time.Hour}).Inbox()
		appendKey := func() bool {
			added, err := in.Append(context.Background(), store.Item{Key: "a"})
			require.NoError(t, err)
			return added
		}
		assert.True(t, appendKey())
		for _, age := range []time.Duration{time.Second, 6 * time.Hour, 19 * time.Hour} {
			time.Sleep(age)
			assert.False(t, appendKey(), "after another %v", age)
		}
		time.Sleep(time.Hour)
		assert.True(t, appendKey(), "after the time to remember")
	})
}

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	in := memory.New(memory.Config{MaxKeys: 10}).Inbox()
	for i := range 5000 {
		_, err := in.Append(context.Background(), store.Item{Key: strconv.Itoa(i)})
		require.NoError(t, err)
	}
	stats, err := in.Stats(context.Background())
	require.NoError(t, err)
	assert.Equal(t, 10, stats.Keys)
}
