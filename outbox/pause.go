package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

const (
	pausedKey = "outbox/paused"
	// pausePoll is how often the kill switch is looked at.
	pausePoll = 250 * time.Millisecond
)

// Stop is a kill switch that is on.
type Stop struct {
	Account string    `json:"account,omitempty"` // the appId that it stops; empty: all
	Reason  string    `json:"reason"`
	Since   time.Time `json:"since"`
}

// Pause stops all sends of an account, or of all accounts if it is empty, in all processes of the
// state, until Resume. It takes effect within a second.
func Pause(ctx context.Context, s store.State, account, reason string) error {
	value, err := json.Marshal(Stop{Account: account, Reason: reason, Since: time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		_, err = s.Put(ctx, pauseKey(account), value, 0)
	}
	if err != nil {
		return fmt.Errorf("outbox: pause: %w", err)
	}
	return nil
}

// Resume lets sends go out again. An account's own pause and that of all accounts are two: each
// ends by its own Resume.
func Resume(ctx context.Context, s store.State, account string) error {
	if err := s.Delete(ctx, pauseKey(account)); err != nil {
		return fmt.Errorf("outbox: resume: %w", err)
	}
	return nil
}

// Stops lists the kill switches that are on.
func Stops(ctx context.Context, s store.State) ([]Stop, error) {
	entries, err := s.List(ctx, pausedKey, "", 1000)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	var stops []Stop
	for _, e := range entries {
		stops = append(stops, readStop(e))
	}
	return stops, nil
}

func pauseKey(account string) string {
	if account == "" {
		return pausedKey
	}
	return pausedKey + "/" + account
}

// readStop reads a switch; one that cannot be read is on all the same.
func readStop(e store.Entry) Stop {
	var s Stop
	if json.Unmarshal(e.Value, &s) != nil {
		return Stop{Reason: "the entry " + e.Key + " of the state"}
	}
	return s
}

// pauseState is what was seen of the kill switch.
type pauseState struct {
	seen map[string]seenPause // by account
}

type seenPause struct {
	at     time.Time
	reason string
	since  time.Time
}

// Paused tells why sending is stopped for an account; empty if it is not. File and state are asked
// unless they were just now; if the state does not answer, nothing is sent.
func (o *Outbox) Paused(ctx context.Context, account string) string {
	reason, _ := o.pausedSince(ctx, account)
	return reason
}

// pausedSince is Paused with the time when it was requested; zero if only the switch cannot be
// looked at, which is a fault and counts as waiting.
func (o *Outbox) pausedSince(ctx context.Context, account string) (reason string, since time.Time) {
	now := time.Now()
	o.mu.Lock()
	seen, ok := o.pause.seen[account]
	o.mu.Unlock()
	if ok && now.Sub(seen.at) < pausePoll && !now.Before(seen.at) {
		return seen.reason, seen.since
	}
	reason, since = o.askSwitch(ctx, account)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pause.seen == nil {
		o.pause.seen = map[string]seenPause{}
	}
	o.pause.seen[account] = seenPause{now, reason, since}
	return reason, since
}

func (o *Outbox) askSwitch(ctx context.Context, account string) (reason string, since time.Time) {
	if file := o.config.StopFile; file != "" {
		if info, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) { // what cannot be looked at may be there
			if err == nil {
				since = info.ModTime()
			}
			return "the file " + file, since
		}
	}
	for _, key := range []string{pausedKey, pauseKey(account)} {
		e, err := o.state.Get(ctx, key)
		switch {
		case err == nil:
			s := readStop(e)
			if s.Since.IsZero() {
				s.Since = o.config.Now()
			}
			return "paused: " + s.Reason, s.Since
		case !errors.Is(err, store.ErrNotFound):
			return "the state does not answer", time.Time{}
		}
	}
	return "", time.Time{}
}
