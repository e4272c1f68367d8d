package router

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// resume takes an answer to the form that waits for it, and runs its handler again. It reports false for events that are no answer.
func (t *table) resume(c *Context) (bool, error) {
	e := c.Event
	if c.services.State == nil || !e.IsMessage() || e.Sender == "" || e.Conversation.ID == "" {
		return false, nil
	}
	f, err := c.openForm()
	if f == nil || err != nil {
		return false, err
	}
	id := c.identity()
	again := id == f.Start || id == f.Last // the process died before it could say that the event was handled
	switch {
	case f.Status == formDone, f.Status == formExpiring:
		if again {
			c.run.outcome.Route = f.Route
		}
		return again, nil
	case again:
	case f.Status == formFailed:
		return false, nil
	case f.Status == formRunning: // conversations are in order: the run before this event was given up, and may be a dead letter
		c.Logger().Warn("a form has ended: its handler failed", zap.String("form", f.Route))
		f.Status = formFailed
		c.run.journal.revision, err = f.save(c, c.services, formKey(e), c.run.journal.revision)
		return false, err
	case c.written().After(f.Deadline):
		c.run.journal.revision, err = expire(c, c.services, formKey(e), f, c.run.journal.revision)
		return false, err
	case !f.takes(c), f.precedes(e):
		return false, nil
	}
	return t.rerun(c, f, id, again)
}

// written is when the message was written, as far as that is known: an answer in time may arrive late.
func (c *Context) written() time.Time {
	now := c.services.now()
	if at := c.Event.Time; !at.IsZero() && at.Before(now) {
		return at
	}
	return now
}

// openForm reads the form of the sender in this conversation; nil if there is none.
func (c *Context) openForm() (*form, error) {
	key := formKey(c.Event)
	entry, err := c.services.State.Get(c, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("router: form: %w", err)
	}
	c.run.journal.revision = entry.Revision
	f := &form{}
	if err := json.Unmarshal(entry.Value, f); err != nil { // of a later version of this program
		c.Logger().Error("a form cannot be read, and is left alone", zap.Error(err))
		return nil, nil
	}
	return f, nil
}

// rerun keeps the answer and runs the handler again.
func (t *table) rerun(c *Context, f *form, id string, again bool) (bool, error) {
	first, err := f.event(f.Body)
	if err != nil {
		return false, err
	}
	services := c.services
	services.RunKey = f.RunKey
	run := newContext(c.Context, c.router, first, services)
	run.run = c.run
	route := t.named(f.Route, run)
	if route == nil {
		c.Logger().Warn("a form has ended: this version of the program has no route of its name. Routes that ask should be Named",
			zap.String("form", f.Route))
		return again, c.endForm(f)
	}
	j := &c.run.journal
	j.form, j.sends = f, f.Sends
	if !again {
		revision, open := j.revision, *f
		f.Status, f.Answer, f.Last, f.Deadline = formRunning, c.Event.Body, id, time.Time{}
		if j.revision, err = f.save(c, c.services, formKey(c.Event), revision); err != nil {
			j.revision = revision
			if errors.Is(err, ErrFormTooLarge) {
				c.route = route
				return true, c.refuse(&open, err)
			}
			return false, err
		}
	}
	c.run.outcome.Route = route.name
	return true, c.settle(route.serve(run.on(route)))
}

// roomForAnswer is how many bytes a form must have left for another answer to make sense.
const roomForAnswer = 16 << 10

// refuse says that an answer is too long, and leaves the form as it is. A form that is full ends: every later answer would fail as well.
func (c *Context) refuse(open *form, err error) error {
	if data, _ := json.Marshal(open); len(data)+roomForAnswer > store.MaxValue {
		return errors.Join(err, c.endForm(open))
	}
	c.run.outcome.Route = open.Route
	c.run.journal = journal{}
	return c.prompt(open.TooLong, &question{mention: open.Mention})
}

// named is the route of a name; of several the one that wants the event.
func (t *table) named(name string, c *Context) *Route {
	var found *Route
	for _, r := range t.routes {
		if r.name != name {
			continue
		}
		if r.accepts(c) {
			return r
		}
		if found == nil {
			found = r
		}
	}
	return found
}

// settle ends the run of a route: what a form needs is no failure.
func (c *Context) settle(err error) error {
	j := &c.run.journal
	switch {
	case j.waiting:
		if err != nil && !errors.Is(err, ErrWaiting) {
			c.Logger().Error("a handler went on after its question, and failed", zap.Error(err))
		}
		return nil
	case j.form == nil:
		return err
	case err == nil, errors.Is(err, Next), errors.Is(err, ErrCancelled), errors.Is(err, ErrTooManyTries):
		return c.endForm(j.form)
	case errors.Is(err, ErrFormTooLarge):
		return errors.Join(err, c.endForm(j.form))
	}
	return err
}

// endForm keeps only that the form has ended.
func (c *Context) endForm(f *form) error {
	f.end()
	j := &c.run.journal
	revision, err := f.save(c, c.services, formKey(c.Event), j.revision)
	if err != nil {
		return err
	}
	j.form, j.revision = nil, revision
	return nil
}

// TakenByForm tells whether an open form of an account takes the event as its answer, or has just taken it: several accounts of one bot may
// get the same message in a group, and have forms of their own there.
func (c *Context) TakenByForm(appID string) (bool, error) {
	e := c.Event
	if c.services.State == nil || !e.IsMessage() || e.Sender == "" || e.Conversation.ID == "" {
		return false, nil
	}
	entry, err := c.services.State.Get(c, "form/"+joinKey(appID, e.Conversation.ID, e.Sender))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("router: form: %w", err)
	}
	var f form
	readable := json.Unmarshal(entry.Value, &f) == nil // else it is of a later version of this program
	if readable && f.Status == formWaiting && !c.written().After(f.Deadline) && f.takes(c) && !f.precedes(e) {
		return true, nil
	}
	return readable && e.NewMsgID != 0 && strings.HasSuffix(f.Last, ":"+strconv.FormatUint(e.NewMsgID, 10)), nil
}
