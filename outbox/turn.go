package outbox

import (
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// ageing is how long a proactive send may be ready before it takes turns with the answers, so that
// it is not starved.
const ageing = 2 * time.Minute

// turn gives the next turn if there is one now, and returns the entry that it handled; otherwise it
// returns how long to wait.
func (o *Outbox) turn(q *queue, now time.Time) (*item, time.Duration, error) {
	if err := o.loadSpent(q, now); err != nil {
		return nil, 0, err
	}
	o.mu.Lock()
	if q.spent.redate(now) {
		version := q.spent.version
		o.mu.Unlock()
		return nil, time.Millisecond, ignoreConflict(o.saveSpent(q, version))
	}
	it, rest, refused := o.choose(q, now)
	if it == nil {
		o.mu.Unlock()
		return nil, rest, nil
	}
	known := it.known
	o.mu.Unlock()
	if refused != nil {
		o.giveUp(it, store.Expired, refused.Error(), refused)
		return it, 0, nil
	}
	s, err := o.read(it, known)
	switch {
	case errors.Is(err, store.ErrNotFound):
		o.settle(it, nil, &NotSentError{Endpoint: it.endpoint, Err: errors.New("it is gone from the ledger")})
		return it, 0, nil
	case err != nil:
		return nil, 0, err
	case s.State != store.Queued:
		return it, 0, o.elsewhere(it, s, now)
	}
	if ok, err := o.pass(it, s); err != nil || !ok {
		return it, 0, err
	}
	now = o.config.Clock.Now() // a gate may take its time
	o.mu.Lock()
	if o.items[it.key] != it || it.sending { // withdrawn meanwhile
		o.mu.Unlock()
		return it, 0, nil
	}
	turn, spent := q.take(it, s, now, o.config.Random)
	if spent && o.config.Shared {
		version := q.spent.version
		o.mu.Unlock()
		if err := o.saveSpent(q, version); err != nil {
			return it, 0, ignoreConflict(err) // another process was faster: look again
		}
		o.mu.Lock()
	}
	o.begin(q, it, s, turn, now)
	o.mu.Unlock()
	return it, 0, nil
}

// read returns what the ledger has of an entry, from memory if it is known.
func (o *Outbox) read(it *item, known *store.Send) (store.Send, error) {
	if known != nil {
		return *known, nil
	}
	return o.ledger.Get(o.calls, it.key)
}

// take counts a send that begins now. spent reports whether the budget has changed. The caller
// holds the lock.
func (q *queue) take(it *item, s store.Send, now time.Time, random func() float64) (turn Turn, spent bool) {
	turn = Turn{Account: it.account, Endpoint: it.endpoint, Class: it.class}
	if !s.Created.IsZero() {
		turn.Waited = max(0, now.Sub(s.Created))
	}
	b := &q.spent
	if b.budget == nil {
		return turn, false
	}
	b.take(it, now, b.limits, random)
	b.version++
	turn.PerHour, turn.PerDay = b.limits.PerHour, b.limits.PerDay
	turn.HourLeft, turn.DayLeft = max(0, b.limits.PerHour-b.Hour.sum()), max(0, b.limits.PerDay-b.Day.sum())
	return turn, true
}

// choose picks the entry whose turn it is: answers before proactive sends, but one of these that
// has been ready for long gets every other turn. An answer that a limit would keep for longer than
// it may wait comes with that limit: it is not held for hours, as a proactive send is. The caller
// holds the lock.
func (o *Outbox) choose(q *queue, now time.Time) (chosen *item, rest time.Duration, refused error) {
	rest = time.Hour
	if q.rest.After(now.Add(maxRetryAfter)) { // the clock was set back
		q.rest = now.Add(maxRetryAfter)
	}
	if at := q.due(now); !at.IsZero() {
		rest = at.Sub(now)
	}
	answer, proactive := o.candidate(q, Answer, now, &rest), o.candidate(q, Proactive, now, &rest)
	switch {
	case proactive != nil && q.late(proactive, now) && (answer == nil || !q.aged):
		q.aged = true
		return proactive, 0, nil
	case answer != nil:
		q.aged = false
		return answer, 0, nil
	case proactive != nil:
		return proactive, 0, nil
	}
	if reached := q.reached[Answer.rank()]; reached != nil && q.ready[Answer.rank()].Len() > 0 {
		at, _ := q.free(Answer, now, o.quietHours(q.account))
		if it, ok := q.expiring[Answer.rank()].first(); ok && at.After(it.expires) {
			return it, 0, reached
		}
	}
	return nil, rest, nil
}

// late reports whether a proactive send has been ready for long.
func (q *queue) late(it *item, now time.Time) bool {
	since := it.ready
	if q.limited.After(since) {
		since = q.limited
	}
	return now.Sub(since) >= ageing
}

// free is when the account may send an entry of a class, at the earliest now, and what that waits
// for.
func (q *queue) free(class Class, now time.Time, quiet *Hours) (time.Time, reached) {
	at, why := q.spent.free(class, now, quiet)
	if q.rest.After(at) {
		return q.rest, reached{limit: "Retry-After"}
	}
	return at, why
}

// candidate is the first entry of a class that may go now. If there is none, rest becomes the time
// to the next one, if that is less.
func (o *Outbox) candidate(q *queue, class Class, now time.Time, rest *time.Duration) *item {
	ready := q.ready[class.rank()]
	if ready.Len() == 0 {
		return nil
	}
	at, why := q.free(class, now, o.quietHours(q.account))
	q.reached[class.rank()] = why.err(at)
	if at.After(now) {
		*rest = min(*rest, at.Sub(now))
		if class != Answer && why.limit != "" {
			q.limited = now
			o.parkAll(q, now, at)
		}
		return nil
	}
	if class != Answer {
		q.fresh, q.parked = nil, time.Time{}
	}
	for ready.Len() > 0 {
		p := ready.list[0]
		it := p.head()
		at, why := q.spent.freeChat(it, now)
		if !at.After(now) {
			return it
		}
		*rest = min(*rest, at.Sub(now))
		if why.limit != "" {
			it.ready = time.Time{}
			for _, x := range p.items {
				o.park(x, now, at)
			}
			o.parked()
		}
		q.delay(p, at)
		it.reached = why.err(at)
	}
	return nil
}

// parkAll parks all proactive sends; again only when they have to wait for longer.
func (o *Outbox) parkAll(q *queue, now, until time.Time) {
	if until.Equal(q.parked) {
		for _, it := range q.fresh {
			if o.items[it.key] == it && !it.sending {
				o.park(it, now, until)
			}
		}
	} else {
		q.all(func(it *item) {
			if it.class != Answer && !it.sending {
				o.park(it, now, until)
			}
		})
	}
	q.fresh, q.parked = nil, until
	o.parked()
}

// park lets the callers that wait for a proactive send return: it cannot go out before until. The
// time to then does not count against its TTL.
func (o *Outbox) park(it *item, now, until time.Time) {
	o.hold(it, now, until)
	if !it.isParked {
		it.isParked = true
		it.waiting.Release()
		close(it.parked)
	}
}

// parked ends a drain if only parked entries are left.
func (o *Outbox) parked() {
	if o.drain {
		o.stopIfIdle()
	}
}
