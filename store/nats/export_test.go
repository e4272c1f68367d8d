package nats

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Freeze stops the heart of a process, and nothing else: what a long pause looks like.
func Freeze(s *Store) { s.life.frozen.Store(true) }

// Thaw lets it beat again.
func Thaw(s *Store) { s.life.frozen.Store(false) }

// Kill ends a process as kill -9 does: no goodbye, the connection breaks.
func Kill(s *Store) {
	s.closes.Do(func() {
		s.life.isClosed.Store(true)
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

// Owned are the partitions of a process.
func Owned(s *Store) []int {
	s.inbox.mu.Lock()
	defer s.inbox.mu.Unlock()
	var list []int
	for id := range s.inbox.parts {
		list = append(list, id)
	}
	return list
}

// PartitionOf is where a lane belongs.
func PartitionOf(s *Store, lane string) int {
	p, _ := place(lane, s.inbox.partitions)
	return p
}

// WithBounds makes the bounds of what is held small.
func WithBounds(c Config, items, bytes int) Config {
	c.limit = limits{items, bytes}
	return c
}

// Held counts the items in memory and their bytes.
func Held(s *Store) (items, bytes int) {
	s.inbox.mu.Lock()
	defer s.inbox.mu.Unlock()
	return s.inbox.count, s.inbox.bytes
}

// Sweep forgets what is old enough.
func Sweep(ctx context.Context, s *Store) error { return s.sweep(ctx) }

// WithClock sets what Remember is measured with.
func WithClock(c Config, now func() time.Time) Config {
	c.now = now
	return c
}

// The inner workings that are tested alone.
var (
	Assign  = assign
	Segment = segment
)
