package router

import (
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// On registers a handler for the payload type P. The methods Text, File and so on are On for one
// type each; On itself is for the types that have no method, which Group lists, and for payload
// types of your own:
//
//	router.On(b.Group, func(c *router.Context, m *xmlmsg.Music) error { return c.Reply(m.Title) })
func On[P xmlmsg.Payload](g *Group, h func(*Context, P) error, ms ...match.Matcher) *Route {
	var zero P
	kind := zero.Kind()
	if h == nil {
		panic(fmt.Sprintf("router: the %s handler at %s is nil", kind, callSite()))
	}
	return g.add(kind, false, func(c *Context) error {
		p, ok := c.Event.Payload().(P)
		if !ok && isAnswer(c.Event) {
			p, ok = any(textOf(c.Event)).(P)
		}
		if !ok {
			return Next
		}
		return h(c, p)
	}, ms)
}

// appTypeQuote is the type of an app message that answers a message by words. Reactions have other
// types.
const appTypeQuote = 57

// isAnswer reports whether an event quotes a message to answer it, in words.
func isAnswer(e *callback.Event) bool {
	q, ok := e.Payload().(*xmlmsg.Quote)
	return ok && q.AppType() == appTypeQuote && strings.TrimSpace(q.Text) != ""
}

// textOf is the text of such an answer, without the quote.
func textOf(e *callback.Event) *xmlmsg.Text {
	q := e.Payload().(*xmlmsg.Quote)
	return &xmlmsg.Text{Body: q.Text, At: xmlmsg.ParseSource(e.Source).At}
}

// Any registers a handler for events of every kind.
func (g *Group) Any(h func(*Context) error, ms ...match.Matcher) *Route {
	if h == nil {
		panic("router: the handler at " + callSite() + " is nil")
	}
	return g.add(anyKind, false, h, ms)
}

// Kind registers a handler for events of one kind, for programs that know the kind only when they
// run. As with Text, texts include answers that quote a message.
func (g *Group) Kind(kind xmlmsg.Kind, h func(*Context) error, ms ...match.Matcher) *Route {
	if h == nil {
		panic(fmt.Sprintf("router: the %s handler at %s is nil", kind, callSite()))
	}
	return g.add(kind, false, h, ms)
}

// Observe registers a handler that sees events of every kind before the routes do, and consumes
// nothing. Its error is logged, and does not keep the event from the routes. A retried event is
// observed again.
func (g *Group) Observe(h func(*Context) error, ms ...match.Matcher) *Route {
	if h == nil {
		panic("router: the observer at " + callSite() + " is nil")
	}
	return g.add(anyKind, true, h, ms)
}

// Text registers a handler for text messages, and for answers that quote a message: the text is
// that of the answer. Quote sees such an answer first. Subject.Said is the text without mentions of
// the account.
func (g *Group) Text(h func(*Context, *xmlmsg.Text) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Image registers a handler for pictures.
func (g *Group) Image(h func(*Context, *xmlmsg.Image) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// File registers a handler for complete files. The notice that an upload has started never gets
// here. A handler that needs nothing of the file is registered by Kind, as for all kinds:
//
//	b.Kind(xmlmsg.KindFile, func(c *router.Context) error { return c.Forward(archive) })
func (g *Group) File(h func(*Context, *xmlmsg.File) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Link registers a handler for link cards and article pushes.
func (g *Group) Link(h func(*Context, *xmlmsg.Link) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// GroupInvite registers a handler for invitations to a group.
func (g *Group) GroupInvite(h func(*Context, *xmlmsg.GroupInvite) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// FriendRequest registers a handler for people who want to be friends.
func (g *Group) FriendRequest(h func(*Context, *xmlmsg.FriendRequest) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Raw registers a handler for messages without a type of their own, and for those that cannot be
// read.
func (g *Group) Raw(h func(*Context, *xmlmsg.Raw) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Say is a text handler that answers with a fixed text.
func Say(text string) func(*Context, *xmlmsg.Text) error {
	return func(c *Context, _ *xmlmsg.Text) error { return c.Reply(text) }
}
