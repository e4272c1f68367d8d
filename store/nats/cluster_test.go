package nats_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// soak reports whether the long form of the tests was requested.
func soak() bool { return os.Getenv("HONGYAN_SOAK") != "" }

// rounds is the number of rounds of the long tests.
func rounds() int {
	if soak() {
		return 5
	}
	return 1
}

// TestClusterLosesNothing stops the server that leads the inbox and kills a process while three
// processes work. In the long form each server is a separate process, and one is killed.
func TestClusterLosesNothing(t *testing.T) {
	t.Parallel()
	t.Run("stop", func(t *testing.T) {
		t.Parallel()
		nodes := natstest.Cluster(t)
		c := fresh(natstest.URLs(nodes...))
		c.Takeover = 2 * time.Second
		clusterRound(t, c, 15, func() {
			leader := leaderOf(nodes, strings.ToUpper(c.Prefix))
			leader.Shutdown()
			leader.WaitForShutdown()
		})
	})
	for round := range rounds() - 1 {
		t.Run(fmt.Sprint("kill ", round), func(t *testing.T) { // one cluster at a time, to measure
			nodes := processes(t)
			var list []string
			for _, n := range nodes {
				list = append(list, n.url)
			}
			c := fresh(strings.Join(list, ","))
			clusterRound(t, c, 100, func() { killLeader(t, c, nodes) })
		})
	}
}

// killLeader kills the server that leads the inbox.
func killLeader(t *testing.T, c nats.Config, nodes []process) {
	t.Helper()
	stream, err := admin(t, c.URL).Stream(t.Context(), strings.ToUpper(c.Prefix)+"_INBOX")
	require.NoError(t, err)
	leader := stream.CachedInfo().Cluster.Leader
	for _, n := range nodes {
		if n.name == leader {
			n.kill()
			return
		}
	}
	t.Fatalf("no server leads: %q", leader)
}

func clusterRound(t *testing.T, c nats.Config, items int, strike func()) {
	t.Helper()
	const lanes = 20
	c.Partitions = 8
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()

	l := newLoad(t, lanes, items)
	var stores []*nats.Store
	var wg sync.WaitGroup
	workers := map[string]context.CancelFunc{}
	for i := range 3 {
		s := opened(t, c)
		stores = append(stores, s)
		who := fmt.Sprintf("bot%d", i)
		working, stop := context.WithCancel(ctx)
		workers[who] = stop
		wg.Go(func() { l.work(working, who, s.Inbox(), takes(2*time.Millisecond)) })
	}
	spread(t, stores, c.Partitions)

	wg.Go(func() { l.produce(ctx, func() store.Inbox { return stores[0].Inbox() }) })
	require.True(t, l.reach(ctx, l.total()/4), "the work does not begin")
	began := time.Now()
	lost := map[int]bool{}
	for _, p := range nats.Owned(stores[2]) {
		lost[p] = true
	}
	taken := make(chan time.Duration, 1)
	l.mu.Lock()
	l.seen = func(who, lane string) {
		if who != "bot2" && lost[nats.PartitionOf(stores[0], lane)] {
			select {
			case taken <- time.Since(began):
			default:
			}
		}
	}
	l.mu.Unlock()
	workers["bot2"]()
	nats.Kill(stores[2])
	strike()
	select {
	case <-l.finished:
	case <-ctx.Done():
		l.mu.Lock()
		assert.Fail(t, "lost", "%d of %d are handled", l.handled, l.total())
		l.mu.Unlock()
	}
	all := time.Since(began)
	if t.Failed() {
		return
	}
	require.Eventually(t, func() bool {
		stats, err := stores[0].Inbox().Stats(ctx)
		return err == nil && stats.Keys == l.total() && stats.Pending+stats.Leased == 0
	}, 20*time.Second, 50*time.Millisecond, "all is handled, but something is left")
	cancel()
	wg.Wait()
	t.Logf("%d items, %d repeats, longest append %v, the partitions of the killed process moved after %v, all done after %v",
		l.total(), l.repeats, l.gap.Round(time.Millisecond), (<-taken).Round(time.Millisecond), all.Round(time.Millisecond))
}

// leaderOf returns the server that leads the inbox.
func leaderOf(nodes []*server.Server, prefix string) *server.Server {
	for _, s := range nodes {
		if s.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, prefix+"_INBOX") {
			return s
		}
	}
	return nodes[0]
}

// spread waits until each process has its share of the partitions.
func spread(t *testing.T, stores []*nats.Store, partitions int) {
	t.Helper()
	require.Eventually(t, func() bool {
		sum := 0
		for _, s := range stores {
			n := len(nats.Owned(s))
			if n < partitions/len(stores) || n > partitions/len(stores)+1 {
				return false
			}
			sum += n
		}
		return sum == partitions
	}, 30*time.Second, 20*time.Millisecond, "the partitions are not spread")
}
