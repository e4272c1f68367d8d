package worker

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// maxCrashes is how many leases of an item may end with the process, beyond the attempts that a
// handler has: after that the item counts as the cause of the crashes.
const maxCrashes = 5

// errPoison is the failure of an item that is given up without another run.
var errPoison = errors.New("worker: the process died each time that this message was handled")

// run handles one lease and stores the result.
func (w *Worker) run(ctx context.Context, r *run) {
	defer r.work.End()
	defer r.cancel(nil)
	result := Result{Err: errPoison}
	if r.lease.Attempt <= w.attempts(r.lease)+maxCrashes {
		result = w.handle(ctx, r.lease, func(route string) { r.route.Store(&route) })
	}
	// The result is stored even if a shutdown has ended ctx.
	if err := w.keep(context.WithoutCancel(ctx), r.lease, w.outcome(r.lease, result)); err != nil {
		w.logger.Error("the outcome of a message could not be stored: it may be handled again",
			zap.String("event", r.lease.Key), zap.Error(err))
	}
	w.mu.Lock()
	delete(w.running, r)
	w.full.Release()
	<-w.slots
	w.mu.Unlock()
	w.mu.Lock()
	draining := w.draining
	w.mu.Unlock()
	if draining {
		w.stopIfEmpty()
	}
}

// attempts is how often an item may have been handled by now.
func (w *Worker) attempts(lease store.Lease) int {
	if w.options.Attempts != nil {
		if n := w.options.Attempts(lease); n > 0 {
			return n
		}
	}
	return w.options.MaxAttempts
}

// outcome returns the call that stores a result in the inbox.
func (w *Worker) outcome(lease store.Lease, r Result) func(context.Context) error {
	if r.Err == nil {
		return func(ctx context.Context) error { return w.inbox.Complete(ctx, lease) }
	}
	if r.Final {
		w.logger.Error("message given up: no try can mend what failed", zap.String("event", lease.Key), zap.Error(r.Err))
		return func(ctx context.Context) error { return w.inbox.Complete(ctx, lease) }
	}
	why := store.Failure{Reason: r.Err.Error(), Stack: r.Stack}
	if r.Retry && w.options.Durable && w.working.Err() != nil { // the shutdown, not the handler, made it fail
		return func(ctx context.Context) error { return w.inbox.Release(ctx, lease) }
	}
	if r.Retry && (r.Rest > 0 || lease.Attempt < w.options.MaxAttempts) {
		count(w.options.Retried)
		rest := r.Rest
		if rest == 0 {
			rest = wait.Backoff(lease.Attempt)
		}
		return func(ctx context.Context) error { return w.inbox.Retry(ctx, lease, rest, why) }
	}
	if r.Reported {
		w.logger.Info("message waits for a person to decide about its send", zap.String("event", lease.Key))
	} else {
		w.logger.Error("message given up: it is in the dead letters",
			zap.String("event", lease.Key), zap.Int("attempts", lease.Attempt), zap.Error(r.Err))
	}
	count(w.options.Dead)
	return func(ctx context.Context) error {
		if w.options.BeforeDead != nil {
			if err := w.options.BeforeDead(ctx, lease); err != nil {
				return err
			}
		}
		return w.inbox.Bury(ctx, lease, why)
	}
}

func count(f func()) {
	if f != nil {
		f()
	}
}

// keepTries is the number of attempts to store an outcome: an item that is done must not run again
// because the disk was full or busy for a moment. Its lease is kept meanwhile.
const keepTries = 5

// keep stores an outcome.
func (w *Worker) keep(ctx context.Context, lease store.Lease, outcome func(context.Context) error) error {
	for try := 1; ; try++ {
		err := outcome(ctx)
		if err == nil || errors.Is(err, store.ErrLeaseLost) || errors.Is(err, store.ErrClosed) || try == keepTries {
			return err
		}
		w.logger.Warn("the outcome of a message could not be stored, trying again", zap.String("event", lease.Key), zap.Error(err))
		if !wait.For(w.working, w.options.Clock, wait.Backoff(try)) { //nolint:contextcheck // the shutdown ends the wait, not the run
			return outcome(ctx)
		}
	}
}
