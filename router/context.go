package router

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Sender sends the messages of all handlers; an *outbox.Outbox is one. The account of the message
// is already set.
type Sender interface {
	Send(ctx context.Context, m outbox.Message) (*api.SentMessage, error)
}

// Names knows the names of people and groups, the account itself among them. It never fails: if it
// does not know a name, it returns the id.
type Names interface {
	// Contact is the name of a friend or a group.
	Contact(ctx context.Context, appID, id string) string
	// Member is the name of a person in a group: the one chosen for that group if there is one.
	Member(ctx context.Context, appID, group, wxid string) string
}

// Services are the collaborators of a router: what the contexts of all events use. Nil fields are
// allowed, in tests above all: what needs one of them fails with an error that says so, names are
// ids, and nothing is logged.
type Services struct {
	Sender Sender
	Names  Names
	Client *api.Client
	// Files downloads and offers files. Without it, both fail with ErrNoFiles.
	Files  Files
	Logger *zap.Logger
	// People finds people and groups by their names. nil means that they have ids only.
	People People
	// Account returns the account of a bot that has only one; empty if it is not known. nil means
	// that it never is.
	Account func() string
	// Owners are the wxids of the people in charge of the bot, for match.Owner and match.Admin.
	Owners []string
	// State keeps the values of stores, and open forms. nil means none: Ask, Once and stores fail
	// with ErrNoState.
	State store.State
	// Log keeps the logs of stores. nil means none: they fail with ErrNoLog.
	Log store.Log
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
	// Zone is the time zone of times that people read and write. nil means that of the clock, and
	// that of the machine for the times of messages.
	Zone *time.Location
	// Tasks keeps what is to be done later. nil means none: Later fails with ErrNoTasks.
	Tasks Tasks
}

// Run has the values of one run of an event. The zero value is the first run of an event that is
// known by its own key.
type Run struct {
	// Key identifies the run in the keys of its sends: a run with the same key is the same again.
	// Empty means the key of the event.
	Key string
	// Attempt counts the runs of the event, from 1. 0 means 1.
	Attempt int
	// Received is when the callback arrived. Zero means that it is not known.
	Received time.Time
	// Entered is called with the name of each route whose handler begins, observers included. nil
	// calls nothing.
	Entered func(route string)
	// AnyAge is asked before a message is dropped for its age. True lets it pass: a person has
	// asked for this run. nil drops it.
	AnyAge func() bool
	// Proactive makes the sends to the conversation of the event proactive ones: the event is too
	// long ago for an answer. AsAnswer still makes an answer.
	Proactive bool
	// Spoken means that the text of the event was understood from a voice: it is nobody's command.
	// match.Owner and match.Admin do not match it, and AskOther takes no answer from it.
	Spoken bool
	// Anywhere is that of the TaskRequest, for a task.
	Anywhere bool
}

func (s *Services) now() time.Time {
	now := clock.Or(s.Clock).Now()
	if s.Zone == nil {
		return now
	}
	return now.In(s.Zone)
}

// local is a time as people read it.
func (s *Services) local(t time.Time) time.Time {
	if s.Zone == nil {
		return t.Local() //nolint:gosmopolitan // there is no other zone
	}
	return t.In(s.Zone)
}

// Context is one event on its way through the routes. It is a context.Context that belongs to the
// process: it ends by a timeout or when the grace period of a shutdown is over, not with an HTTP
// request. It is valid until the handler returns.
type Context struct {
	context.Context //nolint:containedctx // a Context is a context.Context
	// Subject holds the event, what was said in it, and its captures.
	match.Subject

	router   *Router
	services Services
	values   Run
	route    *Route
	run      *run
}

// run is what all contexts of one event share.
type run struct {
	mu      sync.Mutex // a handler may send from several goroutines
	outcome Outcome
	answers []api.Send // the last sends to the conversation of the event
	journal journal.Run[api.SentMessage]
	tasks   map[string]int // calls that ask for tasks, by route
	task    bool           // see handling.Event
	counts  counts
	told    answers // by Claim and the like

	observeOnly bool
	listenOnly  bool
	typed       bool // see handling.Event
	typedOnly   bool
	askedOther  bool // the form of the run waits for another person than the sender
}

func newContext(ctx context.Context, r *Router, e *callback.Event, s Services, values Run) *Context {
	if s.Logger == nil {
		s.Logger = r.silent
	}
	both := &struct {
		Context
		run
	}{Context: Context{Context: ctx, router: r, services: s, values: values}}
	both.Context.run = &both.run
	both.Subject = *match.NewSubject(e, (*accountNames)(&both.Context))
	return &both.Context
}

// accountNames is a context as match.Names.
type accountNames Context

// AccountNames are the nickname of the account and its name in the group of the event, as far as
// they are known.
func (a *accountNames) AccountNames() []string {
	c := (*Context)(a)
	e := c.Event
	if c.services.Names == nil || e.Wxid == "" {
		return nil
	}
	names := []string{c.services.Names.Contact(c, e.AppID, e.Wxid)}
	if e.Conversation.IsGroup() && e.Conversation.ID != "" {
		names = append(names, c.services.Names.Member(c, e.AppID, e.Conversation.ID, e.Wxid))
	}
	return names
}

// heard is another event of this conversation as a matcher looks at it.
func (c *Context) heard(e *callback.Event) match.Subject {
	return *match.NewSubject(e, (*accountNames)(c))
}

// on is the context for the handler of a route.
func (c *Context) on(r *Route) *Context {
	c.route = r
	if c.values.Entered != nil {
		c.values.Entered(r.name)
	}
	return c
}

// WithContext is a copy of c with another context.Context: for middleware that sets a deadline or a
// value.
func (c *Context) WithContext(ctx context.Context) *Context {
	copied := *c
	copied.Context = ctx
	return &copied
}

// Payload is the typed content of the event.
func (c *Context) Payload() xmlmsg.Payload { return c.Event.Payload() }

// Account is the appId of the account that got the event. Replies go through the same.
func (c *Context) Account() string { return c.Event.AppID }

// Conversation is where the event happened.
func (c *Context) Conversation() callback.Conversation { return c.Event.Conversation }

// Age is how old the message is: callbacks come late after an outage of the service, of the network
// or of the bot. 0 if its time is not known.
func (c *Context) Age() time.Duration { return c.Event.Age(c.services.now()) }

// Received is when the callback of the event arrived at this program; zero if that is not known.
func (c *Context) Received() time.Time { return c.values.Received }

// Attempt counts the runs of the event: 1 the first time, more after a failure or a crash.
func (c *Context) Attempt() int { return max(c.values.Attempt, 1) }

// Sender is the wxid of the person who wrote; empty for notices.
func (c *Context) Sender() string { return c.Event.Sender }

// SenderName is the name of the person who wrote: in a group the one chosen there. It may ask the
// service, and is the wxid if the name is not known.
func (c *Context) SenderName() string {
	e := c.Event
	switch {
	case c.services.Names == nil || e.Sender == "":
		return e.Sender
	case e.Conversation.IsGroup():
		return c.services.Names.Member(c, e.AppID, e.Conversation.ID, e.Sender)
	}
	return c.services.Names.Contact(c, e.AppID, e.Sender)
}

// GroupName is the name of the group, empty outside of groups. It may ask the service, and is the
// id if the name is not known.
func (c *Context) GroupName() string {
	conv := c.Event.Conversation
	switch {
	case !conv.IsGroup():
		return ""
	case c.services.Names == nil || conv.ID == "":
		return conv.ID
	}
	return c.services.Names.Contact(c, c.Event.AppID, conv.ID)
}

// Route is the name of the route whose handler runs; empty in the router's middleware before a
// route is found.
func (c *Context) Route() string {
	if c.route == nil {
		return ""
	}
	return c.route.name
}

// Logger names the route, the kind and the conversation in each line. Do not log message text with
// it.
func (c *Context) Logger() *zap.Logger {
	e := c.Event
	log := c.services.Logger.With(
		zap.String("kind", string(e.Kind())), zap.String("account", e.AppID), zap.String("conversation", e.Conversation.ID),
		zap.String("event", e.Key()),
	)
	if route := c.Route(); route != "" {
		log = log.With(zap.String("route", route))
	}
	return log
}

// API is the client of the service, for questions. Messages go out by Reply, Send and Forward:
// these are counted and paced, calls by the client are not.
func (c *Context) API() *api.Client { return c.services.Client }

// Drop notes why a middleware stops the event, for logs and counters. The middleware returns nil
// then.
func (c *Context) Drop(reason string) { c.run.outcome.Dropped = reason }

// Outcome is the outcome of the event so far.
func (c *Context) Outcome() Outcome { return c.run.outcome }
