package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router/match"
)

// ErrTurnFull means that a turn takes no more messages.
var ErrTurnFull = errors.New("router: the turn is full")

// ErrNoBatch means that a turn has no handler: the program has no Batch of its name any more.
var ErrNoBatch = errors.New("router: no Batch of this name is registered")

// The bounds of a turn.
const (
	maxTurn      = 100      // messages
	maxTurnBytes = 96 << 10 // of their callbacks; a longer message is a turn of its own
	turnWaits    = 10       // a turn is handled after so many times its wait, however fast people write
)

// BatchPrefix begins the names of the tasks that turns are; the name of the route follows.
const BatchPrefix = "batch:"

// BatchOption changes a Batch.
type BatchOption func(*batch)

type batch struct {
	flush [][]match.Matcher
}

// FlushOn ends a turn at a message that all of the matchers match: the messages before it are
// handled at once, and it begins the next turn.
func FlushOn(ms ...match.Matcher) BatchOption {
	checkMatchers("FlushOn", ms)
	return func(b *batch) { b.flush = append(b.flush, ms) }
}

// turnMessage is a message of a turn as it is stored.
type turnMessage struct {
	Body     []byte    `json:"body"`
	Wxid     string    `json:"wxid,omitempty"`
	Received time.Time `json:"received,omitzero"`
	Spoken   bool      `json:"spoken,omitempty"`
}

// Batch registers a handler for what a person says in several messages, one soon after another. A
// turn ends when nothing more has come for the time wait, or after ten times that. The handler gets
// the messages in their order, each as the context of its own; c is that of the last.
//
//	b.Batch(router.BySender, 2*time.Second, answer,
//		router.FlushOn(match.Kind(xmlmsg.KindImage))).Named("chat")
//
// It takes the messages of people of all kinds, and consumes them. Each is stored when it comes, so
// a restart loses none; the turn is a task, and is retried like one. Turns are known by the name of
// the route: give it one by Named, as its place in the source changes. A handler of turns cannot
// Ask.
func (g *Group) Batch(by Scope, wait time.Duration, h func(c *Context, turn []*Context) error, options ...BatchOption) *Route {
	if h == nil || wait <= 0 {
		panic(fmt.Sprintf("router: the Batch at %s needs a handler, and a time to wait that is not 0", callSite()))
	}
	var b batch
	for _, option := range options {
		option(&b)
	}
	r := g.add(anyKind, false, func(c *Context) error { return b.collect(c, by, wait, h) }, nil)
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	r.turn, r.passes = h, true // notices pass
	return r
}

// collect adds the message of c to its turn.
func (b *batch) collect(c *Context, by Scope, wait time.Duration, h func(*Context, []*Context) error) error {
	if !c.Event.IsMessage() || c.Event.Sender == "" {
		return Next
	}
	m := turnMessage{Body: c.Event.Body, Wxid: c.Event.Wxid, Received: c.Received(), Spoken: c.Spoken()}
	if len(m.Body) > maxTurnBytes {
		return h(c, []*Context{c})
	}
	if c.services.Tasks == nil {
		return ErrNoTasks
	}
	return c.later(TaskRequest{ // nothing follows that could fail: the ID alone makes it safe to run again
		Name: BatchPrefix + c.Route(), Key: keyOf(c, by), Delay: wait, Most: turnWaits * wait,
		Data: []turnMessage{m}, Merge: addToTurn, Flush: b.ends(c), ID: c.requestID("turn"),
	})
}

// ends reports whether the message of c ends the turn before it.
func (b *batch) ends(c *Context) bool {
	for _, ms := range b.flush {
		all := true
		for _, m := range ms {
			all = all && m.Match(&c.Subject)
		}
		if all {
			return true
		}
	}
	return false
}

// addToTurn adds messages to those that are stored.
func addToTurn(earlier json.RawMessage, data any) (json.RawMessage, error) {
	var turn []turnMessage
	if err := json.Unmarshal(earlier, &turn); err != nil {
		return nil, fmt.Errorf("router: a turn cannot be read: %w", err)
	}
	turn = append(turn, data.([]turnMessage)...)
	size := 0
	for _, m := range turn {
		size += len(m.Body)
	}
	if len(turn) > maxTurn || size > maxTurnBytes {
		return nil, ErrTurnFull
	}
	return json.Marshal(turn) //nolint:wrapcheck // plain values
}

// HasBatch reports whether a route collects the turns that are the tasks of a name.
func (r *Router) HasBatch(task string) bool { return r.compiled().batch(task) != nil }

// BatchOff reports whether a turn waits because its route is switched off in the chat of its
// messages; see OnlyIf.
func (r *Router) BatchOff(task string, e *callback.Event) bool {
	route := r.compiled().batch(task)
	return route != nil && route.off(e)
}

// batch is the route whose turns are the tasks of a name; nil if there is none.
func (t *table) batch(task string) *Route {
	name, _ := strings.CutPrefix(task, BatchPrefix)
	for _, r := range t.routes {
		if r.turn != nil && r.name == name {
			return r
		}
	}
	return nil
}

// RunBatch handles a turn, by its task. wrap is what runs around the handler.
func (r *Router) RunBatch(
	ctx context.Context, task string, data json.RawMessage, s Services, values Run, wrap func(Handler) Handler,
) (Outcome, error) {
	route := r.compiled().batch(task)
	if route == nil {
		return Outcome{}, ErrNoBatch
	}
	var turn []turnMessage
	err := json.Unmarshal(data, &turn)
	if err == nil && len(turn) == 0 {
		err = errors.New("it has no messages")
	}
	if err != nil {
		return Outcome{}, Permanent(fmt.Errorf("router: a turn of %s cannot be read: %w", route.name, err))
	}
	once := *route
	once.observer = true // it cannot ask
	contexts := make([]*Context, len(turn))
	for i, m := range turn {
		decoder := callback.Decoder{Wxid: func(string) string { return m.Wxid }}
		e, err := decoder.Decode(m.Body)
		if err != nil {
			return Outcome{}, Permanent(fmt.Errorf("router: a turn of %s: %w", route.name, err))
		}
		values.Received, values.Spoken = m.Received, m.Spoken
		contexts[i] = newContext(ctx, r, e, s, values)
		contexts[i].run, contexts[i].route = contexts[0].run, &once
	}
	last := contexts[len(contexts)-1]
	last.run.outcome.Route, last.run.task = route.name, true
	err = wrap(func(c *Context) error {
		for i := range contexts {
			contexts[i] = contexts[i].WithContext(c.Context)
		}
		contexts[len(contexts)-1] = c
		return route.turn(c, contexts)
	})(last.on(&once))
	return last.run.outcome, err
}
