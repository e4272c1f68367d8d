package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

// Resend puts an entry back into the queue, by a person's decision: one that is unknown, refused or
// expired, or held as by Release. A running bot sends it at its next sweep, one that does not run
// when it starts. The entry must still have its body. At its turn the gates are asked again.
func Resend(ctx context.Context, l store.Ledger, key string, ttl time.Duration) (store.Send, error) {
	return resend(ctx, l, key, ttl, time.Now())
}

func resend(ctx context.Context, l store.Ledger, key string, ttl time.Duration, now time.Time) (store.Send, error) {
	return change(ctx, l, key, func(s *store.Send) error {
		switch s.State {
		case store.Sent:
			return fmt.Errorf("outbox: %s was sent", key)
		case store.Queued:
			return fmt.Errorf("outbox: %s is in the queue already", key)
		case store.Sending:
			return fmt.Errorf("outbox: %s is under way now; look again in a minute", key)
		case store.Held, store.Unknown, store.Refused, store.Expired:
		}
		if len(s.Body) == 0 {
			return fmt.Errorf("outbox: %s was dropped, and its text with it", key)
		}
		if ttl == 0 {
			ttl = defaultProactiveTTL
		}
		s.Reason, s.Result = reason.SentAgain.String(), released(s)
		s.State, s.NotBefore, s.Expires = store.Queued, time.Time{}, now.Add(ttl)
		return nil
	})
}

// Drop ends an entry that is queued, held, unknown, refused or expired, by a person's decision: it
// is not sent, and a Send of the same key gets a *RefusedError. Its body is deleted.
func Drop(ctx context.Context, l store.Ledger, key string) (store.Send, error) {
	return change(ctx, l, key, func(s *store.Send) error {
		switch s.State {
		case store.Sent:
			return fmt.Errorf("outbox: %s was sent", key)
		case store.Sending:
			return fmt.Errorf("outbox: %s is under way now; look again in a minute", key)
		case store.Unknown:
			s.Reason = reason.DroppedMaybe.String()
		case store.Queued, store.Held, store.Refused, store.Expired:
			s.Reason = reason.Dropped.String()
		}
		s.State, s.Result, s.Body = store.Refused, refusal{Kind: byPerson}.encode(), nil
		return nil
	})
}

// MarkSent ends an entry that is unknown, after a person saw the message arrive: a Send of the same
// key succeeds. Its ids are not known, so it cannot be revoked. Nothing changes if the ledger has
// it as sent already.
func MarkSent(ctx context.Context, l store.Ledger, key string) (store.Send, error) {
	return change(ctx, l, key, func(s *store.Send) error {
		switch s.State {
		case store.Sent:
			return errUnchanged
		case store.Sending:
			return fmt.Errorf("outbox: %s is under way now; look again in a minute", key)
		case store.Queued, store.Held, store.Refused, store.Expired:
			return fmt.Errorf("outbox: %s is %s: it has not left, so what arrived is another message", key, s.State)
		case store.Unknown:
		}
		result, err := json.Marshal(api.SentMessage{To: s.Target})
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		s.State, s.Reason, s.Result, s.Body = store.Sent, reason.SeenToArrive.String(), result, nil
		return nil
	})
}

// errUnchanged means that an entry needs no change.
var errUnchanged = errors.New("outbox: unchanged")

// Letters counts the dead letters that waited for a send, by what happened to them.
type Letters struct {
	Revived int // go on: their handlers run again, and find the outcome in the ledger
	Dropped int // are given up, as the send was
	Waiting int // wait for another send that is unknown
}

// Follow applies what a person decided about a send by MarkSent, Resend or Drop to the dead letters
// that wait for it: one decision clears both. The letter of a message whose handler has another
// unknown send waits for that one.
func Follow(ctx context.Context, back store.Store, decided store.Send) (Letters, error) {
	var done Letters
	letters, err := lettersFor(ctx, back, []string{decided.Key})
	if err != nil || len(letters) == 0 {
		return done, err
	}
	unknown, err := unknownKeys(ctx, back.Ledger())
	if err != nil {
		return done, err
	}
	for _, d := range letters {
		var err error
		switch {
		case decided.State == store.Unknown, slices.ContainsFunc(unknown, func(key string) bool { return waits(d, key) }):
			done.Waiting++
			continue
		case decided.State == store.Refused:
			done.Dropped++
			err = back.Inbox().Drop(ctx, d.Seq)
		default:
			done.Revived++
			err = back.Inbox().Revive(ctx, d.Seq)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) { // another process was faster
			return done, fmt.Errorf("outbox: the dead letter %d: %w", d.Seq, err)
		}
	}
	return done, nil
}

// Waiting lists the dead letters that wait for a send which is unknown: those whose handlers failed
// because of it. Their bodies are left out.
func Waiting(ctx context.Context, back store.Store) ([]store.DeadItem, error) {
	keys, err := unknownKeys(ctx, back.Ledger())
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	return lettersFor(ctx, back, keys)
}

// lettersFor are the dead letters that wait for one of the sends.
func lettersFor(ctx context.Context, back store.Store, keys []string) ([]store.DeadItem, error) {
	const page = 500
	var found []store.DeadItem
	for after := uint64(0); ; {
		letters, err := back.Inbox().Dead(ctx, after, page)
		if err != nil {
			return nil, fmt.Errorf("outbox: the dead letters: %w", err)
		}
		for _, d := range letters {
			if after = d.Seq; slices.ContainsFunc(keys, func(key string) bool { return waits(d, key) }) {
				d.Body = nil
				found = append(found, d)
			}
		}
		if len(letters) < page {
			return found, nil
		}
	}
}

// waits reports whether a dead letter waits for a send: the text of an UnknownError has the key.
func waits(d store.DeadItem, key string) bool {
	return strings.Contains(d.Failure.Reason, strconv.Quote(key))
}

// unknownKeys are the keys of all sends that are unknown.
func unknownKeys(ctx context.Context, l store.Ledger) ([]string, error) {
	query := store.SendQuery{States: []store.SendState{store.Unknown}, Limit: 500}
	var keys []string
	for {
		page, err := l.List(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		for _, s := range page {
			keys, query.After = append(keys, s.Key), s.Seq
		}
		if len(page) < query.Limit {
			return keys, nil
		}
	}
}

// change reads, changes and writes an entry, again while another process writes it in between.
func change(ctx context.Context, l store.Ledger, key string, f func(*store.Send) error) (store.Send, error) {
	for {
		s, err := find(ctx, l, key)
		if err != nil {
			return s, err
		}
		if err := f(&s); errors.Is(err, errUnchanged) {
			return s, nil
		} else if err != nil {
			return s, err
		}
		s, err = l.Update(ctx, s)
		if !errors.Is(err, store.ErrConflict) {
			return s, err
		}
	}
}
