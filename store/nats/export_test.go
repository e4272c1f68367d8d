package nats

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Freeze stops the heartbeat of a process and nothing else, which is what a long pause looks like
// to the others.
func Freeze(s *Store) { s.keeper.tick.Stop() }

// Thaw restarts the heartbeat.
func Thaw(s *Store) { s.keeper.tick.Reset(s.self.config.heartbeat()) }

// Kill ends a process as kill -9 does: without leaving, and with a broken connection.
func Kill(s *Store) {
	s.closes.Do(func() {
		s.self.isClosed.Store(true)
		s.inbox.mu.Lock()
		s.inbox.closed = true
		s.inbox.broadcast()
		s.inbox.mu.Unlock()
		s.stop()
		s.cluster.conn.Close()
		s.owned.Wait()
		s.keeper.work.Wait()
		s.inbox.forgetAll(store.ErrUnavailable)
	})
}

// Owned returns the partitions of a process.
func Owned(s *Store) []int {
	s.inbox.mu.Lock()
	defer s.inbox.mu.Unlock()
	var list []int
	for id := range s.inbox.parts {
		list = append(list, id)
	}
	return list
}

// PartitionOf returns the partition of a lane.
func PartitionOf(s *Store, lane string) int {
	p, _ := place(lane, s.inbox.partitions)
	return p
}

// WithBounds sets the limits on what is held in memory.
func WithBounds(c Config, items, bytes int) Config {
	c.limit = limits{items, bytes}
	return c
}

// Held returns the number of items in memory and their bytes.
func Held(s *Store) (items, bytes int) {
	s.inbox.mu.Lock()
	defer s.inbox.mu.Unlock()
	return s.inbox.count, s.inbox.bytes
}

// Sweep removes what has expired.
func Sweep(ctx context.Context, s *Store) error { return s.sweep(ctx) }

// WithClock sets the clock for Remember and for times to live.
func WithClock(c Config, now func() time.Time) Config {
	c.now = now
	return c
}

// Functions that are tested on their own.
var (
	Assign  = assign
	Segment = segment
)

// The defaults of Config.
const (
	DefaultRemember = defaultRemember
)

// AbandonedLead makes a caller the leader of a group just when it gives up, and reports whether the
// next caller leads.
func AbandonedLead() bool {
	var q group
	gone := &grouped{ready: make(chan struct{})}
	q.enter(&grouped{})
	q.enter(gone)
	q.pass()
	q.leave(gone)
	return q.enter(&grouped{})
}
