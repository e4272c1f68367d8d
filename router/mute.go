package router

import (
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router/match"
)

// Mute makes the bot silent in this chat for a time, from now: what is in the queue is silent, too.
// Answers are dropped at their turn, proactive sends wait for the end. Handlers run as before, and
// messages to other chats go out. The mute outlives a restart; another one replaces it.
//
// An answer of the handler itself must have been sent before: without Queued, Reply returns then.
func (c *Context) Mute(d time.Duration) error {
	return c.mute(d)
}

// Unmute ends the mute of this chat. Nothing happens if there is none.
func (c *Context) Unmute() error { return c.mute(0) }

func (c *Context) mute(d time.Duration) error {
	switch {
	case c.services.State == nil:
		return ErrNoState
	case c.Event.Conversation.ID == "":
		return ErrNoConversation
	}
	if err := outbox.Mute(c, c.services.State, c.Event.AppID, c.Event.Conversation.ID, c.services.now(), d); err != nil {
		return fmt.Errorf("router: %w", err)
	}
	return nil
}

// Muted reports whether the bot is silent in this chat: for a handler that would only prepare an
// answer, at a cost.
func (c *Context) Muted() (bool, error) {
	if c.services.State == nil {
		return false, ErrNoState
	}
	until, err := outbox.MutedUntil(c, c.services.State, c.Event.AppID, c.Event.Conversation.ID)
	if err != nil {
		return false, fmt.Errorf("router: %w", err)
	}
	return until.After(c.services.now()), nil
}

// Mute is an option of a route: after its handler has succeeded, the bot is silent in the chat for
// a time; see Context.Mute. It stands among the matchers.
//
//	b.Text(router.Say("已转人工"), match.Keyword("人工"), router.Mute(30*time.Minute))
func Mute(d time.Duration) match.Matcher {
	return &routeOption{name: fmt.Sprintf("router.Mute(%v)", d), around: func(_ *Route, next Handler) Handler {
		return func(c *Context) error {
			err := next(c)
			if err == nil && !c.run.journal.Waiting() {
				err = c.Mute(d)
			}
			return err
		}
	}}
}

// routeOption is a matcher that matches everything, and changes how the handler runs.
type routeOption struct {
	name   string
	around func(r *Route, next Handler) Handler
	// rests tells Explain until when the route drops the event of c; zero if it does not. nil means
	// that the option drops none.
	rests func(c *Context, r *Route) time.Time
}

// Match implements match.Matcher.
func (*routeOption) Match(*match.Subject) bool { return true }

// String implements match.Matcher.
func (o *routeOption) String() string { return o.name }

// restsUntil is until when an option of the route drops the event of c; zero if none does.
func (r *Route) restsUntil(c *Context) time.Time {
	for _, m := range r.conditions {
		if o, ok := m.(*routeOption); ok && o.rests != nil {
			if until := o.rests(c, r); !until.IsZero() {
				return until
			}
		}
	}
	return time.Time{}
}

// withOptions is the handler of a route with the options of the route and its groups around it.
func (r *Route) withOptions(h Handler) Handler {
	for i := len(r.conditions) - 1; i >= 0; i-- {
		if o, ok := r.conditions[i].(*routeOption); ok {
			h = o.around(r, h)
		}
	}
	return h
}
