package router

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/journal"
)

type form = journal.Form[api.SentMessage]

// journal is where forms and steps are stored.
func (c *Context) journal() journal.Journal[api.SentMessage] { return journalOf(&c.services) }

func journalOf(s *Services) journal.Journal[api.SentMessage] {
	return journal.Journal[api.SentMessage]{State: s.State, Clock: s.Clock}
}

// newForm is the form of a handler that asks its first question.
func (c *Context) newForm() *form {
	return &form{Route: c.Route(), Start: c.identity(), RunKey: c.values.Key, Wxid: c.Event.Wxid, Body: c.Event.Body}
}

// identity tells the event from all others, and is the same when it is delivered again.
func (c *Context) identity() string {
	if c.values.Key != "" {
		return c.values.Key
	}
	e := c.Event
	if id, err := callback.Identify(e.Body); err == nil && id.Key != "" {
		return id.Key
	}
	sum := sha256.Sum256(e.Body)
	return e.AppID + ":" + hex.EncodeToString(sum[:16])
}

// eventOf decodes a message of a form.
func eventOf(f *form, body []byte) (*callback.Event, error) {
	decoder := callback.Decoder{Wxid: func(string) string { return f.Wxid }}
	e, err := decoder.Decode(body)
	if err != nil {
		return nil, formError(err)
	}
	return e, nil
}

// formError says that an error is of a form; nil stays nil.
func formError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, journal.ErrTooLarge):
		return Permanent(fmt.Errorf("%w: %w", ErrFormTooLarge, err))
	}
	return fmt.Errorf("router: form: %w", err)
}

// endForm stores only that the form has ended.
func (c *Context) endForm(f *form) error { return formError(c.run.journal.End(c, f)) }

// settle ends the run of a route: what a form needs does not count as a failure.
func (c *Context) settle(err error) error {
	f := c.run.journal.Form()
	switch {
	case c.run.journal.Waiting():
		if err != nil && !errors.Is(err, ErrWaiting) {
			c.Logger().Error("a handler went on after its question, and failed", zap.Error(err))
		}
		return nil
	case f == nil:
		return err
	case err == nil, errors.Is(err, Next), errors.Is(err, ErrCancelled), errors.Is(err, ErrTooManyTries):
		return c.endForm(f)
	case errors.Is(err, ErrFormTooLarge):
		return errors.Join(err, c.endForm(f))
	}
	return err
}
