package middleware

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/router"
)

// LogConfig configures Log. The zero value logs what happened, not what was said.
type LogConfig struct {
	// Text adds the text of messages to the log. Think of the people who wrote them.
	Text bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Log writes one line for each event: kind, route, conversation, time taken, outcome. What was said, and
// keys, tokens and cdn ids, stay out.
//
// Pitfall: an error that a handler returns is written as it is. Do not put message text into errors.
func Log(config LogConfig) router.Middleware {
	if config.Now == nil {
		config.Now = time.Now
	}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			start := config.Now()
			err := next(c)
			outcome := c.Outcome()
			fields := []zap.Field{
				zap.String("conversation_type", string(c.Event.Conversation.Type)),
				zap.String("sender", c.Event.Sender),
				zap.Duration("took", config.Now().Sub(start)),
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
				if stack := StackOf(err); stack != "" {
					fields = append(fields, zap.String("stack", stack))
				}
				level := zap.ErrorLevel
				switch {
				case router.IsFinal(err): // the bot gives the message up, and says so
					level = zap.DebugLevel
				case Reported(err):
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

// Reported tells whether all that is wrong has been logged where it happened, as the outbox does with a send that may have arrived: an error
// whose method Reported says so, or one that holds nothing else. Others log it for who follows an event, not as an alarm.
func Reported(err error) bool {
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Reported() bool }:
		return e.Reported()
	case interface{ Unwrap() error }:
		return e.Unwrap() != nil && Reported(e.Unwrap())
	case interface{ Unwrap() []error }:
		return len(e.Unwrap()) > 0 && !slices.ContainsFunc(e.Unwrap(), func(err error) bool { return !Reported(err) })
	}
	return false
}
