package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// Work is one run of what is not the handler of an event: a schedule, a task, a request from
// outside. It is a context.Context, also for [Store] and [NewChat]. Handlers of events have a
// [Context] instead.
type Work struct {
	context.Context //nolint:containedctx // a Work is a context.Context
	*work
}

// work is what the copies of a Work share.
type work struct {
	config  WorkConfig
	counts  counts
	answers answers
}

// WorkConfig says what a Work is. The zero value is work that nothing runs again.
type WorkConfig struct {
	// Services are those of the bot.
	Services Services
	// ID identifies the work: a run with the same ID is the same work again, and what it sends,
	// claims and appends is not done a second time. Empty means that it runs once.
	ID string
	// Plugin is the name of the plugin whose Store the work has; empty means the bot's own.
	Plugin string
	// Source names the sender in the ledger, and Event the message that the work comes from. Both
	// may be empty.
	Source, Event string
}

// NewWork begins a run. Call End at its end.
func NewWork(ctx context.Context, c WorkConfig) *Work {
	return &Work{Context: ctx, work: &work{config: c}}
}

// End ends the run with the error of its function. After an error the answers that Claim, Window
// and Cooldown gave are stored for the next run.
func (w *Work) End(err error) error {
	if err == nil {
		return nil
	}
	if kept := w.answers.keep(w, w.config.Services.State); kept != nil {
		return errors.Join(err, kept)
	}
	return err
}

// Store is the store of the plugin.
func (w *Work) Store() *Store { return NewStore(w.config.Services, w.config.Plugin) }

// Chat is a conversation of an account, by its id or its name; see [NewChat].
func (w *Work) Chat(account, id string) *Chat {
	return NewChat(w, w.config.Services, w.config.Plugin, account, id)
}

// Send sends a message, whose account must be set: a proactive send, unless AsAnswer says
// otherwise. Another run of the same work finds what it has sent by its place in the order of the
// sends, so it must send the same in the same order, or give Key.
func (w *Work) Send(m api.Send, options ...SendOption) (*api.SentMessage, error) {
	var s sending
	s.apply(options)
	return w.post(api.AccountOf(m), m, &s, "")
}

// Value implements context.Context. Contexts that are derived from the work are recognised by it.
func (w *Work) Value(key any) any {
	if key == (runsKey{}) {
		return w
	}
	return w.Context.Value(key)
}

func (w *Work) post(account string, m api.Send, s *sending, part string) (*api.SentMessage, error) {
	if err := w.ready(); err != nil {
		return nil, err
	}
	if account == "" {
		return nil, ErrNoAccount
	}
	message := outbox.Message{
		Send: api.WithAppID(m, account), Key: w.nextKey(), Class: outbox.Proactive, Source: w.config.Source, Event: w.config.Event,
	}
	sent, err := w.config.Services.Sender.Send(w, s.message(message, part))
	if err != nil {
		return nil, fmt.Errorf("router: send to %s: %w", api.TargetOf(m), err)
	}
	return sent, nil
}

func (w *Work) nextKey() string {
	n := w.counts.next("send")
	if w.config.ID == "" {
		return ""
	}
	return w.config.ID + "/" + strconv.Itoa(n)
}

func (w *Work) skip(n int) {
	for range n {
		w.nextKey()
	}
}

func (w *Work) ready() error {
	if w.config.Services.Sender == nil {
		return ErrNoSender
	}
	return nil
}

func (w *Work) with(ctx context.Context) runs { return &Work{Context: ctx, work: w.work} }

func (w *Work) base() *Services { return &w.config.Services }

func (w *Work) runID() string { return w.config.ID }

func (w *Work) claimant(what string) string {
	if w.config.ID == "" {
		return ""
	}
	return w.config.ID + "#" + strconv.Itoa(w.counts.next(what))
}

func (w *Work) remembered() *answers { return &w.answers }

// runs is work that may be run again: a *Context or a *Work.
type runs interface {
	context.Context
	// post sends a message, and skip leaves out the next n sends.
	post(account string, m api.Send, s *sending, part string) (*api.SentMessage, error)
	skip(n int)
	// ready returns why nothing can be sent.
	ready() error
	with(ctx context.Context) runs
	base() *Services
	// runID identifies the work, and is the same in each run; empty if there is only one.
	runID() string
	// claimant identifies the next call about something in the run; empty as runID.
	claimant(what string) string
	remembered() *answers
}

// runsKey is the key at which a context has its runs.
type runsKey struct{}

// runsOf is the work that a context belongs to; nil if there is none.
func runsOf(ctx context.Context) runs {
	r, ok := ctx.Value(runsKey{}).(runs)
	switch {
	case !ok:
		return nil
	case ctx != context.Context(r):
		return r.with(ctx)
	}
	return r
}

func (c *Context) base() *Services { return &c.services }

func (c *Context) runID() string { return c.identity() }

func (c *Context) claimant(what string) string {
	id := journal.Join(c.identity(), c.Route())
	return id + "#" + strconv.Itoa(c.run.counts.next(id+"\x00"+what))
}

func (c *Context) remembered() *answers { return &c.run.told }

// keepAnswers stores what Claim and the like answered, for a handler that runs again.
func (c *Context) keepAnswers(err error) error {
	if err == nil && !c.run.journal.Waiting() {
		return nil
	}
	if kept := c.run.told.keep(c, c.services.State); kept != nil {
		return errors.Join(err, kept)
	}
	return err
}

// counts counts how often a run does something.
type counts struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counts) next(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[what]++
	return c.n[what]
}

// answers are what a run was answered that another run must be answered again, by run and question.
// They are read when the first is needed, and written only if the run did not succeed: most runs
// have no other.
type answers struct {
	mu   sync.Mutex
	runs map[string]*runAnswers
}

type runAnswers struct {
	known map[string]json.RawMessage
	fresh bool
}

// keepAnswersFor is how long answers are stored: as long as the keys of the inbox.
const keepAnswersFor = 7 * 24 * time.Hour

// keepTime bounds the time for storing answers, whose handler may have no time left.
const keepTime = 10 * time.Second

func answersKey(id string) string { return "answers/" + journal.Join(id) }

// of returns the answers of a run.
func (a *answers) of(ctx context.Context, state store.State, id string) (*runAnswers, error) {
	if r := a.runs[id]; r != nil {
		return r, nil
	}
	r := &runAnswers{known: map[string]json.RawMessage{}}
	entry, err := state.Get(ctx, answersKey(id))
	if err == nil {
		err = json.Unmarshal(entry.Value, &r.known)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if a.runs == nil {
		a.runs = map[string]*runAnswers{}
	}
	a.runs[id] = r
	return r, nil
}

func (a *answers) keep(ctx context.Context, state store.State) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	var errs []error
	for id, r := range a.runs {
		if !r.fresh {
			continue
		}
		value, err := json.Marshal(r.known)
		if err == nil {
			_, err = state.Put(ctx, answersKey(id), value, keepAnswersFor)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("router: what the run was answered is not stored: %w", err))
			continue
		}
		r.fresh = false
	}
	return errors.Join(errs...)
}

// answered returns what an earlier run of the work of r was answered about a key, or else asks. by
// identifies the run, and which question about the key it is.
func answered[T any](ctx context.Context, r runs, key, by string, ask func() (T, error)) (value T, err error) {
	if by == "" {
		return ask()
	}
	question := key + " " + by
	a := r.remembered()
	a.mu.Lock()
	defer a.mu.Unlock()
	known, err := a.of(ctx, r.base().State, r.runID())
	if err != nil {
		return value, err
	}
	if raw, ok := known.known[question]; ok {
		err = json.Unmarshal(raw, &value)
		return value, err
	}
	if value, err = ask(); err != nil {
		return value, err
	}
	raw, err := json.Marshal(value)
	if err == nil {
		known.known[question], known.fresh = raw, true
	}
	return value, err
}
