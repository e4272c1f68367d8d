package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

// finish takes an entry out of its queue, with its outcome. The caller holds the lock.
func (o *Outbox) finish(it *item, sent *api.SentMessage, err error) {
	if o.items[it.key] != it {
		return
	}
	delete(o.items, it.key)
	o.drop(it)
	o.queues[it.account].remove(it)
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
	o.mu.Lock()
	o.drop(it) // it is read again
	o.mu.Unlock()
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
	if o.items[it.key] == it {
		q := o.queues[it.account]
		it.notBefore, it.expires = now.Add(foreignPause).Round(0), time.Time{}
		q.timed(it)
		q.arrange(it.place, now)
	}
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
		defer o.mu.Unlock()
		o.drop(it) // so that the queue reads the ledger again
		if it.expires = (time.Time{}); o.items[it.key] == it {
			o.queues[it.account].timed(it)
		}
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
	s.State, s.Reason, s.Result = store.Refused, reason.NobodyWaited.With(cause.Error()), refusal{Kind: neverLeft}.encode()
	if s, err = o.ledger.Update(ctx, s); err != nil {
		return false
	}
	o.tell(s)
	o.settle(it, nil, &NotSentError{Endpoint: s.Endpoint, Err: cause})
	return true
}
