package worker

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// keepLeases extends the leases of running handlers, and ends the handlers whose lease is lost.
func (w *Worker) keepLeases() {
	ticker := time.NewTicker(w.options.Lease / 3)
	defer ticker.Stop()
	if w.options.Heartbeat != nil {
		defer w.options.Heartbeat.End()
	}
	for {
		if w.options.Heartbeat != nil {
			w.options.Heartbeat.Beat()
		}
		select {
		case <-ticker.C:
		case <-w.working.Done():
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

func (w *Worker) extend(r *run) {
	asked := time.Now()
	switch err := w.inbox.Extend(w.working, r.lease, w.options.Lease); {
	case err == nil:
		r.until = asked.Add(w.options.Lease)
	case errors.Is(err, store.ErrLeaseLost), !time.Now().Before(r.until): // a store that does not answer may have lost it, too
		r.cancel(fmt.Errorf("worker: %w", errors.Join(store.ErrLeaseLost, err)))
	}
}
