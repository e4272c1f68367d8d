package middleware

import (
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/router"
)

// DroppedNotAllowed is the reason of Allow.
const DroppedNotAllowed = "not allowed"

// AllowConfig says whom the bot listens to. The zero value allows no group and no person.
type AllowConfig struct {
	// Everyone lets everybody pass.
	Everyone bool
	// Groups lists the ids of groups; all their members pass, and the notices of the group.
	Groups []string
	// People lists wxids whose private messages pass. It opens no group.
	People []string
	// Admins lists wxids that pass everywhere.
	Admins []string
	// NoRequests drops friend requests, and the notices of a private chat such as the one about a new friend. They pass otherwise, whoever they are
	// about: they are not messages from that person, and go to no route for messages.
	NoRequests bool
	// Also is asked about a conversation that is not listed: for what is allowed while the bot runs. nil allows nothing more.
	Also func(c *router.Context) (bool, error)
	// Count is called for each message that is dropped. nil counts nothing.
	Count func(reason string)
	// Hint ends the line that is logged at the first drop of a sender. It says where the lists are.
	Hint string
}

// Allow stops messages of groups and people that are not listed: deny by default, for a bot that answers
// strangers soon costs its account. What is not a message passes.
//
// Pitfall: the list holds ids. A nickname proves nothing, anybody can take any.
func Allow(config AllowConfig) router.Middleware {
	told := told{known: map[string]bool{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			allowed, err := config.allows(c)
			if err != nil {
				return err
			}
			if allowed {
				return next(c)
			}
			if config.Count != nil {
				config.Count(DroppedNotAllowed)
			}
			if told.first(chatKey(c)) {
				config.tell(c)
			}
			c.Drop(DroppedNotAllowed)
			return nil
		}
	}
}

// tell says who was dropped, and which key would let them pass.
func (config *AllowConfig) tell(c *router.Context) {
	e := c.Event
	add := "add " + e.Conversation.ID + " to allow.people"
	switch {
	case c.AboutSomebody():
		add = "set allow.friend_requests: true"
	case e.Conversation.IsGroup():
		add = "add " + e.Conversation.ID + " to allow.groups"
	}
	c.Logger().Warn("dropped a message: the bot does not listen to its sender; to change that "+add+"; "+config.Hint, zap.String("sender", e.Sender))
}

func (config *AllowConfig) allows(c *router.Context) (bool, error) {
	e := c.Event
	switch {
	case config.Everyone, !e.IsMessage():
		return true, nil
	case e.Sender != "" && slices.Contains(config.Admins, e.Sender):
		return true, nil
	case c.AboutSomebody() && !e.Conversation.IsGroup():
		return !config.NoRequests, nil
	case e.Conversation.IsGroup() && slices.Contains(config.Groups, e.Conversation.ID),
		!e.Conversation.IsGroup() && slices.Contains(config.People, e.Conversation.ID):
		return true, nil
	case config.Also == nil:
		return false, nil
	}
	return config.Also(c)
}

// told remembers who was named in the log.
type told struct {
	mu    sync.Mutex
	known map[string]bool
}

// first tells whether somebody is to be named now. Beyond a bound nobody is: so many strangers say nothing new.
func (t *told) first(who string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[who] || len(t.known) >= maxConversations {
		return false
	}
	t.known[who] = true
	return true
}
