package router

import (
	"errors"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// take checks the answer, and closes the question or asks again.
func (c *Context) take(prompt string, q *question) (journal.Step, error) {
	f := c.run.journal.Form()
	e, err := eventOf(f, f.Answer)
	if err != nil {
		return journal.Step{}, err
	}
	answer := c.heard(e)
	said := answer.Said()
	if isCancel(&answer, q.cancel) {
		return c.answered(journal.Step{Error: ErrCancelled.Error()}, q.onCancel, q)
	}
	switch {
	case q.kind != "" && isCancel(&answer, q.words):
		return c.answered(journal.Step{Text: said}, "", q)
	case q.kind != "":
		return c.answered(journal.Step{Body: f.Answer}, "", q)
	}
	for _, check := range q.checks {
		sorry, ok := check(said)
		if ok {
			continue
		}
		f.Tries++
		if q.maxTries > 0 && f.Tries >= q.maxTries {
			return c.answered(journal.Step{Error: ErrTooManyTries.Error()}, q.onTries, q)
		}
		if sorry == "" {
			sorry = prompt
		}
		return journal.Step{}, c.askAgain(sorry, q)
	}
	return c.answered(journal.Step{Text: said}, "", q)
}

// askAgain waits for another answer.
func (c *Context) askAgain(sorry string, q *question) error {
	if err := c.prompt(sorry, q.mention); err != nil {
		return err
	}
	c.run.journal.Form().Answer = nil
	return c.wait(q)
}

// answered closes the question, and stores that before the handler goes on.
func (c *Context) answered(s journal.Step, text string, q *question) (journal.Step, error) {
	if err := c.prompt(text, q.mention); err != nil {
		return journal.Step{}, err
	}
	if err := formError(c.run.journal.Record(c, s)); err != nil {
		if s.Text != "" && errors.Is(err, ErrFormTooLarge) {
			return journal.Step{}, c.askAgain(q.tooLong, q)
		}
		return journal.Step{}, err
	}
	return s, stepError(s)
}

// stepError is why a question has no answer.
func stepError(s journal.Step) error {
	switch s.Error {
	case "":
		return nil
	case ErrCancelled.Error():
		return ErrCancelled
	}
	return ErrTooManyTries
}

// fits reports whether the event of c is of the kind that the open question of a form takes.
func (c *Context) fits(f *form) bool {
	if f.Kind == "" {
		return c.Said() != ""
	}
	return xmlmsg.Kind(f.Kind) == c.Event.Kind() || isCancel(&c.Subject, f.Cancel) || isCancel(&c.Subject, f.Words)
}
