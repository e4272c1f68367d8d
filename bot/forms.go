package bot

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/wait"
)

// formsEvery is how often forms are looked for whose time is over.
const formsEvery = 2 * time.Second

// startForms ends the forms that are not answered in time, until the function is called.
func (b *Bot) startForms() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var owned sync.WaitGroup
	owned.Go(func() {
		wait.Every(ctx, formsEvery, func() {
			if err := b.router.ExpireForms(ctx, b.services); err != nil && ctx.Err() == nil {
				b.logger.Error("forms whose time is over could not be ended, trying again", zap.Error(err))
			}
		})
	})
	return func() {
		cancel()
		owned.Wait()
	}
}
