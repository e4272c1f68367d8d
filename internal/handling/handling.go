// Package handling is the part of a handler's context that only middleware of this module uses.
package handling

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

// Event is the event that a context belongs to.
type Event interface {
	// Answers returns what was sent, or may have been, to the conversation of the event so far, the
	// oldest first. Of many it has the last.
	Answers() []api.Send
	// DropAfterObservers is router.Context.Drop for a middleware that calls the next handler all
	// the same: observers see the event, and no route and no form gets it.
	DropAfterObservers(reason string)
	// InTask reports whether a task runs that the message has asked for, or a turn: the message
	// itself was handled before.
	InTask() bool
	// ListenOnly says that the event is from a chat that the bot only listens to: observers and
	// routes with router.Watch see it, other routes and forms do not.
	ListenOnly()
	// Typed says that the owner of the account has typed the event, which goes to the routes of
	// router.Group.Self. only means that no other route and no observer gets it.
	Typed(only bool)
	// TakenByForm reports whether an open form of an account takes the event as its answer, or has
	// just taken it: several accounts of one bot may get the same message in a group, and have
	// forms of their own there.
	TakenByForm(appID string) (bool, error)
}

// Key is the key under which the Value method of a *router.Context returns its Event.
type Key struct{}

// Of returns the event of a context that is a *router.Context or was made from one.
func Of(ctx context.Context) Event { return ctx.Value(Key{}).(Event) }
