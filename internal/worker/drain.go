package worker

import (
	"context"
	"errors"
	"fmt"
)

// errAborted cancels handlers that are still running when the grace period ends.
var errAborted = errors.New("worker: the grace period of the shutdown is over")

// Drain ends the worker, and returns when all its goroutines have ended. Handlers that run may
// finish until ctx ends, which cancels their contexts. What a durable inbox holds stays there; what
// is only in memory is handled as far as the time of ctx allows, and the error counts what is left
// of it.
func (w *Worker) Drain(ctx context.Context) error {
	if w.options.Durable {
		w.stop()
	} else {
		w.mu.Lock()
		w.draining = true
		w.mu.Unlock()
		w.stopIfEmpty()
	}
	overdue := context.AfterFunc(ctx, func() {
		w.stop()
		w.abort(errAborted)
	})
	defer overdue()

	<-w.leasing.Done()
	w.waitIdle()
	w.abort(nil)
	w.owned.Wait()
	if stats, err := w.inbox.Stats(context.WithoutCancel(ctx)); err == nil && stats.Pending > 0 && !w.options.Durable {
		return fmt.Errorf("worker: %d messages were not handled within the grace period, and are lost with the memory inbox", stats.Pending)
	}
	return nil
}

// waitIdle takes every slot: no handler runs then.
func (w *Worker) waitIdle() {
	for range cap(w.slots) {
		w.slots <- struct{}{}
	}
}

// stopIfEmpty ends leasing when nothing is left to lease.
func (w *Worker) stopIfEmpty() {
	stats, err := w.inbox.Stats(w.leasing)
	if err != nil || stats.Pending+stats.Leased == 0 {
		w.stop()
	}
}
