package clock

import (
	"sync"
	"time"
)

// Ahead is the clock of the machine, which can be set ahead, with a Tracker. Make it with NewAhead.
type Ahead struct {
	tracker Tracker

	mu     sync.Mutex
	ahead  time.Duration
	timers map[*aheadTimer]struct{} // that have not fired
}

type aheadTimer struct {
	due     time.Time
	c       chan time.Time
	machine *time.Timer
}

// NewAhead returns a clock that shows the time of the machine.
func NewAhead() *Ahead { return &Ahead{timers: map[*aheadTimer]struct{}{}} }

// Tracker returns the tracker of the clock.
func (a *Ahead) Tracker() *Tracker { return &a.tracker }

// Now implements Clock.
func (a *Ahead) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now()
}

func (a *Ahead) now() time.Time { return time.Now().Add(a.ahead) }

// NewTimer implements Clock.
func (a *Ahead) NewTimer(d time.Duration) (<-chan time.Time, func() bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := &aheadTimer{due: a.now().Add(d), c: make(chan time.Time, 1)}
	a.timers[t] = struct{}{}
	t.machine = time.AfterFunc(d, func() { a.fire(t) })
	return t.c, func() bool { return a.stop(t) }
}

// fire lets a timer fire, once.
func (a *Ahead) fire(t *aheadTimer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, waits := a.timers[t]; waits {
		delete(a.timers, t)
		t.c <- a.now()
	}
}

func (a *Ahead) stop(t *aheadTimer) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, waits := a.timers[t]
	delete(a.timers, t)
	t.machine.Stop()
	return waits
}

// Move sets the clock ahead by d. Timers that are due by then fire at once.
func (a *Ahead) Move(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ahead += max(d, 0)
	now := a.now()
	for t := range a.timers {
		t.machine.Reset(max(t.due.Sub(now), 0))
	}
}
