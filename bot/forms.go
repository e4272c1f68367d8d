package bot

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/wait"
)

// formsEvery is the longest time between two searches for forms whose time is over: a form may have
// been opened since, also in another process.
const formsEvery = 2 * time.Second

// startForms ends the forms that are not answered in time, until the function is called.
func (b *Bot) startForms() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	loop := wait.NewLoop(ctx, b.config.Clock)
	var owned sync.WaitGroup
	owned.Go(func() {
		defer loop.End()
		for due := time.Duration(0); loop.RestToLook(ctx, formsEvery, due, nil); {
			b.switches.refresh(ctx)
			next, err := b.router.ExpireForms(ctx, b.servicesNow(ctx))
			if err != nil && ctx.Err() == nil {
				b.logger.Error("forms whose time is over could not be ended, trying again", zap.Error(err))
			}
			if due = 0; !next.IsZero() {
				due = max(next.Sub(b.config.Clock.Now()), time.Millisecond)
			}
		}
	})
	return func() {
		cancel()
		owned.Wait()
	}
}
