package clock

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Tracker counts the work that runs on the time of a clock: what has begun, has not ended, and does
// not wait for the clock or for other work. Whoever starts work begins it before its own ends or is
// parked, so that the count is 0 only when nothing runs. All methods work on a nil Tracker, which
// counts nothing.
type Tracker struct {
	mu     sync.Mutex
	active int
	names  map[string]int
	idle   chan struct{} // closed when active becomes 0; nil if no caller waits
	events atomic.Uint64 // counts what may have changed something: the begin and end of work, and timers
}

// TrackerOf returns the tracker of a clock; nil if it has none.
func TrackerOf(c Clock) *Tracker {
	if t, ok := c.(interface{ Tracker() *Tracker }); ok {
		return t.Tracker()
	}
	return nil
}

func (t *Tracker) add(name string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.names == nil {
		t.names = map[string]int{}
	}
	if t.names[name] += n; t.names[name] == 0 {
		delete(t.names, name)
	}
	if t.active += n; t.active == 0 && t.idle != nil {
		close(t.idle)
		t.idle = nil
	}
}

// Idle waits until nothing runs. When ctx ends first, the error says what runs.
func (t *Tracker) Idle(ctx context.Context) error {
	for {
		t.mu.Lock()
		if t.active == 0 {
			t.mu.Unlock()
			return nil
		}
		if t.idle == nil {
			t.idle = make(chan struct{})
		}
		idle := t.idle
		t.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return fmt.Errorf("clock: this still runs: %s: %w", t.running(), context.Cause(ctx))
		}
	}
}

// running names the work that runs.
func (t *Tracker) running() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var names []string
	for name, n := range t.names {
		if n > 1 {
			name = fmt.Sprintf("%s (%d times)", name, n)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
