// Package failure has what the middleware and the bot need to know of a handler's error: the stack
// of a panic, and whether it was logged already.
package failure

import (
	"errors"
	"fmt"
	"slices"
)

// PanicError is the error for a panic of a handler.
type PanicError struct {
	Value any
	// Stack holds the frames from the panic down to this module: the part that the author of the
	// handler wrote.
	Stack string
}

// Error returns the value of the panic, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("middleware: handler panicked: %v", e.Value) }

// Unwrap returns the value of the panic, if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// StackOf returns the stack of the panic in an error, or "" if there is none.
func StackOf(err error) string {
	var p *PanicError
	if errors.As(err, &p) {
		return p.Stack
	}
	return ""
}

// Reported reports whether an error has already been logged where it occurred, as the outbox does
// for a send that may have arrived. Such an error has a method Reported that returns true, or wraps
// only such errors. It should be logged again only as information, not as an error.
func Reported(err error) bool {
	switch e := err.(type) { //nolint:errorlint // this function walks the tree
	case interface{ Reported() bool }:
		return e.Reported()
	case interface{ Unwrap() error }:
		return e.Unwrap() != nil && Reported(e.Unwrap())
	case interface{ Unwrap() []error }:
		return len(e.Unwrap()) > 0 && !slices.ContainsFunc(e.Unwrap(), func(err error) bool { return !Reported(err) })
	}
	return false
}
