package outbox

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

const (
	// maxCalls bounds the concurrent requests of an account, which matters only without a pace.
	maxCalls = 64
	// storePause is the wait after the store has failed, foreignPause that before a request of
	// another process is looked at again.
	storePause   = time.Second
	foreignPause = 500 * time.Millisecond
)

// item is a ledger entry that waits here. Its body stays in the ledger, unless there is room.
type item struct {
	key, account, target, endpoint string
	class                          Class
	seq                            uint64
	values                         context.Context //nolint:containedctx // such as a trace of the caller; it is not canceled

	// guarded by the outbox's lock
	place              *place
	index              int         // in the order of deadlines; -1 if it is not there
	known              *store.Send // what the ledger has; nil if it has to be read
	notBefore, expires time.Time
	queued             time.Time // when the ledger last changed it before it came here
	heldUntil          time.Time // up to when its deadline has been moved
	unsaved            bool      // the ledger does not know its deadline
	reached            error     // the limit that an answer waits for; nil if it only waits for its turn
	ready              time.Time // since when only other entries keep it waiting
	tries              int
	sending            bool
	isParked           bool
	left               bool     // no caller waits for its outcome
	released           []byte   // its Result: the gates that a person has released it from
	instead            api.Send // what a gate lets leave in its place; nil if nothing

	waiting clock.Lot // the work of the callers

	parked chan struct{} // closed when it has to wait for longer than a gap, or a gate delays it
	done   chan struct{} // closed after sent and err are set
	sent   *api.SentMessage
	err    error
}

func (it *item) outcome() (*api.SentMessage, error) { return it.sent, it.err }

// queue has the waiting entries of an account. Its goroutine runs as long as there are any. All but
// account and wake is guarded by the outbox's lock.
type queue struct {
	account  string
	places   map[placeKey]*place
	targets  map[string][]*place // the places of each target
	ready    [2]*heaped[*place]  // by class: those whose first entry may go, in the order of the ledger
	waiting  *heaped[*place]     // those whose first entry may not go yet
	expiring [2]*heaped[*item]   // by class: those that have a deadline
	fresh    []*item             // proactive sends that came since the last look at the limits
	unsaved  []*item             // with deadlines that the ledger does not know
	count    int
	asOf     time.Time       // the clock when the times of the entries were last checked
	busy     map[string]bool // targets with a request in progress
	rest     time.Time       // until when the service asked for no requests
	retry    time.Time       // when to go on after the store has failed
	running  bool
	wake     chan struct{} // of capacity 1
	resting  clock.Lot     // the work of the goroutine while it waits
	aged     bool          // the last turn went to a proactive send that was late

	reached [2]error  // by class: the limit that is reached
	parked  time.Time // up to when all proactive sends are parked; zero if they are not
	limited time.Time // when a limit last kept the proactive sends waiting

	spent spent
}

// enqueue puts an entry into its queue, unless it is there already. Its call gets the values of
// ctx.
func (o *Outbox) enqueue(ctx context.Context, s store.Send) (*item, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if it := o.items[s.Key]; it != nil {
		return it, nil
	}
	if o.stopped {
		return nil, &pendingError{Key: s.Key, Endpoint: s.Endpoint, Err: errClosed}
	}
	it := o.newItem(ctx, s)
	now := o.config.Clock.Now()
	q := o.queueOf(s.Account)
	q.follow(now)
	o.update(q, it, s, now)
	q.add(it, now)
	o.items[it.key] = it
	o.kick(q)
	return it, nil
}

func (o *Outbox) newItem(ctx context.Context, s store.Send) *item {
	return &item{
		key: s.Key, account: s.Account, target: s.Target, endpoint: s.Endpoint, class: ClassOf(s),
		values: context.WithoutCancel(ctx), index: -1, parked: make(chan struct{}), done: make(chan struct{}),
	}
}

// queueOf is the queue of an account. The caller holds the lock.
func (o *Outbox) queueOf(account string) *queue {
	q := o.queues[account]
	if q == nil {
		q = newQueue(account)
		o.queues[account] = q
	}
	return q
}

// update copies what the ledger has of an entry. The caller holds the lock, and has called follow.
func (o *Outbox) update(q *queue, it *item, s store.Send, now time.Time) {
	it.seq, it.queued = s.Seq, s.Updated
	if it.queued.After(now) { // another clock
		it.queued = now
	}
	it.times(s, o.stored(s), now)
	o.keep(it, s)
	q.asOf = now.Round(0)
}

// maxKept is how many bytes of bodies wait in memory. Those of further entries are read when their
// turn has come.
const maxKept = 4 << 20

// keep keeps what the ledger has of an entry, if there is room. That of a store that is shared is
// read at its turn: another process may have sent it, and a turn is not spent for nothing. The
// caller holds the lock.
func (o *Outbox) keep(it *item, s store.Send) {
	o.drop(it)
	if !o.config.Shared && o.kept+len(s.Body) <= maxKept {
		o.kept += len(s.Body)
		it.known = &s
	}
}

// drop lets the ledger be read before the next turn of an entry. The caller holds the lock.
func (o *Outbox) drop(it *item) {
	if it.known != nil {
		o.kept -= len(it.known.Body)
		it.known = nil
	}
}

// kick wakes the queue. The caller holds the lock.
func (o *Outbox) kick(q *queue) {
	q.resting.Release()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	if !q.running {
		q.running = true
		work := o.tracker.Begin("the outbox")
		o.owned.Go(func() { o.work(q, work) })
	}
}

// work gives turns until the queue is empty.
func (o *Outbox) work(q *queue, work *clock.Work) {
	defer work.End()
	stop := func() bool { return false }
	defer func() { stop() }()
	for {
		wait, more := o.step(q)
		if !more {
			return
		}
		if wait <= 0 {
			continue
		}
		timer, next := o.config.Clock.NewTimer(wait)
		stop() // only now: up to here the step was the work of the timer before
		stop = next
		o.rest(q, work)
		select {
		case <-timer:
		case <-q.wake:
		case <-o.done:
		}
		o.resume(q, work)
	}
}

// rest parks the work of a queue until it is kicked, unless that has happened already.
func (o *Outbox) rest(q *queue, work *clock.Work) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(q.wake) == 0 {
		q.resting.Park(work)
	}
}

func (o *Outbox) resume(q *queue, work *clock.Work) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q.resting.Leave(work)
}

// step does what can be done now, and returns how long to wait before the next step.
func (o *Outbox) step(q *queue) (wait time.Duration, more bool) {
	now := o.config.Clock.Now()
	var paused string
	if o.waits(q) { // an empty queue does not read the switch, so that the next send sees it as it is then
		var since time.Time
		if paused, since = o.pausedSince(o.calls, q.account); !since.IsZero() {
			o.holdAll(q, now, since)
		}
	}
	over, more := o.look(q, now)
	if !more {
		return 0, false
	}
	for _, it := range over {
		o.expire(it, now)
	}
	o.restore(q, over)
	unsaved, err := o.saveDeadlines(q)
	switch {
	case err != nil:
		return o.storeFailed(q, err), true
	case len(over) > 0 || unsaved:
		return 0, true
	}
	wait, free := o.untilNext(q, now)
	if paused != "" {
		o.mu.Lock()
		q.limited = now
		o.mu.Unlock()
		o.stopDraining()
		if o.config.FailWhenPaused {
			for _, it := range o.answers(q) {
				o.giveUp(it, store.Refused, reason.SendingStopped.With(paused), ErrPaused)
			}
		}
		return min(wait, pausePoll), true
	}
	if !free {
		return wait, true
	}
	it, rest, err := o.turn(q, now)
	switch {
	case err != nil:
		return o.storeFailed(q, err), true
	case it == nil:
		return min(wait, rest), true
	}
	return 0, true
}

// storeFailed logs that the store does not answer, and returns how long to wait.
func (o *Outbox) storeFailed(q *queue, err error) time.Duration {
	if errors.Is(err, store.ErrClosed) { // nothing can leave any more
		o.stopDraining()
	}
	if o.calls.Err() == nil {
		o.config.Logger.Error("sends wait: the store does not answer", zap.String("account", q.account), zap.Error(err))
	}
	return storePause
}

// waits reports whether a queue has an entry that may get a turn.
func (o *Outbox) waits(q *queue) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.stopped && q.count > 0
}

// look finds the entries that have expired. more is false when the queue has ended.
func (o *Outbox) look(q *queue, now time.Time) (over []*item, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopped || q.count == 0 {
		var waiting []*item
		q.all(func(it *item) {
			if o.stopped && !it.sending {
				waiting = append(waiting, it)
			}
		})
		for _, it := range waiting {
			o.finish(it, nil, &pendingError{Key: it.key, Endpoint: it.endpoint, Err: errClosed})
		}
		q.running = false
		return nil, false
	}
	q.follow(now)
	return q.over(now), true
}

// restore puts entries that have another deadline now back into the order of deadlines.
func (o *Outbox) restore(q *queue, over []*item) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, it := range over {
		if o.items[it.key] == it {
			q.timed(it)
		}
	}
}

// answers are the answers that may be next.
func (o *Outbox) answers(q *queue) (list []*item) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, h := range []*heaped[*place]{q.ready[Answer.rank()], q.waiting} {
		for _, p := range h.list {
			if p.class == Answer {
				list = append(list, p.head())
			}
		}
	}
	return list
}

// untilNext is the time until the first entry of a queue expires or may go. free reports whether
// one may go now, as far as it alone decides.
func (o *Outbox) untilNext(q *queue, now time.Time) (wait time.Duration, free bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	wait = time.Hour
	for _, h := range q.expiring {
		if it, ok := h.first(); ok {
			wait = min(wait, it.expires.Sub(now))
		}
	}
	if at := q.due(now); !at.IsZero() {
		wait = min(wait, at.Sub(now))
	}
	free = len(q.busy) < maxCalls && q.ready[0].Len()+q.ready[1].Len() > 0
	if q.retry.After(now) {
		wait, free = min(wait, q.retry.Sub(now)), false
	}
	return max(wait, time.Millisecond), free
}
