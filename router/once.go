package router

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// keepOnce is how long it is known that a step was done: as long as a message can come again.
const keepOnce = 7 * 24 * time.Hour

// Once runs a step of the handler, and does not run it again when the handler does: after a question, a failure or a crash. A step that
// fails runs again. So does one whose process dies before it could be noted: what the step does should bear that.
//
// The name tells the steps of a handler apart. A step must not ask.
func (c *Context) Once(name string, do func() error) error {
	_, err := Remember(c, name, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

// Remember is Once for a step with a result, which later runs of the handler get as it was: the time, a number that was drawn, the answer of
// another system. It is kept as JSON for a week.
func Remember[T any](c *Context, name string, do func() (T, error)) (T, error) {
	var value T
	switch {
	case c.services.State == nil:
		return value, ErrNoState
	case c.run.journal.waiting:
		return value, ErrWaiting
	}
	key := "once/" + joinKey(c.identity(), c.Route(), name)
	var kept struct {
		Value T   `json:"value"`
		Sends int `json:"sends"`
	}
	entry, err := c.services.State.Get(c, key)
	if err == nil {
		if err = json.Unmarshal(entry.Value, &kept); err == nil {
			c.run.skipTo(c.Route(), kept.Sends)
			return kept.Value, nil
		}
	}
	if !errors.Is(err, store.ErrNotFound) {
		return value, fmt.Errorf("router: step %q: %w", name, err)
	}
	if value, err = do(); err != nil {
		return value, err
	}
	kept.Value, kept.Sends = value, c.run.journal.ordinal
	data, err := json.Marshal(kept)
	if err == nil {
		err = store.CheckEntry(key, data)
	}
	if err != nil { // it will not be kept the next time either: the step must not run each time for that
		return value, Permanent(fmt.Errorf("router: step %q is done, and its result cannot be kept: %w", name, err))
	}
	if _, err = c.services.State.Put(c, key, data, keepOnce); err != nil {
		return value, fmt.Errorf("router: step %q: %w", name, err)
	}
	return value, nil
}
