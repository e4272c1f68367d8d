package outbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

const (
	// maxCalls bounds the concurrent requests of an account, which matters only without a pace.
	maxCalls = 32
	// storePause is the wait after the store has failed, foreignPause that before a request of
	// another process is looked at again.
	storePause   = time.Second
	foreignPause = 500 * time.Millisecond
)

// item is a ledger entry that waits here. Its body stays in the ledger.
type item struct {
	key, account, target, endpoint string
	class                          Class
	seq                            uint64
	values                         context.Context //nolint:containedctx // such as a trace of the caller; it is not canceled

	// guarded by the outbox's lock
	notBefore, expires time.Time
	asOf               time.Time // the clock when they were last checked
	queued             time.Time // when the ledger last changed it before it came here
	heldUntil          time.Time // up to when its deadline has been moved
	unsaved            bool      // the ledger does not know its deadline
	reached            error     // the limit that an answer waits for; nil if it only waits for its turn
	ready              time.Time // since when only other entries keep it waiting
	tries              int
	sending            bool
	isParked           bool
	left               bool // no caller waits for its outcome

	waiting clock.Lot // the work of the callers

	parked chan struct{} // closed when it has to wait for longer than a gap
	done   chan struct{} // closed after sent and err are set
	sent   *api.SentMessage
	err    error
}

func (it *item) outcome() (*api.SentMessage, error) { return it.sent, it.err }

// queue has the waiting entries of an account, in the order of the ledger. Its goroutine runs as
// long as there are any.
type queue struct {
	account string
	items   []*item
	busy    map[string]bool // targets with a request in progress
	rest    time.Time       // until when the service asked for no requests
	running bool
	wake    chan struct{} // of capacity 1
	aged    bool          // the last turn went to a proactive send that was late
	resting clock.Lot     // the work of the goroutine while it waits
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
	it := &item{
		key: s.Key, account: s.Account, target: s.Target, endpoint: s.Endpoint, class: ClassOf(s), seq: s.Seq,
		queued: s.Updated, values: context.WithoutCancel(ctx), parked: make(chan struct{}), done: make(chan struct{}),
	}
	now := o.config.Clock.Now()
	if it.queued.After(now) { // another clock
		it.queued = now
	}
	it.times(s, o.stored(s), now)
	q := o.queues[s.Account]
	if q == nil {
		q = &queue{account: s.Account, busy: map[string]bool{}, wake: make(chan struct{}, 1)}
		o.queues[s.Account] = q
	}
	at, _ := slices.BinarySearchFunc(q.items, it.seq, func(x *item, seq uint64) int {
		if x.seq < seq {
			return -1
		}
		return 1
	})
	q.items = slices.Insert(q.items, at, it)
	o.items[it.key] = it
	o.kick(q)
	return it, nil
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
	heads, over, more := o.look(q, now)
	if !more {
		return 0, false
	}
	for _, it := range over {
		o.expire(it, now)
	}
	unsaved, err := o.saveDeadlines(q)
	switch {
	case err != nil:
		return o.storeFailed(q, err), true
	case len(over) > 0 || unsaved:
		return 0, true
	}
	wait = o.untilExpiry(q, now)
	if paused != "" {
		o.stopDraining()
		if o.config.FailWhenPaused {
			for _, it := range heads {
				if it.class == Answer {
					o.giveUp(it, store.Refused, "sending is stopped: "+paused, ErrPaused)
				}
			}
		}
		return min(wait, pausePoll), true
	}
	if len(heads) == 0 {
		return wait, true
	}
	it, rest, err := o.turn(q, heads, now)
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
	return !o.stopped && len(q.items) > 0
}

// look finds the entries that may be next, the oldest of each class of each target, and those that
// have expired. more is false when the queue has ended.
func (o *Outbox) look(q *queue, now time.Time) (heads, over []*item, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopped || len(q.items) == 0 {
		if o.stopped {
			for _, it := range slices.Clone(q.items) {
				if !it.sending {
					o.finish(it, nil, &pendingError{Key: it.key, Endpoint: it.endpoint, Err: errClosed})
				}
			}
		}
		q.running = false
		return nil, nil, false
	}
	for _, it := range q.items {
		it.follow(now)
	}
	type place struct {
		target string
		class  Class
	}
	seen := map[place]bool{}
	for _, it := range q.items {
		p := place{it.target, it.class}
		switch {
		case it.sending:
		case !it.expires.IsZero() && !it.expires.After(now):
			over = append(over, it)
		case seen[p] || q.busy[it.target] || len(q.busy) >= maxCalls:
		default:
			heads = append(heads, it)
		}
		seen[p] = true
	}
	return heads, over, true
}

// untilExpiry is the time until the first entry of a queue expires.
func (o *Outbox) untilExpiry(q *queue, now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	wait := time.Hour
	for _, it := range q.items {
		if !it.sending && !it.expires.IsZero() {
			wait = min(wait, it.expires.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}

// finish takes an entry out of its queue, with its outcome. The caller holds the lock.
func (o *Outbox) finish(it *item, sent *api.SentMessage, err error) {
	if o.items[it.key] != it {
		return
	}
	delete(o.items, it.key)
	q := o.queues[it.account]
	q.items = slices.DeleteFunc(q.items, func(x *item) bool { return x == it })
	it.sent, it.err = sent, err
	it.waiting.Release()
	close(it.done)
	if o.drain {
		o.stopIfIdle()
	}
}

func (o *Outbox) settle(it *item, sent *api.SentMessage, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finish(it, sent, err)
}

// elsewhere handles an entry that another process has changed.
func (o *Outbox) elsewhere(it *item, s store.Send, now time.Time) error {
	if s.State != store.Sending {
		sent, err := replay(s)
		o.settle(it, sent, err)
		return nil
	}
	if o.lost(s) {
		return o.markLost(o.calls, s)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	it.notBefore, it.expires = now.Add(foreignPause).Round(0), time.Time{}
	return nil
}

// giveUp ends an entry that has not left: Expired or Refused. If it has changed meanwhile, the next
// look handles it.
func (o *Outbox) giveUp(it *item, state store.SendState, reason string, cause error) {
	s, err := o.ledger.Get(o.calls, it.key)
	if err == nil && s.State == store.Queued {
		s.State, s.Reason = state, reason
		if state == store.Refused {
			s.Result = refusal{Kind: neverLeft}.encode()
		}
		if s, err = o.ledger.Update(o.calls, s); err == nil {
			o.tell(s)
			o.settle(it, nil, &NotSentError{Endpoint: s.Endpoint, Err: cause})
			return
		}
	}
	if err == nil || errors.Is(err, store.ErrConflict) {
		o.mu.Lock()
		it.expires = time.Time{} // so that the queue reads the ledger again
		o.mu.Unlock()
		return
	}
	o.settle(it, nil, &pendingError{Key: it.key, Endpoint: it.endpoint, Err: err})
}

// withdraw takes back an entry whose caller has gone. False means that its request has begun, or
// that the ledger does not answer.
func (o *Outbox) withdraw(it *item, cause error) bool {
	o.mu.Lock()
	if it.sending || o.items[it.key] != it {
		o.mu.Unlock()
		return false
	}
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(o.calls, storePause)
	defer cancel()
	s, err := o.ledger.Get(ctx, it.key)
	if err != nil || s.State != store.Queued {
		return false
	}
	s.State, s.Reason, s.Result = store.Refused, "nobody waited for it any more: "+cause.Error(), refusal{Kind: neverLeft}.encode()
	if s, err = o.ledger.Update(ctx, s); err != nil {
		return false
	}
	o.tell(s)
	o.settle(it, nil, &NotSentError{Endpoint: s.Endpoint, Err: cause})
	return true
}
