package sqlite

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/internal/wait"
)

// Lease implements store.Inbox.
func (in *inbox) Lease(ctx context.Context, limit int, ttl time.Duration) ([]store.Lease, error) {
	if in.config.Maintenance {
		return nil, ErrMaintenance
	}
	work := clock.WorkOf(ctx)
	timer := wait.Timer{Clock: in.config.Clock}
	defer timer.Stop()
	for {
		changed := in.wake.next()
		var leases []store.Lease
		var rest time.Duration
		err := in.writer.finish(ctx, func(t *tx) error {
			leases = in.take(t, limit, ttl)
			if len(leases) == 0 {
				rest = in.untilNext(t)
			}
			return nil
		})
		if err != nil || len(leases) > 0 {
			return leases, err
		}
		err = timer.For(ctx, changed, rest, func() { in.wake.park(work, changed) }) // a closed store wakes it, too
		in.wake.leave(work)
		if err != nil {
			return nil, err
		}
	}
}

// take leases the heads of ready lanes, oldest first.
func (in *inbox) take(t *tx, limit int, ttl time.Duration) []store.Lease {
	in.reclaim(t)
	t.exec(`UPDATE lanes SET due = 0 WHERE due > 0 AND due <= ?`, t.now.UnixNano()) // so that a retry is ordered by its age
	var leases []store.Lease
	t.rows(`SELECT l.lane, l.head, l.attempts + 1, i.key, i.received, i.body FROM lanes l JOIN items i ON i.seq = l.head
		WHERE l.due = 0 ORDER BY l.head LIMIT ?`, []any{limit}, func(row scanner) error {
		var l store.Lease
		var received int64
		if err := row.Scan(&l.Lane, &l.Seq, &l.Attempt, &l.Key, &received, &l.Body); err != nil {
			return err
		}
		l.Received = fromNano(received)
		leases = append(leases, l)
		return nil
	})
	for i := range leases {
		l := &leases[i]
		t.exec(`UPDATE lanes SET due = -1, attempts = attempts + 1 WHERE lane = ?`, l.Lane)
		in.fences++
		l.Fence = in.writer.epoch<<32 + in.fences
		in.taken[l.Lane] = &taken{seq: l.Seq, fence: l.Fence, ttl: ttl, until: t.now.Add(ttl)}
		t.onUndo(func() { delete(in.taken, l.Lane) })
	}
	return leases
}

// reclaim makes the lanes of expired leases ready again.
func (in *inbox) reclaim(t *tx) {
	for lane, l := range in.taken {
		if !l.until.After(t.now) {
			in.free(t, lane, l)
			t.exec(`UPDATE lanes SET due = 0 WHERE lane = ?`, lane)
		}
	}
}

// free ends a lease in memory.
func (in *inbox) free(t *tx, lane string, l *taken) {
	delete(in.taken, lane)
	t.onUndo(func() { in.taken[lane] = l })
}

// untilNext returns the time until the next retry is due or a lease expires, or 0 if there is
// neither.
func (in *inbox) untilNext(t *tx) time.Duration {
	var next time.Time
	var due int64
	if t.row(`SELECT due FROM lanes WHERE due > 0 ORDER BY due LIMIT 1`, nil, &due) {
		next = fromNano(due)
	}
	for _, l := range in.taken {
		if next.IsZero() || l.until.Before(next) {
			next = l.until
		}
	}
	if next.IsZero() {
		return 0
	}
	return max(next.Sub(t.now), time.Nanosecond)
}

// current returns the lease in memory if it still matches, and ErrLeaseLost otherwise.
func (in *inbox) current(t *tx, lease store.Lease) (*taken, error) {
	l := in.taken[lease.Lane]
	if l == nil || l.seq != lease.Seq || l.fence != lease.Fence || !l.until.After(t.now) {
		return nil, store.ErrLeaseLost
	}
	return l, nil
}

// Extend implements store.Inbox.
func (in *inbox) Extend(ctx context.Context, lease store.Lease, ttl time.Duration) error {
	return in.writer.do(ctx, func(t *tx) error {
		l, err := in.current(t, lease)
		if err == nil {
			l.ttl, l.until = ttl, t.now.Add(ttl)
		}
		return err
	})
}

// end ends a lease; change records the outcome of the item.
func (in *inbox) end(ctx context.Context, lease store.Lease, change func(*tx)) error {
	return in.writer.do(ctx, func(t *tx) error {
		l, err := in.current(t, lease)
		if err != nil {
			return err
		}
		in.free(t, lease.Lane, l)
		change(t)
		t.ready = true
		return nil
	})
}

// Complete implements store.Inbox.
func (in *inbox) Complete(ctx context.Context, lease store.Lease) error {
	return in.end(ctx, lease, func(t *tx) { in.remove(t, lease) })
}

// remove deletes the head of a lane. The next item becomes the head; an empty lane is deleted.
func (in *inbox) remove(t *tx, lease store.Lease) {
	t.exec(`DELETE FROM items WHERE seq = ?`, lease.Seq)
	t.meta.items--
	var next int64
	if t.row(`SELECT seq FROM items WHERE lane = ? ORDER BY seq LIMIT 1`, []any{lease.Lane}, &next) {
		t.exec(`UPDATE lanes SET head = ?, due = 0, attempts = 0 WHERE lane = ?`, next, lease.Lane)
	} else {
		t.exec(`DELETE FROM lanes WHERE lane = ?`, lease.Lane)
	}
}

// Retry implements store.Inbox. The failure is not stored: only that of the last attempt matters,
// and Bury stores it.
func (in *inbox) Retry(ctx context.Context, lease store.Lease, delay time.Duration, _ store.Failure) error {
	return in.end(ctx, lease, func(t *tx) {
		due := int64(0)
		if delay > 0 {
			due = t.now.Add(delay).UnixNano()
		}
		t.exec(`UPDATE lanes SET due = ?, delay = ? WHERE lane = ?`, due, max(delay, 0).Nanoseconds(), lease.Lane)
	})
}

// Release implements store.Inbox.
func (in *inbox) Release(ctx context.Context, lease store.Lease) error {
	return in.end(ctx, lease, func(t *tx) {
		t.exec(`UPDATE lanes SET due = 0, attempts = attempts - 1 WHERE lane = ?`, lease.Lane)
	})
}
