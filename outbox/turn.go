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
func (o *Outbox) turn(q *queue, heads []*item, now time.Time) (*item, time.Duration, error) {
	var b *budget
	var limits Limits
	var name string
	var revision uint64
	quiet := o.quiet
	if o.config.Pace.paced() {
		var err error
		if limits, name, err = o.limits(o.calls, q.account, now); err != nil {
			return nil, 0, err
		}
		if b, revision, err = o.loadBudget(o.calls, q.account); err != nil {
			return nil, 0, err
		}
		if b.redate(now, limits) {
			err := o.saveBudget(o.calls, q.account, b, revision)
			if errors.Is(err, store.ErrConflict) {
				err = nil
			}
			return nil, time.Millisecond, err
		}
	} else {
		b = &budget{}
	}
	it, rest, refused := o.choose(q, heads, now, b, limits, name, quiet)
	if refused != nil {
		o.giveUp(it, store.Expired, refused.Error(), refused)
		return it, 0, nil
	}
	if it == nil {
		return nil, rest, nil
	}
	s, err := o.ledger.Get(o.calls, it.key)
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
	if o.config.Pace.paced() {
		b.take(it, now, limits, o.config.Random)
		if err := o.saveBudget(o.calls, q.account, b, revision); err != nil {
			if errors.Is(err, store.ErrConflict) {
				return it, 0, nil // another process was faster: look again
			}
			return nil, 0, err
		}
	}
	return it, 0, o.begin(q, it, s, Turn{
		Account: s.Account, Endpoint: s.Endpoint, Class: it.class, Waited: max(0, now.Sub(s.Created)),
		PerHour: limits.PerHour, PerDay: limits.PerDay, HourLeft: max(0, limits.PerHour-b.Hour.sum()),
		DayLeft: max(0, limits.PerDay-b.Day.sum()),
	})
}

// choose picks the entry whose turn it is: answers before proactive sends, but one of these that
// has been ready for long gets every other turn. An answer that a limit would keep for longer than
// it may wait comes with that limit: it is not held for hours, as a proactive send is.
func (o *Outbox) choose(
	q *queue, heads []*item, now time.Time, b *budget, limits Limits, name string, quiet *Hours,
) (chosen *item, rest time.Duration, refused error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	rest = time.Hour
	if q.rest.After(now.Add(maxRetryAfter)) { // the clock was set back
		q.rest = now.Add(maxRetryAfter)
	}
	var answer, proactive, late *item
	for _, it := range heads {
		at, why := b.free(it, now, limits, name, quiet)
		if it.notBefore.After(at) {
			at, why = it.notBefore, reached{}
		}
		if q.rest.After(at) {
			at, why = q.rest, reached{limit: "Retry-After"}
		}
		it.reached = why.err(at)
		if it.ready.IsZero() {
			it.ready = now
		}
		if at.After(now) {
			if why.limit != "" || it.notBefore.After(now) { // it waits for more than the other entries
				it.ready = time.Time{}
			}
			rest = min(rest, at.Sub(now))
			switch {
			case why.limit == "":
			case it.class != Answer:
				o.park(q, it, now, at)
			case !it.expires.IsZero() && at.After(it.expires):
				return it, 0, it.reached
			}
			continue
		}
		switch {
		case it.class == Answer && answer == nil:
			answer = it
		case it.class != Answer && proactive == nil:
			proactive = it
		}
		if it.class != Answer && late == nil && now.Sub(it.ready) >= ageing {
			late = it
		}
	}
	switch {
	case late != nil && (answer == nil || !q.aged):
		q.aged = true
		return late, 0, nil
	case answer != nil:
		q.aged = false
		return answer, 0, nil
	}
	return proactive, rest, nil
}

// park lets the callers that wait for a proactive send, and for those after it, return: they cannot
// go out before until. The time to then does not count against their TTL.
func (o *Outbox) park(q *queue, head *item, now, until time.Time) {
	for _, it := range q.items {
		if it.target != head.target || it.class != head.class {
			continue
		}
		o.hold(it, now, until)
		if !it.isParked {
			it.isParked = true
			it.waiting.Release()
			close(it.parked)
		}
	}
	if o.drain {
		o.stopIfIdle()
	}
}
