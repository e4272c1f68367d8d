package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/store"
)

// lanes work the inbox off: one message of a conversation at a time, in order, and as many conversations
// at once as the config allows. The inbox decides what is next; the lanes only bound how much.
type lanes struct {
	store  store.Store
	inbox  store.Inbox
	config Config
	work   func(context.Context, store.Lease, func(route string)) verdict
	logger *zap.Logger

	monitor *monitor.Monitor
	metrics *monitor.Metrics

	slots   chan struct{}      // one for each handler that may run
	leasing context.Context    //nolint:containedctx // ends when nothing new may be taken
	stop    context.CancelFunc // ends leasing
	working context.Context    //nolint:containedctx // what the handlers' contexts come from
	abort   context.CancelCauseFunc
	owned   sync.WaitGroup // dispatcher, heartbeat and handlers

	mu       sync.Mutex
	running  map[*running]bool // not by message: two runs of one overlap when a lease was lost
	draining bool
}

// running is a lease in the hands of a handler.
type running struct {
	lease  store.Lease
	cancel context.CancelCauseFunc
	since  time.Time
	until  time.Time              // when the lease runs out, as far as the heartbeat knows; of its goroutine
	route  atomic.Pointer[string] // whose handler has it; nil before one is found
	told   bool                   // the watchdog has named it
}

// deadlyCrashes is how many leases of a message may end with the process, beyond the tries that a handler has: after that it is the
// message that kills the process.
const deadlyCrashes = 5

// errDeadly is why a message is given up without a try.
var errDeadly = errors.New("bot: the process died each time that this message was handled")

// errAborted is why handlers end that a shutdown has no patience for any more.
var errAborted = errors.New("bot: the grace period of the shutdown is over")

func newLanes(
	back store.Store, c Config, work func(context.Context, store.Lease, func(string)) verdict, mon *monitor.Monitor, metrics *monitor.Metrics, logger *zap.Logger,
) *lanes {
	l := &lanes{
		store: back, inbox: back.Inbox(), config: c, work: work, logger: logger, monitor: mon, metrics: metrics,
		slots: make(chan struct{}, c.Parallel), running: map[*running]bool{},
	}
	l.leasing, l.stop = context.WithCancel(context.Background())
	l.working, l.abort = context.WithCancelCause(context.Background())
	return l
}

func (l *lanes) start() {
	l.owned.Go(l.dispatch)
	l.owned.Go(l.heartbeat)
	l.owned.Go(l.watch)
}

// dispatch takes leases as long as there are free slots.
func (l *lanes) dispatch() {
	failures := 0
	for {
		free := l.takeSlots()
		if free == 0 {
			return
		}
		leases, err := l.inbox.Lease(l.leasing, free, l.config.Lease)
		now := time.Now()
		for range free - len(leases) {
			<-l.slots
		}
		for _, lease := range leases {
			ctx, cancel := context.WithCancelCause(l.working)
			r := &running{lease: lease, cancel: cancel, since: now, until: now.Add(l.config.Lease)}
			l.mu.Lock()
			l.running[r] = true
			l.mu.Unlock()
			l.owned.Go(func() { l.run(ctx, r) })
		}
		switch {
		case err == nil:
			failures = 0
		case l.leasing.Err() != nil || errors.Is(err, store.ErrClosed):
			return
		default:
			failures++
			l.logger.Error("cannot read the inbox, trying again", zap.Error(err))
			if !pause(l.leasing, backoff(failures)) {
				return
			}
		}
	}
}

// takeSlots waits for a free slot, and takes all that are free then. 0 means that leasing is over.
func (l *lanes) takeSlots() int {
	select {
	case l.slots <- struct{}{}:
	case <-l.leasing.Done():
		return 0
	}
	n := 1
	for {
		select {
		case l.slots <- struct{}{}:
			n++
		default:
			return n
		}
	}
}

// run handles one lease and tells the inbox what became of it.
func (l *lanes) run(ctx context.Context, r *running) {
	lease := r.lease
	defer r.cancel(nil)
	v := verdict{err: errDeadly}
	if lease.Attempt <= l.config.MaxAttempts+deadlyCrashes {
		v = l.work(ctx, lease, func(route string) { r.route.Store(&route) })
	}
	// The outcome must be stored also when the shutdown has lost its patience with handlers.
	if err := l.keep(context.WithoutCancel(ctx), lease, l.outcome(lease, v)); err != nil {
		l.logger.Error("the outcome of a message could not be stored: it may be handled again",
			zap.String("event", lease.Key), zap.Error(err))
	}
	l.mu.Lock()
	delete(l.running, r)
	l.mu.Unlock()
	<-l.slots
	l.mu.Lock()
	draining := l.draining
	l.mu.Unlock()
	if draining {
		l.stopIfEmpty()
	}
}

// outcome is what the inbox is to be told.
func (l *lanes) outcome(lease store.Lease, v verdict) func(context.Context) error {
	if v.err == nil {
		return func(ctx context.Context) error { return l.inbox.Complete(ctx, lease) }
	}
	if v.final {
		l.logger.Error("message given up: no try can mend what failed", zap.String("event", lease.Key), zap.Error(v.err))
		return func(ctx context.Context) error { return l.inbox.Complete(ctx, lease) }
	}
	why := store.Failure{Reason: v.err.Error(), Stack: middleware.StackOf(v.err)}
	if v.retry && l.store.Durable() && l.working.Err() != nil { // the shutdown, not the handler, made it fail
		return func(ctx context.Context) error { return l.inbox.Release(ctx, lease) }
	}
	if v.retry && lease.Attempt < l.config.MaxAttempts {
		l.metrics.Retry()
		return func(ctx context.Context) error { return l.inbox.Retry(ctx, lease, backoff(lease.Attempt), why) }
	}
	if middleware.Reported(v.err) {
		l.logger.Info("message waits for a person to decide about its send", zap.String("event", lease.Key))
	} else {
		l.logger.Error("message given up: it is in the dead letters",
			zap.String("event", lease.Key), zap.Int("attempts", lease.Attempt), zap.Error(v.err))
	}
	l.metrics.Dead()
	return func(ctx context.Context) error {
		if err := markDead(ctx, l.store.State(), runKey(lease)); err != nil {
			return err
		}
		return l.inbox.Bury(ctx, lease, why)
	}
}

// keepTries is how often an outcome is stored that the store does not take: a disk that is full, or busy, for a moment must not make a message
// run again that is done. Its lease is kept meanwhile.
const keepTries = 5

// keep stores an outcome.
func (l *lanes) keep(ctx context.Context, lease store.Lease, outcome func(context.Context) error) error {
	for try := 1; ; try++ {
		err := outcome(ctx)
		if err == nil || errors.Is(err, store.ErrLeaseLost) || errors.Is(err, store.ErrClosed) || try == keepTries {
			return err
		}
		l.logger.Warn("the outcome of a message could not be stored, trying again", zap.String("event", lease.Key), zap.Error(err))
		if !pause(l.working, backoff(try)) { //nolint:contextcheck // the shutdown ends the wait, not the run
			return outcome(ctx)
		}
	}
}

// heartbeat keeps the leases of running handlers, and ends the handlers whose lease is lost.
func (l *lanes) heartbeat() {
	ticker := time.NewTicker(l.config.Lease / 3)
	defer ticker.Stop()
	pulse := l.monitor.Pulse("lanes", 2*l.config.Lease)
	defer pulse.End()
	for {
		pulse.Beat()
		select {
		case <-ticker.C:
		case <-l.working.Done():
			return
		}
		l.mu.Lock()
		held := slices.Collect(maps.Keys(l.running))
		l.mu.Unlock()
		for _, r := range held {
			asked := time.Now()
			switch err := l.inbox.Extend(l.working, r.lease, l.config.Lease); {
			case err == nil:
				r.until = asked.Add(l.config.Lease)
			case errors.Is(err, store.ErrLeaseLost), !time.Now().Before(r.until): // a store that does not answer may have lost it, too
				r.cancel(fmt.Errorf("bot: %w", errors.Join(store.ErrLeaseLost, err)))
			}
		}
	}
}

// drain ends the lanes. What is stored durably stays there; what is only in memory is handled as far as
// the time of ctx allows.
func (l *lanes) drain(ctx context.Context) error {
	if l.store.Durable() {
		l.stop()
	} else {
		l.mu.Lock()
		l.draining = true
		l.mu.Unlock()
		l.stopIfEmpty()
	}
	overdue := context.AfterFunc(ctx, func() {
		l.stop()
		l.abort(errAborted)
	})
	defer overdue()

	handlers := make(chan struct{})
	go func() { // ends with the lanes, which drain waits for
		defer close(handlers)
		<-l.leasing.Done()
		l.waitIdle()
		l.abort(nil)
		l.owned.Wait()
	}()
	<-handlers
	if stats, err := l.inbox.Stats(context.WithoutCancel(ctx)); err == nil && stats.Pending > 0 && !l.store.Durable() {
		return fmt.Errorf("bot: %d messages were not handled within the grace period, and are lost with the memory inbox", stats.Pending)
	}
	return nil
}

// waitIdle takes every slot: no handler runs then.
func (l *lanes) waitIdle() {
	for range cap(l.slots) {
		l.slots <- struct{}{}
	}
}

// stopIfEmpty ends leasing when nothing is left to lease.
func (l *lanes) stopIfEmpty() {
	stats, err := l.inbox.Stats(l.leasing)
	if err != nil || stats.Pending+stats.Leased == 0 {
		l.stop()
	}
}

// backoff is the rest before try n+1: about one second, two, four … up to a minute, with jitter.
func backoff(n int) time.Duration {
	d := min(time.Second<<min(n-1, 6), time.Minute)
	return d/2 + rand.N(d) //nolint:gosec // jitter is no secret
}

// pause waits for d; false means that ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
