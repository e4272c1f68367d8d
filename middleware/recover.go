package middleware

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/hongyan-go/hongyan/router"
)

// PanicError is a panic of a handler, turned into an error.
type PanicError struct {
	Value any
	// Stack holds the frames from the panic down to this module, one a line: the part that the author
	// of the handler wrote.
	Stack string
}

// Error shows the value of the panic, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("middleware: handler panicked: %v", e.Value) }

// Unwrap is the value of the panic, if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Recover turns a panic of a handler into a *PanicError.
//
// Pitfall: it sees panics of its own goroutine only. A goroutine that a handler starts takes the whole
// process down when it panics.
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

// StackOf is the stack of the panic in an error; empty if it is none.
func StackOf(err error) string {
	var p *PanicError
	if errors.As(err, &p) {
		return p.Stack
	}
	return ""
}

// userFrames are the frames between the panic and the router.
func userFrames() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)]) // behind Callers, userFrames, the deferred func and gopanic
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
