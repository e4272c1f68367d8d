package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/store"
)

// ErrNotKept means that the result of a step cannot be stored, now or ever.
var ErrNotKept = errors.New("journal: the result cannot be stored")

// result is a step as it is stored.
type result[T any] struct {
	Value T   `json:"value"`
	Sends int `json:"sends"` // how many sends the run had done after it
}

// Recall reads the result of a step that an earlier run did, and skips its sends. It reports false
// if the step must be done.
func Recall[T, S any](ctx context.Context, j Journal[S], r *Run[S], handler, key string) (value T, known bool, err error) {
	entry, err := j.State.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return value, false, nil
	}
	var kept result[T]
	if err == nil {
		err = json.Unmarshal(entry.Value, &kept)
	}
	if err == nil {
		err = checkSends(kept.Sends)
	}
	if err != nil {
		return value, false, fmt.Errorf("journal: step: %w", err)
	}
	r.skipTo(handler, kept.Sends)
	return kept.Value, true, nil
}

// Keep stores the result of a step that was done. The error is ErrNotKept if no try could store it:
// the step must not run each time for that.
func Keep[T, S any](ctx context.Context, j Journal[S], r *Run[S], key string, value T) error {
	sends, _ := r.sent()
	data, err := json.Marshal(result[T]{Value: value, Sends: sends})
	if err == nil {
		err = store.CheckEntry(key, data)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	if _, err = j.State.Put(ctx, key, data, keepStep); err != nil {
		return fmt.Errorf("journal: step: %w", err)
	}
	return nil
}
