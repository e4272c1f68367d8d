package nats_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

func TestAssignSpreadsEvenly(t *testing.T) {
	t.Parallel()
	for members := 1; members <= 7; members++ {
		var list []string
		for i := range members {
			list = append(list, fmt.Sprintf("member-%d", i))
		}
		before := nats.Assign(list, 16)
		counts := map[string]int{}
		for _, owner := range before {
			counts[owner]++
		}
		for _, m := range list {
			assert.InDelta(t, 16/float64(members), counts[m], 0.999, "%s of %d", m, members)
		}
		after := nats.Assign(append(list, "newcomer"), 16)
		moved := 0
		for p := range before {
			if after[p] != before[p] {
				moved++
			}
		}
		assert.LessOrEqual(t, moved, 16/(members+1)+6, "a newcomer to %d moves more than its share", members)
	}
	assert.Len(t, nats.Assign(nil, 4), 4)
}

// leaseAll leases until the test holds n items.
func leaseAll(ctx context.Context, t *testing.T, in store.Inbox, n int) []store.Lease {
	t.Helper()
	var all []store.Lease
	for len(all) < n {
		leases, err := in.Lease(ctx, n, time.Minute)
		require.NoError(t, err)
		all = append(all, leases...)
	}
	return all
}

func TestAFrozenOwnerCompletesNothing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := fresh(natstest.Start(t, nil).ClientURL())
	c.Takeover = 800 * time.Millisecond
	old := opened(t, c)
	for i := range 8 {
		_, err := old.Inbox().Append(ctx, item(strconv.Itoa(i), fmt.Sprint("lane ", i)))
		require.NoError(t, err)
	}
	held := leaseAll(ctx, t, old.Inbox(), 8)
	nats.Freeze(old)
	next := opened(t, c)
	began := time.Now()
	again := leaseAll(ctx, t, next.Inbox(), 8)
	t.Logf("taken over after %v", time.Since(began).Round(time.Millisecond))

	fences := map[uint64]uint64{}
	for _, l := range again {
		fences[l.Seq] = l.Fence
	}
	for _, l := range held {
		assert.Greater(t, fences[l.Seq], l.Fence)
		require.ErrorIs(t, old.Inbox().Extend(ctx, l, time.Minute), store.ErrLeaseLost)
	}
	require.ErrorIs(t, old.Inbox().Complete(ctx, held[0]), store.ErrLeaseLost)
	require.ErrorIs(t, old.Inbox().Retry(ctx, held[1], 0, store.Failure{}), store.ErrLeaseLost)
	require.ErrorIs(t, old.Inbox().Bury(ctx, held[2], store.Failure{}), store.ErrLeaseLost)
	dead, err := next.Inbox().Dead(ctx, 0, 10)
	require.NoError(t, err)
	assert.Empty(t, dead, "a burial by a former owner must leave nothing")
	for _, l := range again {
		require.NoError(t, next.Inbox().Complete(ctx, l))
	}

	for i := range 16 {
		_, err := next.Inbox().Append(ctx, item(fmt.Sprint("later ", i), fmt.Sprint("other lane ", i)))
		require.NoError(t, err)
	}
	moment, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	leases, err := old.Inbox().Lease(moment, 10, time.Minute)
	require.ErrorIs(t, err, context.DeadlineExceeded, "it has %v", leases)

	// When it resumes, it joins as a new member and gets a share.
	nats.Thaw(old)
	spread(t, []*nats.Store{old, next}, c.Partitions)
}

func TestPartitionsMoveWithTheProcesses(t *testing.T) {
	t.Parallel()
	c := fresh(natstest.Start(t, nil).ClientURL())
	c.Partitions, c.Takeover = 8, 2*time.Second
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	first := opened(t, c)
	l := newLoad(t, 16, 40*rounds())
	var wg sync.WaitGroup
	work := func(who string, s *nats.Store) {
		wg.Go(func() { l.work(ctx, who, s.Inbox(), takes(2*time.Millisecond)) })
	}
	work("first", first)
	wg.Go(func() { l.produce(ctx, func() store.Inbox { return first.Inbox() }) })
	require.True(t, l.reach(ctx, 50))

	second := opened(t, c)
	work("second", second)
	began := time.Now()
	spread(t, []*nats.Store{first, second}, c.Partitions)
	t.Logf("a newcomer has its share after %v", time.Since(began).Round(time.Millisecond))
	require.True(t, l.reach(ctx, 200))

	began = time.Now()
	require.NoError(t, second.Close())
	spread(t, []*nats.Store{first}, c.Partitions)
	t.Logf("what a stopped process had is taken over after %v", time.Since(began).Round(time.Millisecond))
	select {
	case <-l.finished:
	case <-ctx.Done():
		assert.Fail(t, "lost")
	}
	cancel()
	wg.Wait()
}

func TestADeadlyItemIsCounted(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := fresh(natstest.Start(t, nil).ClientURL())
	c.Takeover = 300 * time.Millisecond
	s := opened(t, c)
	_, err := s.Inbox().Append(ctx, item("deadly", "lane"))
	require.NoError(t, err)
	attempts := 0
	for range 4 {
		attempts = leaseAll(ctx, t, s.Inbox(), 1)[0].Attempt
		nats.Kill(s)
		s = opened(t, c)
	}
	assert.GreaterOrEqual(t, attempts, 3, "each crash but the first is counted at once")
}

func TestALongConversationStarvesNobody(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := fresh(natstest.Start(t, nil).ClientURL())
	c.Partitions = 1
	s := opened(t, nats.WithBounds(c, 50, 2000))
	in := s.Inbox()
	for i := range 40 {
		_, err := in.Append(ctx, item(fmt.Sprint("long", i), "long"))
		require.NoError(t, err)
	}
	stuck := leaseAll(ctx, t, in, 1)[0]
	assert.Equal(t, "long0", stuck.Key)
	for i := range 5 {
		_, err := in.Append(ctx, item(fmt.Sprint("short", i), fmt.Sprint("lane", i)))
		require.NoError(t, err)
	}
	for _, l := range leaseAll(ctx, t, in, 5) {
		assert.Equal(t, "body of "+l.Key, string(l.Body), "a body that was not held is read again")
		require.NoError(t, in.Complete(ctx, l))
	}
	for i := range 40 {
		_, err := in.Append(ctx, item(fmt.Sprint("more", i), "more"))
		require.NoError(t, err)
	}
	items, bytes := nats.Held(s)
	assert.LessOrEqual(t, items, 50)
	assert.LessOrEqual(t, bytes, 2000+10*300)
	require.NoError(t, in.Complete(ctx, stuck))
	for done := 1; done < 80; done++ {
		l := leaseAll(ctx, t, in, 1)[0]
		assert.Equal(t, "body of "+l.Key, string(l.Body))
		require.NoError(t, in.Complete(ctx, l))
	}
	stats, err := in.Stats(ctx)
	require.NoError(t, err)
	assert.Equal(t, store.InboxStats{Keys: 85}, stats)
}

// one leases the item that must be next.
func one(t *testing.T, s *nats.Store, key string, attempt int) store.Lease {
	t.Helper()
	l := leaseAll(t.Context(), t, s.Inbox(), 1)[0]
	require.Equal(t, key, l.Key)
	require.Equal(t, attempt, l.Attempt)
	return l
}

func TestWhatIsDoneAboveTheFloorStaysDone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := fresh(natstest.Start(t, nil).ClientURL())
	c.Partitions, c.Takeover = 1, 300*time.Millisecond
	first := opened(t, c)
	held := map[string]store.Lease{}
	for _, lane := range []string{"a", "b", "c", "d", "e"} {
		_, err := first.Inbox().Append(ctx, item(lane+"1", lane))
		require.NoError(t, err)
		_, err = first.Inbox().Append(ctx, item(lane+"2", lane))
		require.NoError(t, err)
	}
	for _, l := range leaseAll(ctx, t, first.Inbox(), 5) {
		held[l.Lane] = l
	}
	require.NoError(t, first.Inbox().Complete(ctx, held["e"]))
	require.NoError(t, first.Inbox().Complete(ctx, one(t, first, "e2", 1)))
	require.NoError(t, first.Inbox().Complete(ctx, held["b"]))
	require.NoError(t, first.Inbox().Retry(ctx, held["c"], 0, store.Failure{Reason: "not now"}))
	require.NoError(t, first.Inbox().Release(ctx, held["a"]))
	require.NoError(t, first.Inbox().Release(ctx, held["d"]))
	require.NoError(t, first.Close())

	// The next processes can hold only one item and are killed after handling some. The positions
	// of the other lanes must not be lost.
	second := opened(t, nats.WithBounds(c, 1, 1<<20))
	require.NoError(t, second.Inbox().Complete(ctx, one(t, second, "a1", 1)))
	nats.Kill(second)
	second = opened(t, nats.WithBounds(c, 1, 1<<20))
	require.NoError(t, second.Inbox().Complete(ctx, one(t, second, "a2", 1)))
	require.NoError(t, second.Inbox().Complete(ctx, one(t, second, "b2", 1)))
	nats.Kill(second)

	third := opened(t, c)
	got := map[string]int{}
	for len(got) < 4 {
		l := leaseAll(ctx, t, third.Inbox(), 1)[0]
		got[l.Key] = l.Attempt
		require.NoError(t, third.Inbox().Complete(ctx, l))
	}
	assert.Equal(t, map[string]int{"c1": 2, "c2": 1, "d1": 1, "d2": 1}, got)
	stats, err := third.Inbox().Stats(ctx)
	require.NoError(t, err)
	assert.Equal(t, store.InboxStats{Keys: 10}, stats)
}

func TestANewcomerWaitsForLeases(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := fresh(natstest.Start(t, nil).ClientURL())
	c.Takeover = 800 * time.Millisecond
	first := opened(t, c)
	lanes := map[int]string{} // one for each partition
	for i := 0; len(lanes) < c.Partitions; i++ {
		lane := fmt.Sprint("lane ", i)
		if p := nats.PartitionOf(first, lane); lanes[p] == "" {
			lanes[p] = lane
			for _, n := range []string{"1", "2"} {
				_, err := first.Inbox().Append(ctx, item(lane+"#"+n, lane))
				require.NoError(t, err)
			}
		}
	}
	held := leaseAll(ctx, t, first.Inbox(), len(lanes))
	second := opened(t, c)
	moment, cancel := context.WithTimeout(ctx, time.Second) // long enough for a takeover if there were no leases
	defer cancel()
	leases, err := second.Inbox().Lease(moment, 10, time.Minute)
	require.ErrorIs(t, err, context.DeadlineExceeded, "it has %v", leases)
	for _, l := range held {
		require.NoError(t, first.Inbox().Extend(ctx, l, time.Minute))
		require.NoError(t, first.Inbox().Complete(ctx, l))
	}
	spread(t, []*nats.Store{first, second}, c.Partitions)
	for range c.Partitions / 2 {
		l := leaseAll(ctx, t, second.Inbox(), 1)[0]
		assert.Contains(t, l.Key, "#2")
		require.NoError(t, second.Inbox().Complete(ctx, l))
	}
}

func TestALeaseThatNobodyGotIsFree(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, nil)
	p := proxied(t, server.ClientURL())
	c := fresh(p.url())
	c.Takeover = time.Second
	first := opened(t, c)
	_, err := first.Inbox().Append(t.Context(), item("a", "lane"))
	require.NoError(t, err)
	one(t, first, "a", 1)
	nats.Kill(first)

	// The attempt of such an item is stored before it is leased. Here the caller gives up before
	// that.
	second := opened(t, c)
	require.Eventually(t, func() bool {
		items, _ := nats.Held(second)
		return items == 1
	}, 20*time.Second, time.Millisecond)
	p.mute.Store(true)
	moment, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = second.Inbox().Lease(moment, 1, time.Hour)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	p.mute.Store(false)
	p.cut()
	later, end := context.WithTimeout(t.Context(), 20*time.Second)
	defer end()
	leases, err := second.Inbox().Lease(later, 1, time.Hour)
	require.NoError(t, err)
	assert.Equal(t, "a", leases[0].Key)
}
