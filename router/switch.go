package router

import (
	"slices"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// OnlyIf switches all routes and observers of a group, and of the groups in it, at run time: they
// do not exist for the events of a chat for which on is false, and a form of theirs waits. on is
// asked for each event, must not block, and gets an empty chat for an event that belongs to none,
// such as a friend request. It is for the moment before the first route of the group.
func (r *Router) OnlyIf(g *Group, on func(account, chat string) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g.on = on
}

// off reports whether a group of the route is switched off for an event.
func (r *Route) off(e *callback.Event) bool {
	chat := switchedChat(e)
	for g := r.group; g != nil; g = g.parent {
		if g.anywhere {
			chat = ""
		}
		if g.on != nil && !g.on(e.AppID, chat) {
			return true
		}
	}
	return false
}

// switchedChat is the chat by which routes are switched for an event.
func switchedChat(e *callback.Event) string {
	if e.Conversation.Type == callback.None || e.Kind() == xmlmsg.KindFriendRequest {
		return ""
	}
	return e.Conversation.ID
}

// offByName reports whether a route is there, and is switched off for an event.
func (t *table) offByName(name string, e *callback.Event) bool {
	found := false
	for _, r := range slices.Concat(t.routes, t.selves) {
		if r.name == name {
			if !r.off(e) {
				return false
			}
			found = true
		}
	}
	return found
}

// Watch is an option of a route or a group, and stands among the matchers: the route also handles
// messages of chats that the bot only listens to, see bot.Listen. It cannot answer there.
//
//	b.Text(tell, match.Keyword("招标"), router.Watch())
func Watch() match.Matcher { return watch{} }

type watch struct{}

// Match implements match.Matcher.
func (watch) Match(*match.Subject) bool { return true }

// String implements match.Matcher.
func (watch) String() string { return "router.Watch()" }

// listens reports whether the route takes messages that are only listened to.
func (r *Route) listens() bool {
	return r.observer || slices.ContainsFunc(r.conditions, func(m match.Matcher) bool { _, is := m.(watch); return is })
}
