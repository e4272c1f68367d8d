package clock

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Virtual is a clock that only Advance moves. Make it with NewVirtual.
type Virtual struct {
	tracker Tracker

	advancing sync.Mutex // one Advance at a time

	mu     sync.Mutex
	now    time.Time
	timers timers // in their order
	looks  timers // of NewLook
	made   uint64
}

// NewVirtual returns a clock that shows a time.
func NewVirtual(now time.Time) *Virtual { return &Virtual{now: now.Round(0)} }

// Tracker returns the tracker of the clock.
func (v *Virtual) Tracker() *Tracker { return &v.tracker }

// Now implements Clock.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// NewTimer implements Clock. A timer that fired counts as work until it is stopped.
func (v *Virtual) NewTimer(d time.Duration) (c <-chan time.Time, stop func() bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t := v.newTimer(d)
	if d <= 0 {
		v.fire(t)
	} else {
		t.heap = &v.timers
		heap.Push(t.heap, t)
	}
	return t.c, func() bool { return v.stop(t) }
}

// NewLook returns a timer for the next look at what others may have changed: after d, or after due
// if that is less and not 0. As long as nothing else has happened since, there is nothing to see,
// and a virtual clock leaves out d: hours with a look every few seconds would take long.
func NewLook(c Clock, d, due time.Duration) (<-chan time.Time, func() bool) {
	if due > 0 {
		d = min(d, due)
	}
	if v, ok := c.(*Virtual); ok {
		return v.newLook(d, due)
	}
	return c.NewTimer(d)
}

// Settable reports whether a clock may be set back or ahead, as that of a machine may.
func Settable(c Clock) bool {
	_, virtual := c.(*Virtual)
	return !virtual
}

func (v *Virtual) newLook(d, due time.Duration) (c <-chan time.Time, stop func() bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t := v.newTimer(d)
	if due > 0 {
		t.latest = v.now.Add(due)
	}
	t.heap, t.events = &v.looks, v.tracker.events.Load()
	heap.Push(t.heap, t)
	return t.c, func() bool { return v.stop(t) }
}

// newTimer makes a timer that is in no heap. The caller holds the lock.
func (v *Virtual) newTimer(d time.Duration) *timer {
	v.made++
	return &timer{due: v.now.Add(d), made: v.made, c: make(chan time.Time, 1)}
}

// fire lets a timer fire. The caller holds the lock.
func (v *Virtual) fire(t *timer) {
	t.place = fired
	v.tracker.add(timerWork, 1)
	t.c <- v.now
}

// timerWork is the name of the work that a timer starts.
const timerWork = "what a timer started"

func (v *Virtual) stop(t *timer) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch t.place {
	case stopped:
		return false
	case fired:
		t.place = stopped
		v.tracker.add(timerWork, -1)
		return false
	default:
		heap.Remove(t.heap, t.place)
		t.place = stopped
		return true
	}
}

// Advance moves the clock by d, from one timer to the next in their order. Before each of them, and
// at the end, it waits until nothing runs. When ctx ends first, the clock stays where it is, and
// the error says what runs.
func (v *Virtual) Advance(ctx context.Context, d time.Duration) error {
	v.advancing.Lock()
	defer v.advancing.Unlock()
	end := v.Now().Add(d)
	for {
		if err := v.tracker.Idle(ctx); err != nil {
			return err
		}
		if !v.step(end) {
			return v.tracker.Idle(ctx)
		}
	}
}

// step moves the clock to the next timer that is due until end, and lets it fire; or else to end.
func (v *Virtual) step(end time.Time) (fired bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	next, at := v.next()
	if next == nil || at.After(end) {
		v.now = end
		return false
	}
	heap.Remove(next.heap, next.place)
	if at.After(v.now) { // a look may have waited for longer
		v.now = at
	}
	if next.heap == &v.timers {
		v.tracker.events.Add(1)
	}
	v.fire(next)
	return true
}

// next returns the next timer or look, and when it is to fire; nil if there is none.
func (v *Virtual) next() (next *timer, at time.Time) {
	if len(v.timers) > 0 {
		next, at = v.timers[0], v.timers[0].due
	}
	events := v.tracker.events.Load()
	for _, t := range v.looks { // a few
		due := t.due
		if t.events == events {
			due = t.latest
		}
		if !due.IsZero() && (next == nil || due.Before(at) || due.Equal(at) && t.made < next.made) {
			next, at = t, due
		}
	}
	return next, at
}

// timer is a timer of a virtual clock.
type timer struct {
	due   time.Time
	made  uint64 // the order of those with the same due
	heap  *timers
	place int // in the heap, or one of the constants

	latest time.Time // of a look: when it fires although nothing has happened; zero means never
	events uint64    // of a look: how many events there had been when it was made
	c      chan time.Time
}

const (
	fired   = -1
	stopped = -2
)

// timers is a heap: the next timer first.
type timers []*timer

func (h timers) Len() int { return len(h) }

func (h timers) Less(i, j int) bool {
	if !h[i].due.Equal(h[j].due) {
		return h[i].due.Before(h[j].due)
	}
	return h[i].made < h[j].made
}

func (h timers) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

// Push implements heap.Interface.
func (h *timers) Push(x any) {
	t := x.(*timer)
	t.place = len(*h)
	*h = append(*h, t)
}

// Pop implements heap.Interface.
func (h *timers) Pop() any {
	last := (*h)[len(*h)-1]
	(*h)[len(*h)-1] = nil
	*h = (*h)[:len(*h)-1]
	return last
}
