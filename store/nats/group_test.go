package nats_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// forServers runs a test on a server that is alone, and on a cluster of three.
func forServers(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("one server", func(t *testing.T) {
		t.Parallel()
		test(t, natstest.Start(t, func(o *natsserver.Options) { o.SyncAlways = false }).ClientURL())
	})
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		test(t, natstest.URLs(natstest.Cluster(t)...))
	})
}

func sendOf(key string) store.Send {
	return store.Send{Key: key, Account: "wx_app", Target: "wxid_alice", Endpoint: "/message/postText", State: store.Queued}
}

// TestWritesShareABatch makes many changes at once, some of which conflict with what is stored. A
// conflict must not harm the changes that were in the same batch.
func TestWritesShareABatch(t *testing.T) {
	t.Parallel()
	forServers(t, func(t *testing.T, url string) {
		t.Helper()
		c := fresh(url)
		ledger := opened(t, c).Ledger()
		const callers, rounds = 20, 5
		for i := range rounds {
			_, _, err := ledger.Reserve(t.Context(), sendOf(fmt.Sprint("0-", i)))
			require.NoError(t, err)
		}
		var wg sync.WaitGroup
		for caller := range callers { // the first one finds all its keys
			wg.Go(func() {
				for i := range rounds {
					s, added, err := ledger.Reserve(t.Context(), sendOf(fmt.Sprint(caller, "-", i)))
					if err != nil {
						t.Error(err)
						return
					}
					assert.Equal(t, caller != 0, added, s.Key)
					s.State, s.Attempts = store.Sending, caller
					_, err = ledger.Update(t.Context(), s)
					assert.NoError(t, err, s.Key)
				}
			})
		}
		wg.Wait()
		assert.Positive(t, inBatches(t, url, c.Prefix), "nothing was written in a batch")
		seen := map[uint64]bool{}
		for caller := range callers {
			for i := range rounds {
				s, err := ledger.Get(t.Context(), fmt.Sprint(caller, "-", i))
				require.NoError(t, err)
				assert.Equal(t, store.Sending, s.State)
				assert.Equal(t, caller, s.Attempts)
				assert.False(t, seen[s.Seq], "two sends have the Seq %d", s.Seq)
				seen[s.Seq] = true
				_, err = ledger.Update(t.Context(), s)
				require.NoError(t, err, "the revision that Update returned is the one that is stored")
			}
		}
	})
}

// inBatches returns how many of the last writes to the ledger were part of a batch.
func inBatches(t *testing.T, url, prefix string) int {
	t.Helper()
	stream, err := admin(t, url).Stream(t.Context(), strings.ToUpper(prefix)+"_LEDGER")
	require.NoError(t, err)
	info, err := stream.Info(t.Context())
	require.NoError(t, err)
	n := 0
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		m, err := stream.GetMsg(t.Context(), seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		require.NoError(t, err)
		if m.Header.Get("Nats-Batch-Id") != "" {
			n++
		}
	}
	return n
}

func TestALeadIsPassedOnByACallerThatGivesUp(t *testing.T) {
	t.Parallel()
	assert.True(t, nats.AbandonedLead())
}

// TestACallerThatGivesUp cancels callers while they wait, lead a batch, or are in one. The others
// must get their results, and the lead must not be lost.
func TestACallerThatGivesUp(t *testing.T) {
	t.Parallel()
	forServers(t, func(t *testing.T, url string) {
		t.Helper()
		inbox := opened(t, fresh(url)).Inbox()
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				ctx := t.Context()
				if i%2 == 1 {
					short, cancel := context.WithTimeout(ctx, time.Duration(i)*200*time.Microsecond)
					defer cancel()
					ctx = short
				}
				key := fmt.Sprint("key", i)
				if added, err := inbox.Append(ctx, item(key, key)); i%2 == 0 {
					assert.NoError(t, err)
					assert.True(t, added)
				}
			})
		}
		wg.Wait()
		for i := range 100 {
			key := fmt.Sprint("key", i)
			added, err := inbox.Append(t.Context(), item(key, key))
			require.NoError(t, err)
			assert.False(t, added && i%2 == 0, "an acknowledged item is stored")
		}
		stats, err := inbox.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 100, stats.Keys, "each once")
	})
}
