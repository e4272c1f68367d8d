package middleware

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/hongyan-go/hongyan/router"
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

// Recover turns a panic of a handler into a *PanicError. Pitfall: it recovers only panics of its
// own goroutine. A panic in a goroutine that a handler starts ends the whole process.
func Recover() router.Middleware {
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = &PanicError{Value: v, Stack: userFrames()}
				}
			}()
			return next(c)
		}
	}
}

// StackOf returns the stack of the panic in an error, or "" if there is none.
func StackOf(err error) string {
	var p *PanicError
	if errors.As(err, &p) {
		return p.Stack
	}
	return ""
}

// userFrames returns the frames between the panic and the router.
func userFrames() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)]) // skips Callers, userFrames, the deferred func and gopanic
	var b strings.Builder
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "github.com/hongyan-go/hongyan/router.") {
			break
		}
		if !strings.HasPrefix(f.Function, "runtime.") {
			fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			break
		}
	}
	return b.String()
}
