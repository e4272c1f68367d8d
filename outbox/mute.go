package outbox

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// muteKept is how much longer than the mute its entry is stored: the clock that ends the mute may
// be behind that of the store.
const muteKept = 24 * time.Hour

func muteKey(account, chat string) string {
	return "outbox/muted/" + url.PathEscape(account) + "/" + url.PathEscape(chat)
}

// Mute keeps an account silent in a chat for a time from now, in all processes that share the
// state: at their turn, answers are dropped, and proactive sends are delayed. No time ends the
// mute.
func Mute(ctx context.Context, s store.State, account, chat string, now time.Time, d time.Duration) error {
	var err error
	if d <= 0 {
		err = s.Delete(ctx, muteKey(account, chat))
	} else {
		value := []byte(now.Add(d).UTC().Format(time.RFC3339Nano))
		_, err = s.Put(ctx, muteKey(account, chat), value, min(d, math.MaxInt64-muteKept)+muteKept)
	}
	if err != nil {
		return fmt.Errorf("outbox: mute: %w", err)
	}
	return nil
}

// MutedUntil is until when an account is silent in a chat: in the past, or zero, if it is not.
func MutedUntil(ctx context.Context, s store.State, account, chat string) (time.Time, error) {
	e, err := s.Get(ctx, muteKey(account, chat))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("outbox: mute: %w", err)
	}
	until, err := time.Parse(time.RFC3339Nano, string(e.Value))
	if err != nil {
		return time.Time{}, fmt.Errorf("outbox: %s in the state is not a time: %w", e.Key, err)
	}
	return until, nil
}

// muted reports whether a new send may not leave without a look at the mute at its turn.
func (o *Outbox) muted(ctx context.Context, account, chat string) bool {
	until, err := MutedUntil(ctx, o.state, account, chat)
	return err != nil || until.After(o.config.Clock.Now())
}
