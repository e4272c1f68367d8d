package middleware

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/router"
)

// Timeout cancels the context of a handler after d. 0 or less means no timeout. Pitfall: it cannot
// stop a handler that ignores its context; the conversation then waits until the handler returns.
// Pass c to everything that takes a context.Context, and check c.Err in long computations.
func Timeout(d time.Duration) router.Middleware {
	return func(next router.Handler) router.Handler {
		if d <= 0 {
			return next
		}
		cause := fmt.Errorf("middleware: the handler took longer than %v", d)
		return func(c *router.Context) error {
			ctx, cancel := context.WithTimeoutCause(c.Context, d, cause)
			defer cancel()
			err := next(c.WithContext(ctx))
			if err != nil && ctx.Err() == context.DeadlineExceeded && c.Err() == nil {
				return fmt.Errorf("%w: %w", cause, err)
			}
			return err
		}
	}
}
