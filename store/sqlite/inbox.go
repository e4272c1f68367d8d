package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// inbox is the store.Inbox of a Store.
type inbox struct {
	*Store
	wake   *wake
	taken  map[string]*taken // by lane; owned by the writer's goroutine
	fences uint64            // of this epoch
}

// taken is a lease that this process has granted. It is kept in memory only, because leases end
// with the process.
type taken struct {
	seq, fence uint64
	ttl        time.Duration
	until      time.Time
}

func newInbox(s *Store) *inbox {
	return &inbox{Store: s, wake: newWake(), taken: map[string]*taken{}}
}

// wake notifies waiting Lease calls of changes.
type wake struct {
	mu   sync.Mutex
	ch   chan struct{} // closed and replaced at each change
	idle clock.Lot     // the work of the waiting calls
}

func newWake() *wake { return &wake{ch: make(chan struct{})} }

func (w *wake) broadcast() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle.Release()
	close(w.ch)
	w.ch = make(chan struct{})
}

func (w *wake) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ch
}

// park parks the work of a Lease call until a change, unless there was one since it got ch.
func (w *wake) park(work *clock.Work, ch <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch == ch {
		w.idle.Park(work)
	}
}

func (w *wake) leave(work *clock.Work) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle.Leave(work)
}

// Append implements store.Inbox.
func (in *inbox) Append(ctx context.Context, item store.Item) (bool, error) {
	item.Body = bytes.Clone(item.Body) // the caller may reuse its buffer when ctx ends early
	var added bool
	err := in.writer.doFollowed(ctx, func(t *tx) error { // by what its handler sends
		var err error
		added, err = in.append(t, item)
		return err
	})
	if err != nil {
		return false, err
	}
	return added, nil
}

func (in *inbox) append(t *tx, item store.Item) (bool, error) {
	if t.meta.items >= int64(in.config.MaxPending) {
		if t.row(`SELECT 1 FROM keys WHERE key = ?`, []any{item.Key}, new(int)) {
			return false, nil
		}
		return false, fmt.Errorf("sqlite: %d messages wait to be handled: %w", t.meta.items, store.ErrFull)
	}
	if item.Key != "" && !in.remember(t, item.Key) {
		return false, nil
	}
	in.enqueue(t, item.Lane, func() int64 {
		_, seq := t.exec(`INSERT INTO items (lane, key, received, body) VALUES (?, ?, ?, ?)`,
			item.Lane, item.Key, toNano(item.Received), item.Body)
		return seq
	})
	return true, nil
}

// remember stores a key. It reports false if the key is already known.
func (in *inbox) remember(t *tx, key string) bool {
	now := t.now.UnixNano()
	if changed, _ := t.exec(`INSERT INTO keys (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING`, key, now); changed > 0 {
		t.meta.keys++
		return true
	}
	// The key exists, but it may have expired without having been deleted yet.
	over := now - in.config.Remember.Nanoseconds()
	changed, _ := t.exec(`UPDATE keys SET at = ? WHERE key = ? AND at <= ?`, now, key, over)
	return changed > 0
}

// enqueue appends an item to its lane; insert writes the row and returns its seq.
func (in *inbox) enqueue(t *tx, lane string, insert func() int64) {
	seq := insert()
	t.meta.items++
	changed, _ := t.exec(`INSERT INTO lanes (lane, head, due, attempts) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING`, lane, seq)
	if changed > 0 {
		t.ready = true
	}
}

// Stats implements store.Inbox.
func (in *inbox) Stats(ctx context.Context) (store.InboxStats, error) {
	var stats store.InboxStats
	var oldest int64
	err := in.query(ctx, func(row scanner) error {
		return row.Scan(&stats.Pending, &stats.Dead, &stats.Keys, &stats.Leased, &oldest)
	}, `SELECT items, dead, keys, (SELECT count(*) FROM lanes WHERE due = -1),
		coalesce((SELECT received FROM items ORDER BY seq LIMIT 1), 0) FROM meta`)
	if err != nil {
		return store.InboxStats{}, err
	}
	stats.Pending -= stats.Leased
	stats.Oldest = fromNano(oldest)
	return stats, nil
}
