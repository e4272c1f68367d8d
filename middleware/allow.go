package middleware

import (
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/router"
)

// DroppedNotAllowed is the reason of Allow.
const DroppedNotAllowed = "not allowed"

// AllowConfig says whom the bot listens to. The zero value means nobody.
type AllowConfig struct {
	// Everyone lets everybody pass.
	Everyone bool
	// Groups lists the ids of groups; all their members pass.
	Groups []string
	// People lists wxids whose private messages pass. It opens no group.
	People []string
	// Admins lists wxids that pass everywhere.
	Admins []string
	// Count is called for each message that is dropped. nil means nobody counts.
	Count func(reason string)
	// Hint ends the line that is logged once, at the first drop. It says what to set.
	Hint string
}

// Allow stops messages of groups and people that are not listed: deny by default, for a bot that answers
// strangers soon costs its account. Events that are no messages pass.
//
// Pitfall: the list holds ids. A nickname proves nothing, anybody can take any.
func Allow(config AllowConfig) router.Middleware {
	var first sync.Once
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			if config.allows(c) {
				return next(c)
			}
			if config.Count != nil {
				config.Count(DroppedNotAllowed)
			}
			first.Do(func() {
				c.Logger().Warn("dropped a message: the bot listens to nobody until somebody is listed; "+config.Hint,
					zap.String("sender", c.Event.Sender))
			})
			c.Drop(DroppedNotAllowed)
			return nil
		}
	}
}

func (config *AllowConfig) allows(c *router.Context) bool {
	e := c.Event
	switch {
	case config.Everyone, !e.IsMessage():
		return true
	case e.Sender != "" && slices.Contains(config.Admins, e.Sender):
		return true
	case e.Conversation.IsGroup():
		return slices.Contains(config.Groups, e.Conversation.ID)
	}
	return slices.Contains(config.People, e.Conversation.ID)
}
