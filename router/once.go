package router

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/internal/journal"
)

// Once runs a step of the handler, and does not run it again when the handler runs again: after a
// question, a failure or a crash. A step that fails runs again. So does one whose process dies
// before its success was stored: the step must tolerate a second run.
//
// The name tells the steps of a handler apart. A step must not ask.
func (c *Context) Once(name string, do func() error) error {
	_, err := Remember(c, name, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

// Remember is Once for a step with a result, which later runs of the handler get unchanged: the
// time, a random number, the answer of another system. It is stored as JSON for a week.
func Remember[T any](c *Context, name string, do func() (T, error)) (T, error) {
	var value T
	switch {
	case c.services.State == nil:
		return value, ErrNoState
	case c.run.journal.Waiting():
		return value, ErrWaiting
	}
	key := journal.StepKey(c.identity(), c.Route(), name)
	value, known, err := journal.Recall[T](c, c.journal(), &c.run.journal, c.Route(), key)
	switch {
	case err != nil:
		return value, fmt.Errorf("router: step %q: %w", name, err)
	case known:
		return value, nil
	}
	if value, err = do(); err != nil {
		return value, err
	}
	err = journal.Keep(c, c.journal(), &c.run.journal, key, value)
	switch {
	case errors.Is(err, journal.ErrNotKept):
		return value, Permanent(fmt.Errorf("router: step %q is done, and its result cannot be kept: %w", name, err))
	case err != nil:
		return value, fmt.Errorf("router: step %q: %w", name, err)
	}
	return value, nil
}
