package middleware

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/hongyan-go/hongyan/internal/failure"
	"github.com/hongyan-go/hongyan/router"
)

// Recover turns a panic of a handler into an error, which the log and the dead letters have with
// its stack. It wraps the value of the panic, if that is an error. Pitfall: it recovers only panics
// of its own goroutine. A panic in a goroutine that a handler starts ends the whole process.
func Recover() router.Middleware {
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = &failure.PanicError{Value: v, Stack: userFrames()}
				}
			}()
			return next(c)
		}
	}
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
