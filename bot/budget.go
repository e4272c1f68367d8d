package bot

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/router"
)

// A plugin is switched off after maxFailures different messages within failureSpan at which it has
// panicked, or has taken longer than Config.StuckAfter.
const (
	maxFailures = 5
	failureSpan = 10 * time.Minute
)

// failures are the latest times at which a plugin has failed.
type failures struct {
	mu    sync.Mutex
	times []time.Time
}

// add notes a failure, and reports whether it is one too many.
func (f *failures) add(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times = slices.DeleteFunc(f.times, func(t time.Time) bool { return now.Sub(t) > failureSpan })
	if f.times = append(f.times, now); len(f.times) < maxFailures {
		return false
	}
	f.times = nil
	return true
}

func (f *failures) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times = nil
}

// guard is the middleware around the handlers of a plugin. A message that is tried again counts
// once: the message may be what is wrong.
func (h *Handle) guard(next router.Handler) router.Handler {
	return func(c *router.Context) error {
		began, returned := h.bot.config.Clock.Now(), false
		defer func() {
			cause := ""
			switch took := h.bot.config.Clock.Now().Sub(began); {
			case !returned:
				cause = "panic"
			case h.bot.config.StuckAfter > 0 && took > h.bot.config.StuckAfter:
				cause = "slow"
			}
			if cause != "" && c.Attempt() == 1 {
				h.fail(c, cause)
			}
		}()
		err := next(c)
		returned = true
		return err
	}
}

// fail notes a failure of the plugin, and switches it off if it was one too many.
func (h *Handle) fail(ctx context.Context, cause string) {
	if !h.failures.add(h.bot.config.Clock.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second) // the handler's may have ended
	defer cancel()
	why := reason.FailedOften.With(strconv.Itoa(maxFailures), failureSpan.String(), cause)
	if err := h.bot.switches.put(ctx, place{plugin: h.name}, false, why); err != nil {
		h.Logger().Error("a plugin fails again and again, and cannot be switched off", zap.Error(err))
		return
	}
	h.Logger().Error("the plugin fails again and again, and is switched off everywhere; mend it, then switch it on: Bot.Switch, or the "+
		"owner command /开", zap.String("plugin", h.name), zap.String("last", cause))
	h.bot.monitor.Wake() // the alarm says so
}
