package nats

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/internal/wait"
)

const (
	// maxHeld limits the items that a process has read, and maxHeldBytes the bodies that it holds.
	// Beyond maxHeld it reads on when items are done; beyond maxHeldBytes a body is read again when
	// its item is leased. So a long conversation does not block the ones after it.
	maxHeld      = 100_000
	maxHeldBytes = 32 << 20
	// leaveGrace is how long leases of a partition may be extended after it was assigned to another
	// process.
	leaveGrace = 10 * time.Second
)

// inbox is the store.Inbox of a Store.
type inbox struct {
	*cluster
	config     Config
	items      *bucket
	work       *bucket
	partitions int
	self       *membership

	mu       sync.Mutex
	closed   bool
	heldOn   time.Time // until when this process may lease items
	parts    map[int]*partition
	ready    laneHeap
	taken    map[uint64]*entry
	count    int           // items that are known and not done
	bytes    int           // of their bodies that are in memory
	unread   int           // items after the last one read
	position uint64        // the last item read
	appended uint64        // the last item that this process appended to one of its partitions
	plan     uint64        // grows when partitions are acquired or given up
	wake     chan struct{} // closed and replaced at each change that a goroutine may wait for
}

// limits are the bounds of what is held in memory.
type limits struct{ items, bytes int }

func newInbox(cl *cluster, c Config, items, work *bucket, self *membership) *inbox {
	return &inbox{
		cluster: cl, config: c, items: items, work: work, partitions: partitionsOf(items), self: self,
		parts: map[int]*partition{}, taken: map[uint64]*entry{}, wake: make(chan struct{}),
	}
}

func (in *inbox) broadcast() {
	close(in.wake)
	in.wake = make(chan struct{})
}

// usable returns an error if a call cannot begin.
func (in *inbox) usable(ctx context.Context) error {
	if in.self.closed() {
		return store.ErrClosed
	}
	return ctx.Err()
}

// Append implements store.Inbox.
func (in *inbox) Append(ctx context.Context, item store.Item) (bool, error) {
	if err := in.usable(ctx); err != nil {
		return false, err
	}
	kind, name := kindKey, token(item.Key)
	if item.Key == "" {
		kind, name = kindNoKey, rand.Text()
	}
	err := in.add(ctx, item, kind, name)
	if errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

// add stores an item. It returns store.ErrConflict if there is one of the same kind and name.
func (in *inbox) add(ctx context.Context, item store.Item, kind, name string) error {
	h := itemHeader(item)
	size := len(item.Body) + deadRoom
	for k, v := range h {
		size += len(k) + len(v[0])
	}
	if most := in.conn.MaxPayload(); int64(size) > most {
		return fmt.Errorf("nats: a callback of %d bytes does not fit into the servers' max_payload of %d: raise it", len(item.Body), most)
	}
	p, _ := place(item.Lane, in.partitions)
	w := write{subject: in.inbox(p, kind, name), header: h, data: item.Body}
	seq, err := in.items.publish(ctx, callTimeout, w, 0, in.anyInbox(kind, name))
	if err != nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.parts[p] != nil {
		in.appended = max(in.appended, seq)
	}
	return nil
}

// ErrMaintenance is returned by Lease of a store that was opened with Config.Maintenance.
var ErrMaintenance = errors.New("nats: opened for maintenance: this store hands out no work")

// Lease implements store.Inbox.
func (in *inbox) Lease(ctx context.Context, limit int, ttl time.Duration) ([]store.Lease, error) {
	if in.config.Maintenance && !in.self.closed() {
		return nil, ErrMaintenance
	}
	for {
		if err := in.usable(ctx); err != nil {
			return nil, err
		}
		entries, wake, rest, err := in.tryLease(limit, ttl)
		if err != nil {
			return nil, err
		}
		if len(entries) > 0 {
			leases, err := in.deliver(ctx, entries)
			if err != nil || len(leases) > 0 {
				return leases, err
			}
			continue
		}
		work := clock.WorkOf(ctx)
		work.Park() // its leases run by real time: nothing here waits for a virtual clock
		err = wait.For(ctx, wake, rest)
		work.Unpark()
		if err != nil {
			return nil, err
		}
	}
}

// leased is an entry as it was when it was leased.
type leased struct {
	*entry
	lease   store.Lease
	whole   bool // the item is in memory
	suspect bool
}

// deliver completes leases: it reads bodies that are not in memory and, for items that may have
// killed a process, stores the attempt first.
func (in *inbox) deliver(ctx context.Context, entries []leased) ([]store.Lease, error) {
	errs := make([]error, len(entries))
	var wg sync.WaitGroup
	for i := range entries {
		if e := &entries[i]; !e.whole || e.suspect {
			wg.Go(func() { errs[i] = in.prepare(ctx, e) })
		}
	}
	wg.Wait()
	var leases []store.Lease
	var failed error
	for i, e := range entries {
		switch {
		case errs[i] == nil:
			leases = append(leases, e.lease)
		case errors.Is(errs[i], store.ErrNotFound):
			in.logger.Warn("an item was deleted from the inbox by another client", zap.Uint64("seq", e.seq))
			failed = errors.Join(failed, in.end(ctx, e.lease, endComplete, 0, store.Failure{}))
		default:
			failed = errors.Join(failed, errs[i])
			_ = in.Release(ctx, e.lease) // fails if its attempt is still being stored; it is released afterwards then
		}
	}
	if len(leases) > 0 {
		return leases, nil
	}
	return nil, failed
}

func (in *inbox) prepare(ctx context.Context, e *leased) error {
	if !e.whole {
		r, err := in.items.at(ctx, e.seq)
		if err != nil {
			return err
		}
		e.lease.Item = itemOf(r.header, r.data)
		in.mu.Lock()
		if !e.lane.part.gone && e.item == nil {
			item := e.lease.Item
			e.item, e.size = &item, sizeOf(r)
			in.bytes += e.size
		}
		in.mu.Unlock()
	}
	if e.suspect {
		return in.end(ctx, e.lease, endNothing, 0, store.Failure{})
	}
	return nil
}

func sizeOf(r record) int { return len(r.data) + 256 }

// tryLease leases what is ready. If nothing is, it returns a channel that is closed at the next
// change, and the time until a delay ends or a lease expires.
func (in *inbox) tryLease(limit int, ttl time.Duration) ([]leased, <-chan struct{}, time.Duration, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil, nil, 0, store.ErrClosed
	}
	now := time.Now()
	in.reclaim(now)
	if !now.Before(in.heldOn) {
		return nil, in.wake, in.untilNext(now, false), nil
	}
	var list []leased
	for len(list) < limit && len(in.ready) > 0 && !in.ready[0].due.After(now) {
		l := in.next()
		p := l.part
		if !p.leaving.IsZero() || p.behind > maxBehind && l.head().attempt == 0 {
			p.parked = append(p.parked, l)
			continue
		}
		e := l.head()
		p.fences++
		p.leased++
		l.taken, l.due = true, time.Time{}
		e.attempt++
		e.fence, e.until = p.epoch<<32|p.fences, now.Add(ttl)
		in.taken[e.seq] = e
		out := leased{entry: e, lease: store.Lease{Seq: e.seq, Attempt: e.attempt, Fence: e.fence}, whole: e.item != nil,
			suspect: e.seq <= p.suspect}
		if out.whole {
			out.lease.Item = *e.item
		}
		list = append(list, out)
	}
	return list, in.wake, in.untilNext(now, true), nil
}

// reclaim puts back the items of expired leases.
func (in *inbox) reclaim(now time.Time) {
	for _, e := range in.taken {
		if e.ending == nil && !e.until.After(now) {
			in.unlease(e)
			in.offer(e.lane, time.Time{})
		}
	}
}

func (in *inbox) untilNext(now time.Time, handing bool) time.Duration {
	var next time.Time
	if handing && len(in.ready) > 0 {
		next = in.ready[0].due
	}
	for _, e := range in.taken {
		if e.ending == nil && (next.IsZero() || e.until.Before(next)) {
			next = e.until
		}
	}
	if next.IsZero() {
		return 0
	}
	return max(next.Sub(now), time.Nanosecond)
}

// Stats implements store.Inbox. The counts of other processes are those of their last renewal.
func (in *inbox) Stats(ctx context.Context) (store.InboxStats, error) {
	if err := in.usable(ctx); err != nil {
		return store.InboxStats{}, err
	}
	if err := in.caughtUp(ctx); err != nil {
		return store.InboxStats{}, err
	}
	if in.config.Maintenance {
		if err := in.self.refresh(ctx); err != nil {
			return store.InboxStats{}, err
		}
	}
	own := in.load()
	stats := store.InboxStats{Pending: own.Pending, Leased: own.Leased, Oldest: own.Oldest}
	for _, m := range in.self.others() {
		stats.Pending += m.Pending
		stats.Leased += m.Leased
		if !m.Oldest.IsZero() && (stats.Oldest.IsZero() || m.Oldest.Before(stats.Oldest)) {
			stats.Oldest = m.Oldest
		}
	}
	var err error
	if stats.Dead, err = in.work.count(ctx, in.prefix+".work.dead.>"); err != nil {
		return store.InboxStats{}, err
	}
	stats.Keys, err = in.items.count(ctx, in.anyInbox(kindKey, "*"))
	return stats, err
}

// caughtUp waits, for a limited time, until the items that this process has appended have been
// read.
func (in *inbox) caughtUp(ctx context.Context) error {
	moment, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	for {
		in.mu.Lock()
		behind, wake := in.position < in.appended && in.count < in.config.limit.items, in.wake
		in.mu.Unlock()
		if !behind || moment.Err() != nil {
			return ctx.Err()
		}
		_ = wait.For(moment, wake, 0)
	}
}

// load returns the counts of this process.
func (in *inbox) load() memberLoad {
	in.mu.Lock()
	defer in.mu.Unlock()
	load := memberLoad{Leased: len(in.taken), Pending: in.count - len(in.taken) + in.unread}
	for _, p := range in.parts {
		for _, l := range p.lanes {
			if r := l.head().received; !r.IsZero() && (load.Oldest.IsZero() || r.Before(load.Oldest)) {
				load.Oldest = r
			}
		}
	}
	return load
}
