package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// ErrTooLarge means that a form has more bytes than a value of the state may have.
var ErrTooLarge = errors.New("journal: the form is too large")

// Journal stores forms and steps in a state. S is what a send returns.
type Journal[S any] struct {
	State store.State
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// How long entries are stored after their use.
const (
	keepOpen = 7 * 24 * time.Hour // an open form, after its deadline: a bot may be down for days
	keepDone = 24 * time.Hour     // a form that has ended: its last answer may come again after a crash
	keepStep = 7 * 24 * time.Hour // the result of a step: as long as a message may come again
)

func (j Journal[S]) now() time.Time {
	return clock.Or(j.Clock).Now()
}

// Load reads a form and its revision. The error is store.ErrNotFound if there is none, and
// ErrUnreadable, with the revision, if the entry is not a form of this version.
func (j Journal[S]) Load(ctx context.Context, key string) (*Form[S], uint64, error) {
	entry, err := j.State.Get(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound): // as for most messages: no text is worth its cost
		return nil, 0, err
	case err != nil:
		return nil, 0, fmt.Errorf("journal: %w", err)
	}
	f, err := decode[S](entry.Value)
	return f, entry.Revision, err
}

// save writes a form if its entry still has the revision; otherwise the error is store.ErrConflict.
func (j Journal[S]) save(ctx context.Context, key string, f *Form[S], revision uint64) (uint64, error) {
	keep := keepOpen
	switch {
	case f.Status == Done:
		keep = keepDone
	case !f.Deadline.IsZero():
		keep = j.after(f.Deadline)
	}
	data, err := json.Marshal(f)
	if len(data) > store.MaxValue {
		return 0, fmt.Errorf("%w: %d bytes of %d", ErrTooLarge, len(data), store.MaxValue)
	}
	if err == nil {
		revision, err = j.State.Swap(ctx, key, data, revision, keep)
	}
	if err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	return revision, nil
}

// after is how long an entry with a deadline is stored.
func (j Journal[S]) after(deadline time.Time) time.Duration {
	return keepOpen + min(max(0, deadline.Sub(j.now())), math.MaxInt64-keepOpen)
}

// Waits reports whether the question of a form is open for a message that was written at a time;
// zero if that is unknown. An answer in time may arrive late.
func (j Journal[S]) Waits(f *Form[S], written time.Time) bool {
	return f.Status == Waiting && !j.late(f, written) && !f.precedes(written)
}

func (j Journal[S]) late(f *Form[S], written time.Time) bool {
	now := j.now()
	if written.IsZero() || written.After(now) {
		written = now
	}
	return written.After(f.Deadline)
}
