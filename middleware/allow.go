package middleware

import (
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/handling"
	"github.com/hongyan-go/hongyan/router"
)

// droppedNotAllowed is the drop reason of Allow.
const droppedNotAllowed = "not allowed"

// droppedBlocked is the reason for events of people who are blocked.
const droppedBlocked = "blocked"

// AllowConfig lists the groups and people that the bot listens to. The zero value allows none.
type AllowConfig struct {
	// Blocked lists wxids of senders whose events are dropped, whatever the other fields say.
	Blocked []string
	// Everyone allows every group and person.
	Everyone bool
	// Groups lists the ids of groups. The messages of all their members pass, and the notices of
	// the group.
	Groups []string
	// People lists wxids whose private messages pass. It opens no group.
	People []string
	// AllGroups and AllPeople let all groups, and the private messages of all people, pass.
	AllGroups, AllPeople bool
	// Admins lists wxids that pass everywhere.
	Admins []string
	// NoRequests drops friend requests and the notices of private chats, such as the one about a
	// new friend. Otherwise they pass, whoever they are about: they are not messages from that
	// person and match no route for messages.
	NoRequests bool
	// Also decides about conversations that are not listed, for permissions that are granted while
	// the bot runs. nil allows nothing more.
	Also func(c *router.Context) (bool, error)
	// ListenOnly decides about what would be dropped: true lets it pass to observers and to the
	// routes with router.Watch, and to nothing else. What Admins write in such a group is no
	// exception. nil means nothing.
	ListenOnly func(c *router.Context) bool
	// Count is called for each dropped message. nil means that drops are not counted.
	Count func(reason string)
	// Hint ends the log line about the first drop in a conversation. It should say where the lists
	// are configured.
	Hint string
}

// Allow drops messages of groups and people that are not listed. It denies by default, because
// WeChat soon restricts the account of a bot that answers strangers. Events that are not messages
// pass. Pitfall: the lists hold ids. A nickname proves nothing, because anybody can choose any
// nickname.
func Allow(config AllowConfig) router.Middleware {
	logged := logged{known: map[string]bool{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			if c.Event.Sender != "" && slices.Contains(config.Blocked, c.Event.Sender) {
				if config.Count != nil {
					config.Count(droppedBlocked)
				}
				c.Drop(droppedBlocked)
				return nil
			}
			allowed, err := config.allows(c)
			if err != nil {
				return err
			}
			if !allowed && config.ListenOnly != nil && config.ListenOnly(c) {
				handling.Of(c).ListenOnly()
				allowed = true
			}
			if allowed {
				return next(c)
			}
			if config.Count != nil {
				config.Count(droppedNotAllowed)
			}
			if logged.first(chatKey(c)) {
				config.warn(c)
			}
			c.Drop(droppedNotAllowed)
			return nil
		}
	}
}

// warn logs who was dropped, and which setting would allow them.
func (config *AllowConfig) warn(c *router.Context) {
	e := c.Event
	add := "add " + e.Conversation.ID + " to allow.people"
	switch {
	case aboutSomebody(e):
		add = "set allow.friend_requests: true"
	case e.Conversation.IsGroup():
		add = "add " + e.Conversation.ID + " to allow.groups"
	}
	c.Logger().Warn("dropped a message: the bot does not listen to its sender; to change that "+add+"; "+config.Hint,
		zap.String("sender", e.Sender))
}

func (config *AllowConfig) allows(c *router.Context) (bool, error) {
	e := c.Event
	group := e.Conversation.IsGroup()
	switch {
	case config.Everyone, !e.IsMessage():
		return true, nil
	case e.Sender != "" && slices.Contains(config.Admins, e.Sender) && (!group || config.ListenOnly == nil || !config.ListenOnly(c)):
		return true, nil
	case aboutSomebody(e) && !group:
		return !config.NoRequests, nil
	case group && config.AllGroups, e.Conversation.IsPrivate() && config.AllPeople:
		return true, nil
	case group && slices.Contains(config.Groups, e.Conversation.ID), !group && slices.Contains(config.People, e.Conversation.ID):
		return true, nil
	case config.Also == nil:
		return false, nil
	}
	return config.Also(c)
}

// logged remembers which conversations were logged.
type logged struct {
	mu    sync.Mutex
	known map[string]bool
}

// first reports whether a conversation has not been logged yet. Beyond a limit it always reports
// false.
func (t *logged) first(who string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[who] || len(t.known) >= maxConversations {
		return false
	}
	t.known[who] = true
	return true
}
