package outbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

const (
	// maxCalls bounds the requests of an account that are under way at once, which only matters without a pace.
	maxCalls = 32
	// storePause is the rest after the store has failed, and foreignPause before a request of another process is looked at again.
	storePause   = time.Second
	foreignPause = 500 * time.Millisecond
)

// item is an entry of the ledger that waits here. Its body stays in the ledger.
type item struct {
	key, account, target, endpoint string
	class                          Class
	seq                            uint64
	values                         context.Context //nolint:containedctx // of who wants it sent, such as a trace; it does not end

	// guarded by the outbox's lock
	notBefore, expires time.Time
	asOf               time.Time // what the clock showed when they were last looked at
	queued             time.Time // when the ledger has changed it last, before it came here
	heldUntil          time.Time // for which time its deadline has been moved
	unsaved            bool      // the ledger does not know its deadline
	reached            error     // the limit that an answer waits for; nil if it waits for its turn
	ready              time.Time // when it could have gone, but for others
	tries              int
	sending            bool
	isParked           bool
	left               bool // nobody waits for its outcome

	parked chan struct{} // closed when it has to wait for longer than a gap
	done   chan struct{} // closed behind sent and err
	sent   *api.SentMessage
	err    error
}

func (it *item) outcome() (*api.SentMessage, error) { return it.sent, it.err }

// lane is the queue of an account, in the order of the ledger. Its goroutine lives as long as there is something in it.
type lane struct {
	account string
	items   []*item
	busy    map[string]bool // targets with a request under way
	rest    time.Time       // until when the service has asked for no more requests
	running bool
	wake    chan struct{} // has room for one
	aged    bool          // the last turn went to a proactive send that was late
}

// enqueue puts an entry into its lane, unless it is there already. Its call gets the values of ctx.
func (o *Outbox) enqueue(ctx context.Context, s store.Send) (*item, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if it := o.items[s.Key]; it != nil {
		return it, nil
	}
	if o.stopped {
		return nil, &PendingError{Key: s.Key, Endpoint: s.Endpoint, Err: errClosed}
	}
	it := &item{
		key: s.Key, account: s.Account, target: s.Target, endpoint: s.Endpoint, class: ClassOf(s), seq: s.Seq,
		queued: s.Updated, values: context.WithoutCancel(ctx), parked: make(chan struct{}), done: make(chan struct{}),
	}
	now := o.config.Now()
	if it.queued.After(now) { // another clock
		it.queued = now
	}
	it.times(s, o.stored(s), now)
	l := o.lanes[s.Account]
	if l == nil {
		l = &lane{account: s.Account, busy: map[string]bool{}, wake: make(chan struct{}, 1)}
		o.lanes[s.Account] = l
	}
	at, _ := slices.BinarySearchFunc(l.items, it.seq, func(x *item, seq uint64) int {
		if x.seq < seq {
			return -1
		}
		return 1
	})
	l.items = slices.Insert(l.items, at, it)
	o.items[it.key] = it
	o.kick(l)
	return it, nil
}

// kick lets the lane look again. The caller holds the lock.
func (o *Outbox) kick(l *lane) {
	select {
	case l.wake <- struct{}{}:
	default:
	}
	if !l.running {
		l.running = true
		o.owned.Go(func() { o.work(l) })
	}
}

// work gives turns until nothing is left.
func (o *Outbox) work(l *lane) {
	for {
		wait, more := o.step(l)
		if !more {
			return
		}
		if wait <= 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-l.wake:
		case <-o.done:
		}
		timer.Stop()
	}
}

// step does what can be done now, and tells how long there is nothing else to do.
func (o *Outbox) step(l *lane) (wait time.Duration, more bool) {
	now := o.config.Now()
	var paused string
	if o.waits(l) { // else the switch is not looked at, so that the next send sees it as it is then
		var since time.Time
		if paused, since = o.pausedSince(o.calls, l.account); !since.IsZero() {
			o.holdAll(l, now, since)
		}
	}
	heads, over, more := o.look(l, now)
	if !more {
		return 0, false
	}
	for _, it := range over {
		o.expire(it, now)
	}
	unsaved, err := o.saveDeadlines(l)
	switch {
	case err != nil:
		return o.storeFailed(l, err), true
	case len(over) > 0 || unsaved:
		return 0, true
	}
	wait = o.untilExpiry(l, now)
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
	it, rest, err := o.turn(l, heads, now)
	switch {
	case err != nil:
		return o.storeFailed(l, err), true
	case it == nil:
		return min(wait, rest), true
	}
	return 0, true
}

// storeFailed says that the store does not answer, and is how long to leave it alone.
func (o *Outbox) storeFailed(l *lane, err error) time.Duration {
	if o.calls.Err() == nil {
		o.config.Logger.Error("sends wait: the store does not answer", zap.String("account", l.account), zap.Error(err))
	}
	return storePause
}

// waits tells whether there is something in a lane that may get a turn.
func (o *Outbox) waits(l *lane) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.stopped && len(l.items) > 0
}

// look finds the entries that may be next, the oldest of each class of each target, and those whose time is over. If there are none and will be
// none, the lane has ended.
func (o *Outbox) look(l *lane, now time.Time) (heads, over []*item, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopped || len(l.items) == 0 {
		if o.stopped {
			for _, it := range slices.Clone(l.items) {
				if !it.sending {
					o.finish(it, nil, &PendingError{Key: it.key, Endpoint: it.endpoint, Err: errClosed})
				}
			}
		}
		l.running = false
		return nil, nil, false
	}
	for _, it := range l.items {
		it.follow(now)
	}
	type place struct {
		target string
		class  Class
	}
	seen := map[place]bool{}
	for _, it := range l.items {
		p := place{it.target, it.class}
		switch {
		case it.sending:
		case !it.expires.IsZero() && !it.expires.After(now):
			over = append(over, it)
		case seen[p] || l.busy[it.target] || len(l.busy) >= maxCalls:
		default:
			heads = append(heads, it)
		}
		seen[p] = true
	}
	return heads, over, true
}

// untilExpiry is how long it takes until the first entry of a lane expires.
func (o *Outbox) untilExpiry(l *lane, now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	wait := time.Hour
	for _, it := range l.items {
		if !it.sending && !it.expires.IsZero() {
			wait = min(wait, it.expires.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}

// finish ends an entry's time here. The caller holds the lock.
func (o *Outbox) finish(it *item, sent *api.SentMessage, err error) {
	if o.items[it.key] != it {
		return
	}
	delete(o.items, it.key)
	l := o.lanes[it.account]
	l.items = slices.DeleteFunc(l.items, func(x *item) bool { return x == it })
	it.sent, it.err = sent, err
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

// elsewhere deals with an entry that somebody else has changed.
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

// giveUp ends an entry that has not left: Expired or Refused. If it has changed meanwhile, the next look deals with it.
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
		it.expires = time.Time{} // so that the lane asks the ledger again
		o.mu.Unlock()
		return
	}
	o.settle(it, nil, &PendingError{Key: it.key, Endpoint: it.endpoint, Err: err})
}

// withdraw takes an entry back for which nobody waits any more. False means that it is on its way, or that the ledger does not answer.
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
