package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// holding is the Result of an entry that gates have held, and of one that was released from them.
type holding struct {
	HeldBy   []string `json:"held_by,omitempty"`
	Released []string `json:"released,omitempty"`
}

func (h holding) encode() []byte {
	b, err := json.Marshal(h)
	if err != nil { // strings
		panic(err)
	}
	return b
}

func holdingOf(s store.Send) holding {
	var h holding
	if json.Unmarshal(s.Result, &h) != nil {
		return holding{}
	}
	return h
}

// released is the Result of a held entry that goes on: the gates that have held it, now or before,
// do not hold it again.
func released(s *store.Send) []byte {
	h := holdingOf(*s)
	names := slices.Concat(h.Released, h.HeldBy)
	if s.State != store.Held || len(names) == 0 {
		return nil
	}
	return holding{Released: names}.encode()
}

// releasedFrom are the gates that a person has released an entry from.
func releasedFrom(s store.Send) []string { return holdingOf(s).Released }

// releasedResult is the Result of a queued entry if it says that; nil otherwise.
func releasedResult(s store.Send) []byte {
	if len(releasedFrom(s)) == 0 {
		return nil
	}
	return s.Result
}

// Release lets an entry go on that is held, by a person's decision. At its turn it passes the gates
// that have held it. Others may still hold it, and any may drop or delay it. A running bot sends it
// at its next sweep, one that does not run when it starts.
func Release(ctx context.Context, l store.Ledger, key string) (store.Send, error) {
	return release(ctx, l, key, time.Now())
}

func release(ctx context.Context, l store.Ledger, key string, now time.Time) (store.Send, error) {
	held, err := find(ctx, l, key)
	if err != nil {
		return held, err
	}
	if held.State != store.Held {
		return held, fmt.Errorf("outbox: %s is %s, and not held: nothing was changed", key, held.State)
	}
	return resend(ctx, l, held.Key, 0, now)
}

// Release is the function Release for a send of this outbox, by its clock and without waiting for
// its sweep.
func (o *Outbox) Release(ctx context.Context, key string) (store.Send, error) {
	s, err := release(ctx, o.ledger, key, o.config.Clock.Now())
	if err != nil {
		return s, err
	}
	return s, o.adopt(ctx, s, false)
}

// Held lists the entries that wait for a person, in the order of the ledger.
func Held(ctx context.Context, l store.Ledger) ([]store.Send, error) {
	query := store.SendQuery{States: []store.SendState{store.Held}, Limit: 500}
	var held []store.Send
	for {
		page, err := l.List(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		held = append(held, page...)
		if len(page) < query.Limit {
			return held, nil
		}
		query.After = page[len(page)-1].Seq
	}
}

// Lost reports whether a send was not sent although nobody has decided that: the service refused
// it, or it could not leave in its time.
func Lost(s store.Send) bool {
	switch kind := refusalOf(s).Kind; s.State {
	case store.Expired:
		return true
	case store.Refused:
		return kind == byService || kind == neverLeft
	case store.Queued, store.Held, store.Sending, store.Sent, store.Unknown:
	}
	return false
}

// Resend is the function Resend for a send of this outbox, by its clock and without waiting for its
// sweep.
func (o *Outbox) Resend(ctx context.Context, key string, ttl time.Duration) (store.Send, error) {
	s, err := resend(ctx, o.ledger, key, ttl, o.config.Clock.Now())
	if err != nil {
		return s, err
	}
	return s, o.adopt(ctx, s, false)
}
