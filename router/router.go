// Package router routes events to handlers.
//
// A [Router] holds routes: a typed handler and the matchers that narrow it. Routes are tried in the
// order of their registration; the first that matches handles the event, and passes it on if it
// returns [Next]. Observers see every event that their matchers let pass, and consume nothing.
// Groups share matchers and middleware.
//
// Misuse, such as a nil handler or a route that can never run, panics at registration with a
// sentence that names the places.
package router

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/journal"
)

// Next is what a handler returns to pass the event on, as if it had not matched.
var Next = errors.New("router: next") //nolint:revive,errname,staticcheck // it is not a failure, like io.EOF

// Handler handles an event of any kind. An error means that the event was not handled: it is
// logged, and the bot may try again.
type Handler func(c *Context) error

// Middleware wraps a handler. It runs for each event (Router.Use), or for each event that a route
// of a group handles (Group.Use).
type Middleware func(Handler) Handler

// Router is the root of the routes. Make it with New. Registration and Serve may run concurrently.
type Router struct {
	*Group

	silent    *zap.Logger // of contexts without one
	mu        sync.Mutex  // guards the tree of groups and routes
	added     int         // counts what was ever added to the tree
	table     atomic.Pointer[table]
	frozen    atomic.Bool
	templates sync.Map // caption text → *Template
	cached    atomic.Int64
	forms     journal.Sweeper[api.SentMessage]
}

// New makes a router without routes.
func New() *Router {
	r := &Router{silent: zap.NewNop()}
	r.Group = &Group{router: r, reach: newReach()}
	return r
}

// Freeze ends registration: a later one panics, except on groups made by LiveGroup.
func (r *Router) Freeze() { r.frozen.Store(true) }

// LiveGroup makes a group that takes routes also after Freeze, and that can be removed with all its
// routes. Plugins get one each; see Group.OfPlugin.
func (r *Router) LiveGroup() *Group {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := &Group{router: r, parent: r.Group, live: true, path: r.nextPath(), reach: newReach()}
	r.items = append(r.items, g)
	return g
}

// Stage makes a live group whose routes do not run before Exchange.
func (r *Router) Stage() *Group {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &Group{router: r, parent: r.Group, live: true, path: r.nextPath(), reach: newReach()}
}

// Exchange puts live groups, and groups made by Stage, in the place of the first of the old ones,
// in one step: each event meets the routes of the old or of the next, in their order. What is in
// both stays. Without old ones, the next are added at the end. Handlers that are running finish.
func (r *Router) Exchange(old, next []*Group) {
	r.mu.Lock()
	defer r.mu.Unlock()
	items := make([]any, 0, len(r.items)+len(next))
	placed := len(old) == 0
	for _, item := range r.items {
		g, ok := item.(*Group)
		if !ok || !slices.Contains(old, g) {
			items = append(items, item)
			continue
		}
		if !placed {
			placed = true
			for _, n := range next {
				items = append(items, n)
			}
		}
		if !slices.Contains(next, g) {
			g.each(func(route *Route) { route.gone = true })
		}
	}
	if len(old) == 0 {
		for _, n := range next {
			items = append(items, n)
		}
	}
	r.items = items
	r.table.Store(nil)
}

// Remove removes a group and its routes. Handlers that are running finish.
func (r *Router) Remove(g *Group) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, item := range r.items {
		if item == any(g) {
			r.items = append(r.items[:i:i], r.items[i+1:]...)
			g.each(func(route *Route) { route.gone = true })
			r.table.Store(nil)
			return
		}
	}
}

// compiled is the table of the current routes.
func (r *Router) compiled() *table {
	if t := r.table.Load(); t != nil {
		return t
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t := compile(r.Group)
	r.table.Store(t)
	return t
}

// Serve takes an event through the middleware, the observers and the routes, for the first time. It
// returns what the handler returned; an event that no route matches is not an error.
func (r *Router) Serve(ctx context.Context, e *callback.Event, s Services) error {
	_, err := r.Dispatch(ctx, e, s, Run{})
	return err
}

// Dispatch is Serve for any run of the event, and also tells what happened.
func (r *Router) Dispatch(ctx context.Context, e *callback.Event, s Services, run Run) (Outcome, error) {
	t := r.compiled()
	c := newContext(ctx, r, e, s, run)
	err := c.keepAnswers(t.entry(c)) //nolint:contextcheck // c is made from ctx
	return c.run.outcome, err
}

// Outcome is the outcome of an event.
type Outcome struct {
	// Route is the name of the route that handled the event; empty if none did.
	Route string
	// Sends counts the messages that were sent, or may have been, before the handler returned.
	Sends int
	// Dropped is the reason why a middleware stopped the event; empty if none did.
	Dropped string
}

// dispatch is the innermost handler: observers, then the first route that matches the event.
func (t *table) dispatch(c *Context) error {
	fresh := c.Subject // middleware sees no captures
	for _, o := range t.observers {
		if !c.run.typedOnly && o.accepts(c, fresh) {
			c.observe(o)
		}
	}
	c.run.journal.Leave() // what middleware and observers send does not belong to the route
	if c.run.observeOnly {
		return nil
	}
	if c.run.typed {
		if done, err := t.serveTyped(c, fresh); done {
			return err
		}
	}
	if resumed, err := t.resume(c); resumed || err != nil {
		return err
	}
	var buf [16]int32
	x := t.of(c.Event.Kind())
	for _, i := range x.candidates(c, buf[:0]) {
		route := x.routes[i]
		if !route.accepts(c, fresh) {
			continue
		}
		c.run.outcome.Route = route.name
		if c.late(route) {
			return nil
		}
		err := route.serve(c.on(route))
		if !errors.Is(err, Next) || c.run.journal.Waiting() {
			return c.settle(err)
		}
		c.run.journal.Leave()
		c.run.outcome.Route = ""
	}
	return t.guide(c)
}

// observe runs an observer. A failure there must not keep the event from its handler.
func (c *Context) observe(o *Route) {
	c = c.on(o)
	defer func() {
		if p := recover(); p != nil {
			c.Logger().Error("observer panicked", zap.String("panic", fmt.Sprint(p)), zap.ByteString("stack", debug.Stack()))
		}
	}()
	if err := o.serve(c); err != nil && !errors.Is(err, Next) {
		c.Logger().Error("observer failed", zap.Error(err))
	}
}

// maxTemplates bounds the cached captions.
const maxTemplates = 1000

// caption parses the template of a caption once.
func (r *Router) caption(text string) (*Template, error) {
	if t, ok := r.templates.Load(text); ok {
		return t.(*Template), nil
	}
	t, err := ParseTemplate(text)
	if err != nil {
		return nil, err
	}
	if r.cached.Add(1) <= maxTemplates { // a program may put texts together itself, without end
		r.templates.Store(text, t)
	}
	return t, nil
}
