package router

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// anyKind is the kind of a route that takes all kinds.
const anyKind xmlmsg.Kind = ""

// Route is a registered handler. The methods are for the moment of registration, and return the
// route:
//
//	b.Text(handler, match.Private()).Named("echo")
type Route struct {
	group    *Group
	kind     xmlmsg.Kind
	matchers []match.Matcher // its own, without those of its groups
	observer bool
	passes   bool
	last     bool          // see Unhandled
	maxAge   time.Duration // 0: that of its groups; AnyAge: any
	dry      bool          // see DryRun
	name     string
	site     string
	handler  Handler
	command  *command // nil if it is none

	conditions []match.Matcher // with those of its groups
	path       []int           // its place in the order: the numbers of its groups, then its own
	gone       bool            // its group was removed

	turn func(c *Context, turn []*Context) error // of a Batch; nil otherwise

	serve Handler // with the middleware of its groups; set by compile
}

// Named gives the route a name for logs, metrics and Explain. Without one it is called after its
// kind and the place of its registration.
func (r *Route) Named(name string) *Route {
	r.group.router.mu.Lock()
	defer r.group.router.mu.Unlock()
	r.name = name
	r.group.router.table.Store(nil)
	return r
}

// Passes says that the handler returns Next for some events, so that a later route with the same
// matchers makes sense.
func (r *Route) Passes() *Route {
	r.group.router.mu.Lock()
	defer r.group.router.mu.Unlock()
	r.passes = true
	return r
}

// accepts reports whether kind and matchers let the event of c pass. fresh is the subject of c
// without the captures of earlier routes.
func (r *Route) accepts(c *Context, fresh match.Subject) bool {
	if !r.takes(c.Event) || r.off(c.Event) || c.run.listenOnly && !r.listens() {
		return false
	}
	c.Subject = fresh
	for _, m := range r.conditions {
		if !m.Match(&c.Subject) {
			return false
		}
	}
	return true
}

// takes reports whether the route is for events of this kind. A route of texts is for answers that
// quote a message, too.
func (r *Route) takes(e *callback.Event) bool {
	kind := e.Kind()
	return r.kind == anyKind || r.kind == selfKind || r.kind == kind || r.kind == xmlmsg.KindText && isAnswer(e)
}

// conditionsWith are the matchers of a group and those around it, then others.
func (g *Group) conditionsWith(own []match.Matcher) []match.Matcher {
	ms := own
	for ; g != nil; g = g.parent {
		ms = append(slices.Clone(g.matchers), ms...)
	}
	return ms
}

func (r *Route) describe() string {
	kind := "any"
	if r.kind != anyKind {
		kind = string(r.kind)
	}
	if r.observer {
		kind = "observe"
	}
	if len(r.conditions) > 0 {
		return kind + " " + joinMatchers(r.conditions)
	}
	return kind
}

func joinMatchers(ms []match.Matcher) string {
	words := make([]string, len(ms))
	for i, m := range ms {
		words[i] = m.String()
	}
	return strings.Join(words, " ")
}

// Group is a part of the routes with matchers and middleware in common, and has the methods that
// register handlers. Its place in the order is that of the call to Where.
//
// The kinds that few bots handle have no method. [On] registers a handler for their types in
// package xmlmsg: AppEmoji, AppImage, FileNotice, FinderCard, FinderFeed, FinderLive, Gift,
// GroupCollect, LocationShare, Music, Note, RedPacket, RedPacketCover, Solitaire, StatusSync,
// SysMsg, Todo, TopMessage, Transfer and VoIP; and for those in package callback.
type Group struct {
	router     *Router
	parent     *Group
	matchers   []match.Matcher
	middleware []Middleware
	items      []any         // *Route and *Group, in the order of registration
	maxAge     time.Duration // of the routes that have none; 0: that of the parent
	dry        bool          // see DryRun
	live       bool
	anywhere   bool                            // see Anywhere
	on         func(account, chat string) bool // whether its routes are on there; nil: they are
	plugin     string                          // whose routes these are, and whose Store they have; empty: those of the parent
	path       []int                           // its place in the order, like that of a route
	reach      *reach                          // of the root, and of a live group: what its routes take from each other
}

// nextPath is the path of what is added to the group next.
func (g *Group) nextPath() []int {
	g.router.added++
	return append(slices.Clone(g.path), g.router.added)
}

// Where makes a group whose routes also need these matchers to match.
func (g *Group) Where(ms ...match.Matcher) *Group {
	g.router.checkOpen(g, "Where")
	checkMatchers("Where", ms)
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	sub := &Group{router: g.router, parent: g, matchers: matching.Flatten(ms), live: g.live, path: g.nextPath()}
	g.items = append(g.items, sub)
	return sub
}

// Use adds middleware around the handlers of the group, the first one outermost. On the router it
// runs around each event, whether a route matches it or not.
func (g *Group) Use(ms ...Middleware) {
	g.router.checkOpen(g, "Use")
	for _, m := range ms {
		if m == nil {
			panic("router: Use at " + callSite() + ": the middleware is nil")
		}
	}
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	g.middleware = append(g.middleware, ms...)
	g.router.table.Store(nil)
}

// add registers a route.
func (g *Group) add(kind xmlmsg.Kind, observer bool, h Handler, ms []match.Matcher) *Route {
	g.router.checkOpen(g, "a route")
	checkMatchers("the route", ms)
	checkNoOptions(ms)
	site := callSite()
	word := string(kind)
	switch {
	case observer:
		word = "observer"
	case kind == anyKind:
		word = "any"
	}
	r := &Route{
		group: g, kind: kind, observer: observer, matchers: matching.Flatten(ms),
		handler: h, site: site, name: word + "@" + site,
	}
	r.conditions = g.conditionsWith(r.matchers)
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	r.path = g.nextPath()
	g.items = append(g.items, r)
	g.router.table.Store(nil)
	g.checkReachable(r)
	return r
}

// place is the name of the route, and where it was registered if the name does not tell.
func (r *Route) place() string {
	if strings.HasSuffix(r.name, r.site) {
		return r.name
	}
	return r.name + " at " + r.site
}

// each calls f for the routes of g and its groups, in order.
func (g *Group) each(f func(*Route)) {
	for _, item := range g.items {
		switch item := item.(type) {
		case *Route:
			f(item)
		case *Group:
			item.each(f)
		}
	}
}

func (rt *Router) checkOpen(g *Group, what string) {
	if rt.frozen.Load() && !g.live {
		panic("router: " + what + " at " + callSite() + " comes after the start: register before Run, or in the Setup of a plugin")
	}
}

func checkMatchers(what string, ms []match.Matcher) {
	for i, m := range ms {
		if m == nil {
			panic(fmt.Sprintf("router: %s at %s: matcher %d is nil", what, callSite(), i+1))
		}
	}
}

// callSite is the place in the user's code that called into this module's registration.
func callSite() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, packagePath+".") || !more {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
	}
}

// packagePath is how the functions of this package start in a stack.
const packagePath = "github.com/hongyan-go/hongyan/router"
