package worker

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// keepLeases extends the leases of running handlers, and ends the handlers whose lease is lost.
func (w *Worker) keepLeases(loop *wait.Loop) {
	defer loop.End()
	if w.options.Heartbeat != nil {
		defer w.options.Heartbeat.End()
	}
	for {
		if w.options.Heartbeat != nil {
			w.options.Heartbeat.Beat()
		}
		if !w.rest(loop, w.options.Lease/3) {
			return
		}
		w.mu.Lock()
		held := slices.Collect(maps.Keys(w.running))
		w.mu.Unlock()
		for _, r := range held {
			w.extend(r)
		}
	}
}

// rest rests before the next look at the handlers that run. If none does, there is nothing to see
// before one begins.
func (w *Worker) rest(loop *wait.Loop, d time.Duration) bool {
	w.mu.Lock()
	idle := len(w.running) == 0
	w.mu.Unlock()
	if idle {
		return loop.RestToLook(w.working, d, 0, nil)
	}
	return loop.Rest(w.working, d, nil)
}

func (w *Worker) extend(r *run) {
	asked := w.options.Clock.Now()
	switch err := w.inbox.Extend(w.working, r.lease, w.options.Lease); {
	case err == nil:
		r.until = asked.Add(w.options.Lease)
	case errors.Is(err, store.ErrLeaseLost), !w.options.Clock.Now().Before(r.until): // a store that does not answer may have lost it, too
		r.cancel(fmt.Errorf("worker: %w", errors.Join(store.ErrLeaseLost, err)))
	}
}
