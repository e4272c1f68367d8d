package outbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

// The kinds of a refusal decide what a Send of the same key does.
const (
	neverLeft = "never left" // tries again: it has not reached the service
	byService = "service"    // gets the same answer
	byPerson  = "dropped"    // gets the same answer
	byGate    = "gate"       // gets the same answer
	dryRun    = "dry run"    // succeeds, and goes out if the dry run is over
)

// refusal is the Result of an entry that was refused.
type refusal struct {
	Kind  string `json:"refused"`
	Cause string `json:"cause,omitempty"` // "token" or "offline"
	Gate  string `json:"gate,omitempty"`  // the name of the gate that dropped it
}

func (r refusal) encode() []byte {
	b, err := json.Marshal(r)
	if err != nil { // two strings
		panic(err)
	}
	return b
}

func refusalOf(s store.Send) refusal {
	var r refusal
	if json.Unmarshal(s.Result, &r) != nil || r.Kind == "" {
		r.Kind = byService
	}
	return r
}

// entry is the ledger entry of a message.
func (o *Outbox) entry(m *Message) (store.Send, error) {
	body, err := api.EncodeSend(m.Send)
	if err != nil {
		return store.Send{}, notSent(*m, err)
	}
	if m.Class == "" {
		m.Class = Proactive
	}
	s := store.Send{
		Key: m.Key, Account: api.AccountOf(m), Target: api.TargetOf(m), Endpoint: api.EndpointOf(m), Body: body,
		Class: string(m.Class), Source: m.Source, Event: m.Event, State: store.Queued,
		Expires: o.deadline(*m, o.config.Clock.Now()),
	}
	if s.Key == "" {
		s.Key = "once/" + rand.Text()
	}
	if m.Hold != "" {
		s.State, s.Reason = store.Held, m.Hold
	}
	return s, nil
}

// submit puts a message into the ledger and, unless its outcome is known already, into the queue:
// then there is an item to wait for.
func (o *Outbox) submit(ctx context.Context, m *Message) (*item, *api.SentMessage, error) {
	if ctx.Err() != nil {
		return nil, nil, notSent(*m, context.Cause(ctx))
	}
	want, err := o.entry(m)
	if err != nil {
		return nil, nil, err
	}
	dry := o.isDry(*m)
	if dry {
		if err := o.rehearse(ctx, *m, &want); err != nil {
			return nil, nil, notSent(*m, err)
		}
	}
	var stored store.Send
	var added bool
	if d := o.depart(ctx, want); d != nil {
		if stored, added, err = o.leaveNow(d, want, m.Send); added { //nolint:contextcheck // it does not end with its caller
			return d.it, nil, nil
		}
	} else {
		stored, added, err = o.ledger.Reserve(ctx, want)
	}
	switch {
	case errors.Is(err, store.ErrUnavailable) || err != nil && ctx.Err() != nil: // it may be in the ledger
		return nil, nil, &pendingError{Key: want.Key, Endpoint: want.Endpoint, Err: err}
	case err != nil:
		return nil, nil, notSent(*m, err)
	case added && dry:
		o.count(verdictDry, stored)
		return nil, later(*m), nil
	case added && stored.State == store.Held:
		o.tell(stored)
		sent, err := o.promised(ctx, want.Key, *m)
		return nil, sent, err
	case added:
		it, err := o.enqueue(ctx, stored)
		return it, nil, err
	}
	if stored.Endpoint != want.Endpoint || stored.Target != want.Target || stored.Account != want.Account {
		return nil, nil, &MismatchError{
			Key: want.Key, Endpoint: want.Endpoint, Target: want.Target,
			StoredEndpoint: stored.Endpoint, StoredTarget: stored.Target, State: stored.State,
		}
	}
	for {
		it, sent, err := o.join(ctx, stored, want)
		if !errors.Is(err, store.ErrConflict) {
			return it, sent, err
		}
		if stored, err = o.ledger.Get(ctx, want.Key); err != nil {
			return nil, nil, notSent(*m, err)
		}
	}
}

// join goes on with a send that the ledger knows. ErrConflict means that it has changed.
func (o *Outbox) join(ctx context.Context, stored, want store.Send) (*item, *api.SentMessage, error) {
	switch stored.State {
	case store.Held:
		return nil, &api.SentMessage{To: stored.Target}, nil
	case store.Queued, store.Sending:
		it, err := o.enqueue(ctx, stored)
		return it, nil, err
	case store.Sent, store.Unknown, store.Refused, store.Expired:
	}
	if !again(stored) || refusalOf(stored).Kind == dryRun && refusalOf(want).Kind == dryRun {
		sent, err := replay(stored)
		return nil, sent, err
	}
	// Nothing has ever been sent: it may have another try, with what the handler says now.
	stored.State, stored.Reason, stored.Result, stored.Body, stored.Expires = want.State, want.Reason, want.Result, want.Body, want.Expires
	stored.NotBefore = want.NotBefore
	stored, err := o.ledger.Update(ctx, stored)
	switch {
	case err != nil:
		return nil, nil, err
	case stored.State == store.Held:
		o.tell(stored)
		return nil, &api.SentMessage{To: stored.Target}, nil
	case stored.State == store.Refused: // a dry run
		o.count(verdictDry, stored)
		return nil, &api.SentMessage{To: stored.Target}, nil
	}
	it, err := o.enqueue(ctx, stored)
	return it, nil, err
}

// again reports whether a Send of the same key may try a final send again: nothing was sent, and
// the message was not the reason.
func again(s store.Send) bool {
	r := refusalOf(s)
	return s.State == store.Expired || s.State == store.Refused && (r.Kind == neverLeft || r.Kind == dryRun || r.Cause != "")
}

// replay is the outcome of a send according to the ledger.
func replay(s store.Send) (*api.SentMessage, error) {
	switch s.State {
	case store.Sent:
		sent := &api.SentMessage{To: s.Target}
		if err := json.Unmarshal(s.Result, sent); err != nil { // it was sent; only its ids are lost
			sent = &api.SentMessage{To: s.Target}
		}
		return sent, nil
	case store.Unknown:
		return nil, &UnknownError{Key: s.Key, Endpoint: s.Endpoint, Reason: s.Reason}
	case store.Expired:
		return nil, &NotSentError{Endpoint: s.Endpoint, Err: fmt.Errorf("%w: %s", ErrExpired, s.Reason)}
	case store.Held:
		return &api.SentMessage{To: s.Target}, nil
	case store.Queued, store.Sending:
		return nil, &pendingError{Key: s.Key, Endpoint: s.Endpoint, Err: errors.New("it is in other hands")}
	case store.Refused:
	}
	r := refusalOf(s)
	switch r.Kind {
	case neverLeft:
		return nil, &NotSentError{Endpoint: s.Endpoint, Err: errors.New(s.Reason)}
	case dryRun:
		return &api.SentMessage{To: s.Target}, nil
	}
	e := &RefusedError{Key: s.Key, Endpoint: s.Endpoint, Dropped: r.Kind == byPerson, Gate: r.Gate, Reason: s.Reason}
	switch r.Cause {
	case "token":
		e.Err = api.ErrTokenInvalid
	case "offline":
		e.Err = api.ErrOffline
	}
	return nil, e
}
