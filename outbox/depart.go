package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

// departure is a send that leaves without waiting: nothing of its account waits, and no limit is
// reached. The ledger gets it as one that is under way, in one transaction instead of two.
type departure struct {
	q       *queue
	it      *item
	turn    Turn
	version uint64 // of the budget
	undo    func() // gives back what it has spent
}

// depart takes the turn of a new send if it is now; nil if it has to wait for its turn in the
// queue.
func (o *Outbox) depart(ctx context.Context, s store.Send) *departure {
	if s.State != store.Queued || !s.NotBefore.IsZero() {
		return nil
	}
	if paused, _ := o.pausedSince(ctx, s.Account); paused != "" {
		return nil
	}
	if len(o.gates.all())+len(o.watchers.all()) > 0 || o.muted(ctx, s.Account, s.Target) { // they are asked at a turn in the queue
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.queueOf(s.Account)
	now := o.config.Clock.Now()
	q.follow(now)
	switch {
	case o.stopped, o.items[s.Key] != nil, q.count > len(q.busy), len(q.busy) >= maxCalls, q.busy[s.Target], q.retry.After(now):
		return nil
	case o.paceOf(q.account).paced() && (o.config.Shared || q.spent.budget == nil || !q.spent.current(o.paceOf(q.account), now)):
		return nil
	}
	it := o.newItem(ctx, s)
	if at, _ := q.free(it.class, now, o.quietHours(it.account)); at.After(now) {
		return nil
	}
	if at, _ := q.spent.freeChat(it, now); at.After(now) {
		return nil
	}
	it.expires, it.queued = s.Expires, now
	undo := q.spent.remember(it, now)
	turn, _ := q.take(it, s, now, o.config.Random)
	q.busy[s.Target], it.sending = true, true
	q.add(it, now)
	o.items[s.Key] = it
	o.owned.Add(1)
	return &departure{q: q, it: it, turn: turn, version: q.spent.version, undo: undo}
}

// current reports whether the limits are those of now.
func (s *spent) current(p Pace, now time.Time) bool {
	limits, _ := p.at(now.Sub(s.since))
	return limits == s.limits
}

// remember returns a function that takes back what an entry spends next.
func (s *spent) remember(it *item, now time.Time) func() {
	if s.budget == nil {
		return func() {}
	}
	b, next := s.budget, s.Next
	return func() {
		b.Hour.giveBack(now, hourStep)
		b.Day.giveBack(now, dayStep)
		if it.class != Answer {
			b.Proactive.giveBack(now, dayStep)
		}
		delete(b.Chats, it.target)
		b.Next = next
		s.version++
	}
}

func (c counts) giveBack(now time.Time, step time.Duration) {
	bucket := now.UnixMilli() / step.Milliseconds()
	if c[bucket]--; c[bucket] <= 0 {
		delete(c, bucket)
	}
}

// leaveNow writes that the request leaves, and lets it. If the ledger knows the key, it returns
// what it has, and the send has not left. The context is not that of the caller: what has begun is
// not left undecided.
func (o *Outbox) leaveNow(d *departure, s store.Send, m api.Send) (stored store.Send, added bool, err error) {
	s.State, s.Attempts = store.Sending, 1
	err = o.along(d.q, d.version, func() (err error) {
		stored, added, err = o.ledger.Reserve(o.calls, s)
		return err
	})
	if err != nil || !added {
		defer o.owned.Done()
		o.turnBack(d, stored, err)
		return stored, false, err
	}
	o.mu.Lock()
	d.it.seq = stored.Seq
	o.mu.Unlock()
	if o.config.Turn != nil {
		o.config.Turn(d.turn)
	}
	work := o.tracker.Begin("a request to send")
	go func() {
		defer o.owned.Done()
		defer work.End()
		o.call(d.q, d.it, stored, m)
	}()
	return stored, true, nil
}

// turnBack takes back a departure. Another Send of the key may wait for it.
func (o *Outbox) turnBack(d *departure, stored store.Send, err error) {
	var sent *api.SentMessage
	switch {
	case errors.Is(err, store.ErrUnavailable):
		err = &pendingError{Key: d.it.key, Endpoint: d.it.endpoint, Err: err}
	case err != nil:
		err = &NotSentError{Endpoint: d.it.endpoint, Err: err}
	default:
		sent, err = replay(stored)
	}
	now := o.config.Clock.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	d.undo()
	d.it.sending = false
	o.finish(d.it, sent, err)
	d.q.freed(d.it.target, now)
	if d.q.count > 0 {
		o.kick(d.q)
	}
}
