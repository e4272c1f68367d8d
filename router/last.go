package router

import "github.com/hongyan-go/hongyan/router/match"

// Unhandled registers a handler for messages that no other route handles, of this group and of all
// others, wherever they are registered. Notices are not among them.
//
//	b.Unhandled(func(c *router.Context) error { return c.Reply("没听懂") }, match.Private())
func (g *Group) Unhandled(h func(*Context) error, ms ...match.Matcher) *Route {
	if h == nil {
		panic("router: the handler of Unhandled at " + callSite() + " is nil")
	}
	r := g.add(anyKind, false, func(c *Context) error {
		if !c.Event.IsMessage() || c.Event.Sender == "" {
			return Next
		}
		return h(c)
	}, ms)
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	r.last, r.passes = true, true
	return r
}

// lastOf moves the routes of Unhandled to the end.
func lastOf(routes []*Route) []*Route {
	var first, last []*Route
	for _, r := range routes {
		if r.last {
			last = append(last, r)
		} else {
			first = append(first, r)
		}
	}
	return append(first, last...)
}

// Anywhere makes a group whose routes work in all chats, also where the group is off: for commands
// about a chat that are given in another one. They are off where the plugin is off everywhere. So
// are the tasks that they ask for in their own chat, and those that these tasks ask for; a task that
// they ask for in another chat, with bot.InChat, waits while the plugin is off there.
func (g *Group) Anywhere() *Group {
	sub := g.Where()
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	sub.anywhere = true
	return sub
}

// worksAnywhere reports whether the group is, or is in, one of Anywhere.
func (g *Group) worksAnywhere() bool {
	for ; g != nil; g = g.parent {
		if g.anywhere {
			return true
		}
	}
	return false
}

// PluginOf is the plugin of a route; empty if it belongs to none, or is not there.
func (r *Router) PluginOf(route string) string { return r.compiled().plugins[route] }

// pluginName is the plugin of a group.
func (g *Group) pluginName() string {
	for ; g != nil; g = g.parent {
		if g.plugin != "" {
			return g.plugin
		}
	}
	return ""
}
