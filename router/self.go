package router

import (
	"errors"

	"github.com/hongyan-go/hongyan/router/match"
)

// Self registers a handler for the messages of any kind that the owner of the account types on the
// phone or another device. Messages that the bot has sent are not among them, and no other route
// gets one, unless the bot keeps messages of its own. The conversation is the chat in which it was
// typed.
//
//	b.Self(func(c *router.Context) error { return c.Mute(10 * time.Minute) })
func (g *Group) Self(h func(*Context) error, ms ...match.Matcher) *Route {
	if h == nil {
		panic("router: the handler of Self at " + callSite() + " is nil")
	}
	return g.add(selfKind, false, h, ms)
}

// selfKind is the kind of the routes of Self, which no payload has: the index leaves them out.
const selfKind = "self"

// HasSelf reports whether there is a route of Self.
func (r *Router) HasSelf() bool { return len(r.compiled().selves) > 0 }

// serveTyped gives an event to the routes of Self. done means that no other route is to get it.
func (t *table) serveTyped(c *Context, fresh match.Subject) (done bool, err error) {
	for _, r := range t.selves {
		if !r.accepts(c, fresh) {
			continue
		}
		c.run.outcome.Route = r.name
		if c.late(r) {
			return true, nil
		}
		if err := r.serve(c.on(r)); !errors.Is(err, Next) || c.run.journal.Waiting() {
			return true, c.settle(err)
		}
		c.run.journal.Leave()
		c.run.outcome.Route = ""
	}
	return c.run.typedOnly, nil
}
