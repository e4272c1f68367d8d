package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

// begin lets the request of an entry leave. The queue goes on meanwhile, so that the sends of an
// account share the flushes of the disk. Of two processes that try, one succeeds in writing that
// the request leaves. The caller holds the lock.
func (o *Outbox) begin(q *queue, it *item, s store.Send, turn Turn, now time.Time) {
	expires, version, instead := it.expires, q.spent.version, it.instead
	q.taken(it, now)
	o.drop(it)
	work := o.tracker.Begin("a request to send")
	o.owned.Go(func() {
		defer work.End()
		m, err := api.DecodeSend(s.Endpoint, s.Body)
		if err != nil { // written by another version, or the body is gone
			s.State, s.Reason, s.Result = store.Refused, reason.CannotBeSent.With(err.Error()), refusal{Kind: byPerson}.encode()
			if s, err = o.ledger.Update(o.calls, s); err == nil {
				o.tell(s)
				_, err = replay(s)
				o.mu.Lock()
				defer o.mu.Unlock()
				q.freed(it.target, o.config.Clock.Now())
				o.finish(it, nil, err)
				o.kick(q)
				return
			}
			o.putBack(q, it, err)
			return
		}
		if instead != nil {
			m = instead
		}
		next := s
		next.Attempts++
		o.watched(it.values, next, m)
		err = o.along(q, version, func() (err error) {
			s, err = o.markSending(s, expires)
			return err
		})
		if err != nil { // ErrUnavailable may have written it: then it is lost, and shown as unknown
			o.putBack(q, it, err)
			return
		}
		if o.config.Turn != nil {
			o.config.Turn(turn)
		}
		o.call(q, it, s, m)
	})
}

// putBack puts an entry back whose request did not leave, because the ledger has refused to say so.
func (o *Outbox) putBack(q *queue, it *item, err error) {
	now := o.config.Clock.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	it.sending = false
	q.timed(it)
	q.freed(it.target, now)
	if ignoreConflict(err) != nil {
		q.retry = now.Add(o.storeFailed(q, err))
	}
	o.kick(q)
}

// markSending writes that a request leaves. An entry that another process has changed but not
// taken, such as its deadline, is read again: its turn has been paid for.
func (o *Outbox) markSending(s store.Send, expires time.Time) (store.Send, error) {
	for {
		s.State, s.Reason = store.Sending, ""
		s.Attempts++
		if !expires.IsZero() { // a pause or the clock has moved it
			s.Expires = expires
		}
		written, err := o.ledger.Update(o.calls, s)
		if !errors.Is(err, store.ErrConflict) {
			return written, err
		}
		now, getErr := o.ledger.Get(o.calls, s.Key)
		if getErr != nil || now.State != store.Queued {
			return s, err
		}
		s = now
	}
}

func ignoreConflict(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// call makes the request and writes its outcome.
func (o *Outbox) call(q *queue, it *item, s store.Send, m api.Send) {
	noted := o.own.begin(s, m, o.config.Clock.Now())
	sent, err := o.config.Send(it.values, m)
	o.own.end(noted, sent, err)
	result := o.judge(q, it, &s, sent, err)
	s = o.record(s)
	if s.State.Final() {
		o.tell(s) // before the caller goes on
	}
	o.mu.Lock()
	now := o.config.Clock.Now()
	it.sending = false
	if s.State.Final() {
		o.finish(it, result.sent, result.err)
		q.freed(it.target, now)
	} else {
		q.follow(now)
		it.times(s, s.Expires, now)
		o.keep(it, s)
		q.timed(it)
		q.freed(it.target, now)
	}
	left := it.left
	o.kick(q)
	o.mu.Unlock()
	if s.State == store.Refused && left {
		o.config.Logger.Warn("a message was refused that was to be sent later: hongyan outbox list shows it",
			zap.String("key", s.Key), zap.String("endpoint", s.Endpoint), zap.String("reason", s.Reason))
	}
}

type result struct {
	sent *api.SentMessage
	err  error
}

// judge writes the outcome of a request into s, and returns what its caller gets.
func (o *Outbox) judge(q *queue, it *item, s *store.Send, sent *api.SentMessage, err error) result {
	executed := api.ExecutedOf(err)
	switch {
	case err != nil && executed == api.ExecutedYes: // only its ids are lost
		s.Reason = err.Error()
		sent = nil
		fallthrough
	case err == nil:
		if sent == nil {
			sent = &api.SentMessage{To: s.Target}
		}
		s.State, s.Body = store.Sent, nil // the text is not needed any more
		s.Result, _ = json.Marshal(sent)  //nolint:errchkjson // strings and numbers
		return result{sent: sent}
	case executed == api.ExecutedUnknown:
		s.State, s.Reason = store.Unknown, err.Error()
		return result{err: &UnknownError{Key: s.Key, Endpoint: s.Endpoint, Reason: s.Reason, Err: err}}
	}
	s.State, s.Reason = store.Refused, err.Error()
	if repeat, reached := reaction(err); !reached {
		s.Result = refusal{Kind: neverLeft}.encode()
		if repeat && o.again(q, it, s, err) {
			return result{}
		}
		return result{err: &NotSentError{Endpoint: s.Endpoint, Err: err}}
	}
	r := refusal{Kind: byService}
	switch {
	case errors.Is(err, api.ErrTokenInvalid):
		r.Cause = "token"
	case errors.Is(err, api.ErrOffline):
		r.Cause = "offline"
	}
	s.Result = r.encode()
	return result{err: &RefusedError{Key: s.Key, Endpoint: s.Endpoint, Reason: s.Reason, Err: err}}
}

// reaction says how to go on after a request that was not executed. reached means that the service
// has judged the message, which is final; repeat means that the same request may succeed soon.
func reaction(err error) (repeat, reached bool) {
	if errors.Is(err, api.ErrMissingField) {
		return false, false
	}
	var e *api.Error
	if !errors.As(err, &e) || e.Ret == 0 && e.HTTPStatus == 0 { // it never left
		return true, false
	}
	switch {
	case asksToWait(e):
		return true, false
	case e.Ret != 0:
		return false, true
	}
	switch e.HTTPStatus { // of a gateway
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return false, true // so it will be next time
	}
	// A wrong address, or a gateway that is being changed: the handler is run again, after longer
	// rests.
	return false, false
}

// asksToWait reports whether an answer says that there were too many requests, or names a pause.
func asksToWait(e *api.Error) bool {
	return e.Ret == http.StatusTooManyRequests || e.HTTPStatus == http.StatusTooManyRequests || e.HTTPStatus == http.StatusTooEarly ||
		e.RetryAfter > 0
}

// maxRetryAfter bounds the pause that an answer can ask for.
const maxRetryAfter = time.Hour

// again puts a request that was not executed back into the queue, if it has attempts left, and does
// not expire before the next one. A pause that the service asks for holds for all sends of the
// account.
func (o *Outbox) again(q *queue, it *item, s *store.Send, err error) bool {
	now := o.config.Clock.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	it.tries++
	at := now.Add(o.pauseAfter(it.tries))
	var e *api.Error
	if errors.As(err, &e) && asksToWait(e) {
		if asked := now.Add(min(e.RetryAfter, maxRetryAfter)); asked.After(at) {
			at = asked
		}
		if at.After(q.rest) {
			q.rest = at
		}
	}
	if it.tries >= o.config.MaxTries || !it.expires.IsZero() && at.After(it.expires) {
		return false
	}
	s.State, s.Result, s.NotBefore = store.Queued, it.released, at
	return true
}

// pauseAfter is the time before the next attempt of a request that never left.
func (o *Outbox) pauseAfter(tries int) time.Duration {
	b := newBackoff()
	b.RandomizationFactor = 0
	var d time.Duration
	for range tries {
		d = b.NextBackOff()
	}
	return d/2 + time.Duration(o.config.Random()*float64(d))
}

// record writes an outcome, and retries for a while: what cannot be written becomes unknown.
func (o *Outbox) record(s store.Send) store.Send {
	want := s
	stored, err := backoff.Retry(context.WithoutCancel(o.calls), func() (store.Send, error) {
		stored, err := o.ledger.Update(context.WithoutCancel(o.calls), want)
		if errors.Is(err, store.ErrConflict) { // marked lost, or dropped meanwhile; the answer of the service prevails
			now, getErr := o.ledger.Get(context.WithoutCancel(o.calls), want.Key)
			switch {
			case getErr == nil && now.Attempts != want.Attempts: // there was another attempt since
				return stored, backoff.Permanent(err)
			case getErr == nil:
				want.Revision = now.Revision
			}
		}
		if errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrNotFound) {
			err = backoff.Permanent(err)
		}
		return stored, err
	}, backoff.WithBackOff(newBackoff()), backoff.WithMaxElapsedTime(15*time.Second))
	if err != nil {
		o.config.Logger.Error("the outcome of a send could not be stored: the ledger will call it unknown",
			zap.String("key", s.Key), zap.String("outcome", string(s.State)), zap.Error(err))
		if s.State == store.Queued { // the ledger says that it is in progress: no process may try again
			s.State, s.NotBefore = store.Unknown, time.Time{}
		}
		return s
	}
	return stored
}
