package middleware

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/hongyan-go/hongyan/router"
)

// DroppedRateLimit is the reason of RateLimit.
const DroppedRateLimit = "rate limit"

// RateLimitConfig configures RateLimit. Events and Per are required.
type RateLimitConfig struct {
	// Events is how many events of one conversation pass in the time Per.
	Events int
	Per    time.Duration
	// Count is called for each event that is dropped. nil means nobody counts.
	Count func(reason string)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// maxConversations bounds the memory of RateLimit: when it is reached, idle conversations are forgotten.
const maxConversations = 10_000

// RateLimit drops what a conversation sends beyond its rate. Each conversation of each account has a rate of its own.
// It panics if Events or Per is not positive.
//
// Pitfall: what is dropped is gone, not delayed. To send slowly, pace the sends instead.
func RateLimit(config RateLimitConfig) router.Middleware {
	if config.Events <= 0 || config.Per <= 0 {
		panic(fmt.Sprintf("middleware: RateLimit of %d events per %v: both must be positive", config.Events, config.Per))
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	l := &limiter{config: config, limits: map[string]*rate.Limiter{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			// An event that is tried again has had its place: dropped now, it would be lost.
			if c.Attempt() > 1 || l.pass(c.Account()+"/"+c.Conversation().ID) {
				return next(c)
			}
			if config.Count != nil {
				config.Count(DroppedRateLimit)
			}
			c.Drop(DroppedRateLimit)
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
	now := l.config.Now()
	limit := l.limits[conversation]
	if limit == nil {
		l.makeRoom(now)
		limit = rate.NewLimiter(rate.Limit(float64(l.config.Events)/l.config.Per.Seconds()), l.config.Events)
		l.limits[conversation] = limit
	}
	return limit.AllowN(now, 1)
}

// makeRoom forgets conversations that have been idle for so long that forgetting changes nothing; if
// that is not enough, all.
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
