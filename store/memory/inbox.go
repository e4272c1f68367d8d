package memory

import (
	"container/heap"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/internal/wait"
)

// inbox is the store.Inbox of a Store.
type inbox struct {
	config Config

	mu     sync.Mutex
	closed bool
	seq    uint64
	fence  uint64
	active int // items that are neither done nor dead
	lanes  map[string]*lane
	ready  laneHeap // lanes whose head may be leased at lane.due
	taken  map[uint64]*lane
	keys   keyring
	dead   []store.DeadItem
	wake   chan struct{} // closed and replaced at each change that a waiting Lease must see
	idle   clock.Lot     // the work of the waiting Lease calls
}

func newInbox(c Config) *inbox {
	return &inbox{
		config: c,
		lanes:  map[string]*lane{},
		taken:  map[uint64]*lane{},
		keys:   keyring{until: map[string]time.Time{}},
		wake:   make(chan struct{}),
	}
}

// Append implements store.Inbox.
func (in *inbox) Append(ctx context.Context, item store.Item) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return false, store.ErrClosed
	}
	now := in.config.Clock.Now()
	in.keys.expire(now, in.config.MaxKeys)
	if item.Key != "" && in.keys.known(item.Key) {
		return false, nil
	}
	if in.active >= in.config.MaxPending {
		return false, store.ErrFull
	}
	if item.Key != "" {
		in.keys.add(item.Key, now.Add(in.config.Remember))
	}
	in.enqueue(item)
	return true, nil
}

// enqueue appends an item to its lane.
func (in *inbox) enqueue(item store.Item) {
	in.seq++
	in.active++
	l := in.lanes[item.Lane]
	if l == nil {
		l = &lane{name: item.Lane}
		in.lanes[item.Lane] = l
	}
	l.push(&entry{item: item, seq: in.seq})
	if l.len() == 1 {
		in.offer(l, time.Time{})
	}
}

// offer makes the head of a free lane available at due.
func (in *inbox) offer(l *lane, due time.Time) {
	if l.len() == 0 {
		delete(in.lanes, l.name)
		return
	}
	l.due = due
	heap.Push(&in.ready, l)
	in.broadcast()
}

func (in *inbox) broadcast() {
	in.idle.Release()
	close(in.wake)
	in.wake = make(chan struct{})
}

// Lease implements store.Inbox.
func (in *inbox) Lease(ctx context.Context, limit int, ttl time.Duration) ([]store.Lease, error) {
	work := clock.WorkOf(ctx)
	timer := wait.Timer{Clock: in.config.Clock}
	defer timer.Stop()
	for {
		leases, wake, rest, err := in.tryLease(limit, ttl)
		if err != nil || len(leases) > 0 {
			return leases, err
		}
		err = timer.For(ctx, wake, rest, func() { in.park(work, wake) })
		in.leave(work)
		if err != nil {
			return nil, err
		}
	}
}

// park parks the work of a Lease call until a change, unless there was one since it got wake.
func (in *inbox) park(work *clock.Work, wake <-chan struct{}) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.wake == wake {
		in.idle.Park(work)
	}
}

func (in *inbox) leave(work *clock.Work) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.idle.Leave(work)
}

// tryLease leases the items that are ready. If there are none, it returns the channel that signals
// a change, and the time until the next delayed item or lost lease.
func (in *inbox) tryLease(limit int, ttl time.Duration) ([]store.Lease, <-chan struct{}, time.Duration, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil, nil, 0, store.ErrClosed
	}
	now := in.config.Clock.Now()
	in.reclaim(now)
	var leases []store.Lease
	for len(leases) < limit && len(in.ready) > 0 && !in.ready[0].due.After(now) {
		l := heap.Pop(&in.ready).(*lane)
		e := l.head()
		in.fence++
		e.attempt++
		e.fence, e.until = in.fence, now.Add(ttl)
		in.taken[e.seq] = l
		leases = append(leases, store.Lease{Item: e.item, Seq: e.seq, Attempt: e.attempt, Fence: e.fence})
	}
	return leases, in.wake, in.untilNext(now), nil
}

// reclaim puts the items of lost leases back into their lanes.
func (in *inbox) reclaim(now time.Time) {
	for seq, l := range in.taken {
		if !l.head().until.After(now) {
			delete(in.taken, seq)
			in.offer(l, time.Time{})
		}
	}
}

func (in *inbox) untilNext(now time.Time) time.Duration {
	var next time.Time
	if len(in.ready) > 0 {
		next = in.ready[0].due
	}
	for _, l := range in.taken {
		if until := l.head().until; next.IsZero() || until.Before(next) {
			next = until
		}
	}
	if next.IsZero() {
		return 0
	}
	return max(next.Sub(now), time.Nanosecond)
}

// Extend implements store.Inbox.
func (in *inbox) Extend(_ context.Context, lease store.Lease, ttl time.Duration) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	l, err := in.current(lease)
	if err != nil {
		return err
	}
	l.head().until = in.config.Clock.Now().Add(ttl)
	return nil
}

// Complete implements store.Inbox.
func (in *inbox) Complete(_ context.Context, lease store.Lease) error {
	return in.end(lease, func(l *lane) time.Time {
		l.pop()
		in.active--
		return time.Time{}
	})
}

// Retry implements store.Inbox.
func (in *inbox) Retry(_ context.Context, lease store.Lease, delay time.Duration, _ store.Failure) error {
	return in.end(lease, func(*lane) time.Time { return in.config.Clock.Now().Add(delay) })
}

// Release implements store.Inbox.
func (in *inbox) Release(_ context.Context, lease store.Lease) error {
	return in.end(lease, func(l *lane) time.Time {
		l.head().attempt--
		return time.Time{}
	})
}

// Bury implements store.Inbox.
func (in *inbox) Bury(_ context.Context, lease store.Lease, why store.Failure) error {
	return in.end(lease, func(l *lane) time.Time {
		e := l.pop()
		in.active--
		in.dead = append(in.dead, store.DeadItem{
			Item: e.item, Seq: e.seq, Attempts: e.attempt, Failure: why, Buried: in.config.Clock.Now(),
		})
		if beyond := len(in.dead) - in.config.MaxDead; beyond > 0 {
			in.dead = slices.Delete(in.dead, 0, beyond)
		}
		return time.Time{}
	})
}

// end ends a lease. change updates the item, and returns the time at which the lane may continue.
func (in *inbox) end(lease store.Lease, change func(*lane) time.Time) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	l, err := in.current(lease)
	if err != nil {
		return err
	}
	delete(in.taken, lease.Seq)
	in.offer(l, change(l))
	return nil
}

func (in *inbox) current(lease store.Lease) (*lane, error) {
	if in.closed {
		return nil, store.ErrClosed
	}
	l := in.taken[lease.Seq]
	if l == nil || l.head().fence != lease.Fence || !l.head().until.After(in.config.Clock.Now()) {
		return nil, store.ErrLeaseLost
	}
	return l, nil
}

// Stats implements store.Inbox.
func (in *inbox) Stats(context.Context) (store.InboxStats, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return store.InboxStats{}, store.ErrClosed
	}
	var oldest time.Time
	for _, l := range in.lanes {
		if r := l.head().item.Received; oldest.IsZero() || r.Before(oldest) {
			oldest = r
		}
	}
	leased := len(in.taken)
	return store.InboxStats{
		Pending: in.active - leased, Leased: leased, Dead: len(in.dead), Keys: len(in.keys.until), Oldest: oldest,
	}, nil
}

// close makes every waiting Lease return store.ErrClosed.
func (in *inbox) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.closed {
		in.closed = true
		in.broadcast()
	}
}
