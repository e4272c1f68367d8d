// Package worker processes an inbox: one item of a lane at a time, in order, and several lanes at
// once. The inbox decides what is next; a [Worker] leases it, calls a [Handler], keeps the lease
// alive meanwhile, and stores the result: done, to be tried again, or a dead letter.
package worker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// Handler handles one leased item. Its context ends when the lease may be lost, and when the grace
// period of a shutdown is over. It calls entered with the name of the route that takes the item, if
// one does.
type Handler func(ctx context.Context, lease store.Lease, entered func(route string)) Result

// Result is the result of a run of a Handler. The zero value means that the item is done.
type Result struct {
	// Err is why the item is not done.
	Err error
	// Retry means that another run may succeed.
	Retry bool
	// Rest is the time until another run that the handler asks for, however many there were. 0
	// means a time that grows with the attempts, of which there are MaxAttempts.
	Rest time.Duration
	// Final means that no run can ever succeed, not even that of a dead letter: the item is done.
	Final bool
	// Stack is where Err arose; empty if that is not known. A dead letter keeps it.
	Stack string
	// Reported means that Err was logged where it arose: a person has something to decide.
	Reported bool
}

// Heartbeat gets the signs of life of a worker.
type Heartbeat interface {
	Beat() // the worker is alive
	End()  // the worker has ended as it should
}

// Options of a Worker. Logger is required; the zero values of the others work.
type Options struct {
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
	// Parallel is how many items are handled at once. 0 means 1.
	Parallel int
	// MaxAttempts is how often an item is handled that may be tried again. 0 means 1.
	MaxAttempts int
	// Attempts is how often an item may have been handled by now, if that is not MaxAttempts: an
	// item with far more leases is the cause of crashes. nil, and a result of 0, mean MaxAttempts.
	Attempts func(store.Lease) int
	// Lease is how long the inbox waits for a sign of life before another process may take an item.
	// 0 means a minute.
	Lease time.Duration
	// Durable means that the inbox keeps its items when the process ends: Drain leaves what has not
	// begun.
	Durable bool

	// Heartbeat gets a beat every third of Lease. nil means none.
	Heartbeat Heartbeat
	// BeforeDead runs before an item becomes a dead letter. If it fails, both are tried again. nil
	// means that nothing runs.
	BeforeDead func(context.Context, store.Lease) error
	// Retried and Dead count the items that are to be tried again, and that become dead letters.
	// nil means that nothing counts them.
	Retried, Dead func()
	// StuckAfter is how long a handler may run before the log names it. 0 or less means for ever.
	StuckAfter time.Duration
	// Stuck is called once for each handler that runs for longer. nil means that only the log names
	// it.
	Stuck  func(Stuck)
	Logger *zap.Logger
}

// Worker processes an inbox. Make it with New, and Start it once.
type Worker struct {
	inbox   store.Inbox
	handle  Handler
	options Options
	logger  *zap.Logger
	tracker *clock.Tracker // of the clock; nil if it has none

	slots   chan struct{}      // one for each handler that may run
	full    clock.Lot          // the work of dispatch while no slot is free
	leasing context.Context    //nolint:containedctx // ends when nothing new may be taken
	stop    context.CancelFunc // ends leasing
	working context.Context    //nolint:containedctx // the parent of the handlers' contexts
	abort   context.CancelCauseFunc
	owned   sync.WaitGroup // all goroutines

	mu       sync.Mutex
	running  map[*run]bool // not by item: two runs of one overlap when a lease was lost
	draining bool
}

// run is a lease that a handler holds.
type run struct {
	lease  store.Lease
	work   *clock.Work
	cancel context.CancelCauseFunc
	since  time.Time
	until  time.Time              // when the lease runs out, as far as the heartbeat knows; of its goroutine
	route  atomic.Pointer[string] // whose handler has it; nil before one is found
	named  bool                   // by the watchdog
}

// New makes a worker. Nothing runs before Start.
func New(inbox store.Inbox, handle Handler, o Options) *Worker {
	o.Parallel, o.MaxAttempts = max(o.Parallel, 1), max(o.MaxAttempts, 1)
	if o.Lease <= 0 {
		o.Lease = time.Minute
	}
	o.Clock = clock.Or(o.Clock)
	w := &Worker{
		inbox: inbox, handle: handle, options: o, logger: o.Logger, slots: make(chan struct{}, o.Parallel), running: map[*run]bool{},
		tracker: clock.TrackerOf(o.Clock),
	}
	w.leasing, w.stop = context.WithCancel(context.Background())
	w.working, w.abort = context.WithCancelCause(context.Background())
	return w
}

// Start starts the worker. Drain ends it.
func (w *Worker) Start() {
	dispatch := w.tracker.Begin("the worker")
	w.owned.Go(func() { w.dispatch(dispatch) })
	heartbeat, watch := wait.NewLoop(w.working, w.options.Clock), wait.NewLoop(w.working, w.options.Clock)
	w.owned.Go(func() { w.keepLeases(heartbeat) })
	w.owned.Go(func() { w.watch(watch) })
}

// dispatch takes leases as long as there are free slots.
func (w *Worker) dispatch(work *clock.Work) {
	defer work.End()
	leasing := work.With(w.leasing)
	failures := 0
	for {
		free := w.takeSlots(work)
		if free == 0 {
			return
		}
		leases, err := w.inbox.Lease(leasing, free, w.options.Lease)
		now := w.options.Clock.Now()
		for range free - len(leases) {
			<-w.slots
		}
		for _, lease := range leases {
			ctx, cancel := context.WithCancelCause(w.working)
			r := &run{
				lease: lease, work: w.tracker.Begin("the handler of " + lease.Key), cancel: cancel, since: now,
				until: now.Add(w.options.Lease),
			}
			w.mu.Lock()
			w.running[r] = true
			w.mu.Unlock()
			w.owned.Go(func() { w.run(r.work.With(ctx), r) })
		}
		switch {
		case err == nil:
			failures = 0
		case w.leasing.Err() != nil || errors.Is(err, store.ErrClosed):
			return
		default:
			failures++
			w.logger.Error("cannot read the inbox, trying again", zap.Error(err))
			if !wait.For(leasing, w.options.Clock, wait.Backoff(failures)) {
				return
			}
		}
	}
}

// takeSlots waits for a free slot, and takes all that are free then. 0 means that leasing is over.
func (w *Worker) takeSlots(work *clock.Work) int {
	w.mu.Lock()
	if len(w.slots) == cap(w.slots) {
		w.full.Park(work)
	}
	w.mu.Unlock()
	select {
	case w.slots <- struct{}{}:
	case <-w.leasing.Done():
		return 0
	}
	n := 1
	for {
		select {
		case w.slots <- struct{}{}:
			n++
		default:
			return n
		}
	}
}
