package worker

import (
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/wait"
)

// Stuck is a handler that has been running for longer than Options.StuckAfter.
type Stuck struct {
	Route string        // empty if none has been entered
	Event string        // key of the item
	For   time.Duration // how long it has been running
}

// watch reports the handlers that are stuck: the rest of their lane waits for each of them.
func (w *Worker) watch(loop *wait.Loop) {
	defer loop.End()
	if w.options.StuckAfter <= 0 {
		return
	}
	for w.rest(loop, max(w.options.StuckAfter/4, time.Millisecond)) {
		for _, s := range w.stuck(w.options.Clock.Now()) {
			w.logger.Warn("a handler does not come to an end: its conversation waits",
				zap.String("route", s.Route), zap.String("event", s.Event), zap.Duration("for", s.For.Round(time.Second)))
			if w.options.Stuck != nil {
				w.options.Stuck(s)
			}
		}
	}
}

// stuck returns the handlers that have become stuck since the last call.
func (w *Worker) stuck(now time.Time) []Stuck {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []Stuck
	for r := range w.running {
		if age := now.Sub(r.since); age >= w.options.StuckAfter && !r.named {
			r.named = true
			s := Stuck{Event: r.lease.Key, For: age}
			if route := r.route.Load(); route != nil {
				s.Route = *route
			}
			found = append(found, s)
		}
	}
	return found
}
