package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

const (
	pausedKey = "outbox/paused"
	// pausePoll is how long the answer to whether an account is paused is used.
	pausePoll = 250 * time.Millisecond
)

// ActivePause is a pause that has not ended.
type ActivePause struct {
	Account string    `json:"account,omitempty"` // the appId of the paused account; empty means all
	Reason  string    `json:"reason"`
	Since   time.Time `json:"since"`
}

// Pause pauses the sends of an account, or of all accounts if it is empty, in all processes that
// share the state, until Resume. It takes effect within a second.
func Pause(ctx context.Context, s store.State, account, reason string) error {
	return pause(ctx, s, account, reason, time.Now())
}

// Pause is the function Pause by the clock of this outbox, where it takes effect at once.
func (o *Outbox) Pause(ctx context.Context, account, reason string) error {
	if err := pause(ctx, o.state, account, reason, o.config.Clock.Now()); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pause.seen = nil
	return nil
}

func pause(ctx context.Context, s store.State, account, reason string, now time.Time) error {
	value, err := json.Marshal(ActivePause{Account: account, Reason: reason, Since: now.UTC().Truncate(time.Second)})
	if err == nil {
		_, err = s.Put(ctx, pauseKey(account), value, 0)
	}
	if err != nil {
		return fmt.Errorf("outbox: pause: %w", err)
	}
	return nil
}

// Resume ends a pause. The pause of an account and that of all accounts are independent: each needs
// its own Resume.
func Resume(ctx context.Context, s store.State, account string) error {
	if err := s.Delete(ctx, pauseKey(account)); err != nil {
		return fmt.Errorf("outbox: resume: %w", err)
	}
	return nil
}

// Pauses lists the pauses that Pause made and Resume has not ended. A pause by Config.PauseFile is
// not listed.
func Pauses(ctx context.Context, s store.State) ([]ActivePause, error) {
	entries, err := s.List(ctx, pausedKey, "", 1000)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	var pauses []ActivePause
	for _, e := range entries {
		pauses = append(pauses, readPause(e))
	}
	return pauses, nil
}

func pauseKey(account string) string {
	if account == "" {
		return pausedKey
	}
	return pausedKey + "/" + account
}

// readPause reads a pause. An entry that cannot be read is a pause, too.
func readPause(e store.Entry) ActivePause {
	var p ActivePause
	if json.Unmarshal(e.Value, &p) != nil {
		return ActivePause{Reason: "the entry " + e.Key + " of the state"}
	}
	return p
}

// pauseState caches whether accounts are paused.
type pauseState struct {
	seen map[string]seenPause // by account
}

type seenPause struct {
	at     time.Time
	reason string
	since  time.Time
}

// Paused returns why sending is paused for an account; empty if it is not. The answer may be a
// quarter of a second old. If the state does not answer, sending is paused.
func (o *Outbox) Paused(ctx context.Context, account string) string {
	reason, _ := o.pausedSince(ctx, account)
	return reason
}

// pausedSince is Paused with the beginning of the pause. It is zero if it is not known whether
// there is a pause: then the time counts as waiting.
func (o *Outbox) pausedSince(ctx context.Context, account string) (reason string, since time.Time) {
	now := o.config.Clock.Now()
	o.mu.Lock()
	seen, ok := o.pause.seen[account]
	o.mu.Unlock()
	if ok && now.Sub(seen.at) < pausePoll && !now.Before(seen.at) {
		return seen.reason, seen.since
	}
	reason, since = o.readPauses(ctx, account)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pause.seen == nil {
		o.pause.seen = map[string]seenPause{}
	}
	o.pause.seen[account] = seenPause{now, reason, since}
	return reason, since
}

func (o *Outbox) readPauses(ctx context.Context, account string) (why string, since time.Time) {
	if file := o.config.PauseFile; file != "" {
		if info, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) { // one that cannot be read may exist
			if err == nil {
				since = info.ModTime()
			}
			return reason.PauseFile.With(file), since
		}
	}
	for _, key := range []string{pausedKey, pauseKey(account)} {
		e, err := o.state.Get(ctx, key)
		switch {
		case err == nil:
			p := readPause(e)
			if p.Since.IsZero() {
				p.Since = o.config.Clock.Now()
			}
			return reason.Paused.With(p.Reason), p.Since
		case !errors.Is(err, store.ErrNotFound):
			return reason.StateSilent.String(), time.Time{}
		}
	}
	return "", time.Time{}
}
