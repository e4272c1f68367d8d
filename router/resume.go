package router

import (
	"errors"
	"slices"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/journal"
)

// hasForm reports whether an event can belong to a form.
func (c *Context) hasForm() bool {
	e := c.Event
	return c.services.State != nil && e.IsMessage() && e.Sender != "" && e.Conversation.ID != ""
}

func formKey(appID string, e *callback.Event) string {
	return journal.FormKey(appID, e.Conversation.ID, e.Sender)
}

// resume takes an answer to the form that waits for it, and runs its handler again. It reports
// false for events that are not an answer.
func (t *table) resume(c *Context) (bool, error) {
	if !c.hasForm() {
		return false, nil
	}
	other, err := c.readOther()
	if err != nil {
		return false, err
	}
	if other != nil && other.certain { // by its number, or as it was before
		return t.resumeOther(c, other)
	}
	resumed, err := t.resumeOwn(c)
	if resumed || err != nil || other == nil {
		return resumed, err
	}
	return t.resumeOther(c, other)
}

// resumeOwn is resume for a form that the sender has begun in this conversation.
func (t *table) resumeOwn(c *Context) (bool, error) {
	f, err := c.openForm(formKey(c.Event.AppID, c.Event))
	if f == nil || err != nil || c.run.listenOnly || t.offByName(f.Route, c.Event) {
		return false, err
	}
	m := journal.Message{ID: c.identity(), Written: c.Event.Time}
	verdict, err := c.run.journal.Judge(c, f, m, c.router.sayBy(c.services))
	if err != nil {
		return false, formError(err)
	}
	switch {
	case verdict == journal.Handled:
		c.run.outcome.Route = f.Route
		return true, nil
	case verdict == journal.Abandoned:
		c.Logger().Warn("a form has ended: its handler failed", zap.String("form", f.Route))
	case verdict == journal.Repeated, verdict == journal.InTime && c.fits(f):
		return t.rerun(c, f, m.ID, verdict == journal.Repeated)
	}
	return false, nil
}

// openForm reads a form; nil if there is none.
func (c *Context) openForm(key string) (*form, error) {
	f, err := c.run.journal.Open(c, c.journal(), key)
	if errors.Is(err, journal.ErrUnreadable) { // of a later version of this program
		c.Logger().Error("a form cannot be read, and is left alone", zap.Error(err))
		return nil, nil
	}
	return f, formError(err)
}

// rerun stores the answer, and runs the handler again.
func (t *table) rerun(c *Context, f *form, id string, again bool) (bool, error) {
	first, err := eventOf(f, f.Body)
	if err != nil {
		return false, err
	}
	values := c.values
	values.Key = f.RunKey
	run := newContext(c.Context, c.router, first, c.services, values)
	run.run = c.run
	route := t.named(f.Route, run)
	if route == nil {
		c.Logger().Warn("a form has ended: this version of the program has no route of its name. Routes that ask should be Named",
			zap.String("form", f.Route))
		return again, c.endForm(f)
	}
	if again {
		c.run.journal.Replay(f)
	} else if err := formError(c.run.journal.Accept(c, f, id, c.Event.Body)); err != nil {
		if errors.Is(err, ErrFormTooLarge) {
			c.route = route
			return true, c.refuse(f, err)
		}
		return false, err
	}
	c.run.outcome.Route = route.name
	return true, c.settle(route.serve(run.on(route)))
}

// refuse says that an answer is too long, and leaves the form as it is. A form that is full ends:
// every later answer would fail as well.
func (c *Context) refuse(f *form, err error) error {
	if f.Full() {
		return errors.Join(err, c.endForm(f))
	}
	c.run.outcome.Route = f.Route
	return c.prompt(f.TooLong, f.Mention)
}

// named is the route of a name; of several the one that wants the event.
func (t *table) named(name string, c *Context) *Route {
	var found *Route
	fresh := c.Subject
	for _, r := range slices.Concat(t.routes, t.selves) {
		if r.name != name {
			continue
		}
		if r.accepts(c, fresh) {
			return r
		}
		if found == nil {
			found = r
		}
	}
	return found
}
