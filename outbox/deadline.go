package outbox

import (
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

// A send expires when it has waited for its TTL. Time in which the outbox itself forbids the send
// does not count: quiet hours are left out when its deadline is computed, and a pause or a limit
// moves the deadline by as long as it lasts. The moved deadline is written to the ledger, so that a
// restart and another process know it.

const (
	// holdStep is the part of a TTL by which a pause, whose end is not known, moves a deadline
	// ahead at a time; not less than holdMin.
	holdStep = 12
	holdMin  = time.Minute
	// saveBatch is how many deadlines are written before the next turn.
	saveBatch = 50
)

// clock has the quiet hours of a class: none for answers, which pass them.
func (o *Outbox) clock(class Class, account string) *Hours {
	if class == Answer {
		return &Hours{}
	}
	return o.quietHours(account)
}

// deadline is when a send that begins to wait now expires.
func (o *Outbox) deadline(m Message, now time.Time) time.Time {
	ttl := m.TTL
	if ttl <= 0 {
		ttl = o.ttl(m.Class)
	}
	return o.clock(m.Class, api.AccountOf(m)).add(now, ttl)
}

// stored is the deadline of an entry of the ledger. One that lies in the quiet hours was computed
// without them, by a person's resend, or with others.
func (o *Outbox) stored(s store.Send) time.Time {
	clock := o.clock(ClassOf(s), s.Account)
	if s.Expires.IsZero() || !clock.Until(s.Expires).After(s.Expires) {
		return s.Expires
	}
	ttl := o.ttl(ClassOf(s))
	return clock.add(s.Expires.Add(-ttl), ttl)
}

// hold moves the deadline of an entry that may not go out between since and until, as far as that
// has not been done. An entry that had expired before stays expired. The caller holds the lock.
func (o *Outbox) hold(it *item, since, until time.Time) {
	from := since
	for _, t := range []time.Time{it.heldUntil, it.queued} {
		if t.After(from) {
			from = t
		}
	}
	if it.expires.IsZero() || !it.expires.After(from) || !until.After(from) {
		return
	}
	it.heldUntil = until
	clock := o.clock(it.class, it.account)
	if d := clock.open(from, until); d > 0 {
		it.expires = clock.add(it.expires, d)
		q := o.queues[it.account]
		if q.timed(it); !it.unsaved {
			it.unsaved = true
			q.unsaved = append(q.unsaved, it)
		}
	}
}

// holdAll holds the entries of a queue in a pause that began at since.
func (o *Outbox) holdAll(q *queue, now, since time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q.all(func(it *item) {
		if !it.sending && !it.heldUntil.After(now) {
			o.hold(it, since, now.Add(max(holdMin, o.ttl(it.class)/holdStep)))
		}
	})
}

// saveDeadlines writes deadlines that have moved, and reports whether there are more.
func (o *Outbox) saveDeadlines(q *queue) (more bool, err error) {
	type moved struct {
		it *item
		to time.Time
	}
	var batch []moved
	o.mu.Lock()
	for len(q.unsaved) > 0 && len(batch) < saveBatch {
		it := q.unsaved[0]
		q.unsaved = q.unsaved[1:]
		if it.unsaved && !it.sending && o.items[it.key] == it {
			it.unsaved = false
			batch = append(batch, moved{it, it.expires})
		}
	}
	more = len(q.unsaved) > 0
	o.mu.Unlock()
	for i, m := range batch {
		s, err := o.ledger.Get(o.calls, m.it.key)
		if err == nil && s.State == store.Queued && !s.Expires.IsZero() && s.Expires.Before(m.to) {
			s.Expires = m.to
			s, err = o.ledger.Update(o.calls, s)
		}
		o.mu.Lock()
		if o.drop(m.it); err == nil && o.items[m.it.key] == m.it {
			o.keep(m.it, s)
		}
		o.mu.Unlock()
		if err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) { // the next look handles the last two
			continue
		}
		o.mu.Lock()
		for _, rest := range batch[i:] {
			rest.it.unsaved = true
			q.unsaved = append(q.unsaved, rest.it)
		}
		o.mu.Unlock()
		return false, fmt.Errorf("outbox: the time that a send has: %w", err)
	}
	return more, nil
}

// expire ends an entry whose deadline has passed, unless another process has moved it.
func (o *Outbox) expire(it *item, now time.Time) {
	s, err := o.ledger.Get(o.calls, it.key)
	o.mu.Lock()
	reached := it.reached
	if reached == nil {
		reached = o.queueOf(it.account).reached[it.class.rank()]
	}
	if err == nil && s.State == store.Queued && s.Expires.After(now) {
		it.expires = s.Expires
		o.mu.Unlock()
		return
	}
	o.mu.Unlock()
	if reached != nil {
		o.giveUp(it, store.Expired, reached.Error(), reached)
		return
	}
	o.giveUp(it, store.Expired, reason.TurnTooLate.String(), ErrExpired)
}
