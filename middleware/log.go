package middleware

import (
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/failure"
	"github.com/hongyan-go/hongyan/router"
)

// LogConfig configures Log. The zero value logs no message text.
type LogConfig struct {
	// Text adds the text of messages to the log. Consider the privacy of their authors.
	Text bool
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// Log writes one line per event: kind, route, conversation, duration and outcome. It does not log
// message text, keys, tokens and CDN ids. Pitfall: it logs the error of a handler unchanged. Do not
// put message text into errors.
func Log(config LogConfig) router.Middleware {
	config.Clock = clock.Or(config.Clock)
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			start := config.Clock.Now()
			err := next(c)
			outcome := c.Outcome()
			fields := []zap.Field{
				zap.String("conversation_type", string(c.Event.Conversation.Type)),
				zap.String("sender", c.Event.Sender),
				zap.Duration("took", config.Clock.Now().Sub(start)),
				zap.Int("sends", outcome.Sends),
			}
			if age := c.Event.Age(start); age > time.Minute {
				fields = append(fields, zap.Duration("age", age.Round(time.Second)))
			}
			if config.Text {
				fields = append(fields, zap.String("text", c.Text()))
			}
			log := c.Logger()
			switch {
			case err != nil:
				if stack := failure.StackOf(err); stack != "" {
					fields = append(fields, zap.String("stack", stack))
				}
				level := zap.ErrorLevel
				switch {
				case router.IsFinal(err): // the bot gives the message up, and logs that
					level = zap.DebugLevel
				case failure.Reported(err):
					level = zap.InfoLevel
				}
				log.Log(level, "event failed", append(fields, zap.Error(err))...)
			case outcome.Dropped != "":
				log.Debug("event dropped", append(fields, zap.String("reason", outcome.Dropped))...)
			case outcome.Route == "":
				log.Debug("event without a route", fields...)
			default:
				log.Info("event handled", append(fields, zap.String("route", outcome.Route))...)
			}
			return err
		}
	}
}
