package middleware

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/router"
)

// droppedRateLimit is the drop reason of RateLimit.
const droppedRateLimit = "rate limit"

// RateLimitConfig configures RateLimit. Events and Per are required.
type RateLimitConfig struct {
	// Events is the number of events of one conversation that pass in the time Per.
	Events int
	Per    time.Duration
	// Count is called for each dropped event. nil means that drops are not counted.
	Count func(reason string)
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// maxConversations limits the conversations that a middleware remembers; beyond it idle ones are
// forgotten.
const maxConversations = 10_000

// RateLimit drops the events of a conversation that exceed its rate. Each conversation of each
// account has its own rate. It panics if Events or Per is not positive. Pitfall: dropped events are
// lost, not delayed. To send slowly, pace the sends instead.
func RateLimit(config RateLimitConfig) router.Middleware {
	if config.Events <= 0 || config.Per <= 0 {
		panic(fmt.Sprintf("middleware: RateLimit of %d events per %v: both must be positive", config.Events, config.Per))
	}
	config.Clock = clock.Or(config.Clock)
	l := &limiter{config: config, limits: map[string]*rate.Limiter{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			// A retry has passed before: dropping it now would lose the event.
			if c.Attempt() > 1 || l.pass(c.Account()+"/"+c.Conversation().ID) {
				return next(c)
			}
			if config.Count != nil {
				config.Count(droppedRateLimit)
			}
			c.Drop(droppedRateLimit)
			return nil
		}
	}
}

type limiter struct {
	config RateLimitConfig
	mu     sync.Mutex
	limits map[string]*rate.Limiter
}

func (l *limiter) pass(conversation string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.config.Clock.Now()
	limit := l.limits[conversation]
	if limit == nil {
		l.makeRoom(now)
		limit = rate.NewLimiter(rate.Limit(float64(l.config.Events)/l.config.Per.Seconds()), l.config.Events)
		l.limits[conversation] = limit
	}
	return limit.AllowN(now, 1)
}

// makeRoom forgets conversations that have been idle so long that their limit is full again or, if
// that is not enough, all conversations.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.limits) < maxConversations {
		return
	}
	for id, limit := range l.limits {
		if limit.TokensAt(now) >= float64(l.config.Events) {
			delete(l.limits, id)
		}
	}
	if len(l.limits) >= maxConversations {
		clear(l.limits)
	}
}
