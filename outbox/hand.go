package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Resend puts an entry back into the queue, by a person's decision: one that is held, unknown, refused or expired. A bot that runs sends it when
// it looks next, a bot that does not run when it starts. The entry must still have its body.
func Resend(ctx context.Context, l store.Ledger, key string, ttl time.Duration) (store.Send, error) {
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
			ttl = DefaultNoticeTTL
		}
		s.State, s.Reason, s.Result, s.NotBefore, s.Expires = store.Queued, "sent again by hand", nil, time.Time{}, time.Now().Add(ttl)
		return nil
	})
}

// Drop ends an entry that is queued, held, unknown, refused or expired, by a person's decision: it is not sent, and whoever has its key is told
// so. Its body is forgotten.
func Drop(ctx context.Context, l store.Ledger, key string) (store.Send, error) {
	return change(ctx, l, key, func(s *store.Send) error {
		switch s.State {
		case store.Sent:
			return fmt.Errorf("outbox: %s was sent", key)
		case store.Sending:
			return fmt.Errorf("outbox: %s is under way now; look again in a minute", key)
		case store.Unknown:
			s.Reason = "dropped by hand; it may have been sent before"
		case store.Queued, store.Held, store.Refused, store.Expired:
			s.Reason = "dropped by hand"
		}
		s.State, s.Result, s.Body = store.Refused, refusal{Kind: byPerson}.encode(), nil
		return nil
	})
}

// change reads, changes and writes an entry, until nobody was in between.
func change(ctx context.Context, l store.Ledger, key string, f func(*store.Send) error) (store.Send, error) {
	for {
		s, err := l.Get(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			return s, fmt.Errorf("outbox: %q: %w: hongyan outbox list shows the keys", key, err)
		}
		if err != nil {
			return s, fmt.Errorf("outbox: %w", err)
		}
		if err := f(&s); err != nil {
			return s, err
		}
		s, err = l.Update(ctx, s)
		if !errors.Is(err, store.ErrConflict) {
			return s, err
		}
	}
}
