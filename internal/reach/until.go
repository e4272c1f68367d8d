package reach

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/internal/wait"
)

// firstTry bounds the first of several tries: what is wrong must be said while a person still looks
// at the log.
const firstTry = 8 * time.Second

// Until tries until an attempt succeeds: the network, a tunnel or the service may start later than
// the bot. failed is called after each try, with the rest before the next. The problem that Until
// returns is final, and comes with its error; it is nil if a try has worked, or ctx has ended.
func Until(ctx context.Context, try func(context.Context) (*Problem, error), failed func(p *Problem, rest time.Duration)) (*Problem,
	error) {
	for n := 1; ; n++ {
		found, err := attempt(ctx, n, try)
		select {
		case <-ctx.Done(): // what the try has found may be only that
			return nil, nil
		default:
		}
		switch {
		case found == nil:
			return nil, nil
		case found.Final:
			return found, err
		}
		rest := wait.Backoff(n)
		failed(found, rest)
		if !wait.For(ctx, nil, rest) {
			return nil, nil
		}
	}
}

// attempt is the n-th try.
func attempt(ctx context.Context, n int, try func(context.Context) (*Problem, error)) (*Problem, error) {
	if n == 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, firstTry)
		defer cancel()
	}
	return try(ctx)
}
