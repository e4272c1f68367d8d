package router

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The errors of a question. A handler returns them as they are; none of the first three counts as a failure.
var (
	// ErrWaiting means that the answer is not there yet: the handler must return, and runs again when it is.
	ErrWaiting = errors.New("router: waiting for an answer")
	// ErrCancelled means that the answer was a cancel word.
	ErrCancelled = errors.New("router: the form was cancelled")
	// ErrTooManyTries means that no answer was valid.
	ErrTooManyTries = errors.New("router: no valid answer in the tries allowed")
	// ErrFormTooLarge means that the messages of a form are more than the state can hold. The form has ended.
	ErrFormTooLarge = errors.New("router: the form is too large to be kept: ask for fewer or smaller messages")
	// ErrCannotAsk means that a middleware or an observer asks: only the handler of a route can run again.
	ErrCannotAsk = errors.New("router: only the handler of a route can ask")
)

// DefaultAskTimeout is how long a question waits for its answer.
const DefaultAskTimeout = 10 * time.Minute

// defaultCancel are the words that end a form.
func defaultCancel() []string { return []string{"取消", "cancel"} }

// AskOption changes a question.
type AskOption func(*question)

type question struct {
	kind      xmlmsg.Kind // empty: text
	checks    []check
	timeout   time.Duration
	onTimeout string
	cancel    []string
	onCancel  string
	maxTries  int
	onTries   string
	mention   bool
	tooLong   string
}

type check func(text string) (sorry string, ok bool)

// Valid asks again, with the text sorry, until the check agrees. The check returns whether the answer is valid, or an error that says why it is
// not; an empty sorry sends the text of that error, or the question again.
//
//	router.Valid(isPhone, "手机号不对，再输一次")
func Valid[F func(string) bool | func(string) error](f F, sorry string) AskOption {
	var c check
	switch f := any(f).(type) {
	case func(string) bool:
		c = func(text string) (string, bool) { return sorry, f(text) }
	case func(string) error:
		c = func(text string) (string, bool) {
			err := f(text)
			if err != nil && sorry == "" {
				return err.Error(), false
			}
			return sorry, err == nil
		}
	}
	return func(q *question) { q.checks = append(q.checks, c) }
}

// Timeout is how long the question waits for each answer; DefaultAskTimeout without it, and 0 or less too. Then the form ends, without another run.
func Timeout(d time.Duration) AskOption {
	return func(q *question) {
		if d > 0 {
			q.timeout = d
		}
	}
}

// OnTimeout sends a text when nobody has answered in time.
func OnTimeout(text string) AskOption { return func(q *question) { q.onTimeout = text } }

// CancelWords are the answers that end the form, instead of 取消 and cancel; without a word none does. Capital and full-width
// letters, a slash before the word, signs after it and a mention of the account make no difference.
func CancelWords(words ...string) AskOption { return func(q *question) { q.cancel = words } }

// OnCancel sends a text when the form is cancelled.
func OnCancel(text string) AskOption { return func(q *question) { q.onCancel = text } }

// OnTooLong is the text for an answer that is too long to be kept, instead of DefaultTooLong. The question stays open. See store.MaxValue
// for how long all answers of a form may be.
func OnTooLong(text string) AskOption { return func(q *question) { q.tooLong = text } }

// DefaultTooLong is what is sent when an answer is too long.
const DefaultTooLong = "这条消息太长了，请缩短后再发一次"

// MaxTries ends the form with ErrTooManyTries, and with the text unless it is empty, when n answers were not valid.
func MaxTries(n int, text string) AskOption {
	return func(q *question) { q.maxTries, q.onTries = n, text }
}

// Mention asks in a group with a mention of the person who is asked.
func Mention() AskOption { return func(q *question) { q.mention = true } }

// Ask sends a question, and returns what the sender of the event answers to it in this conversation, without white space around it.
//
// Nobody waits in the meantime: while the answer is not there, Ask returns ErrWaiting, and the handler must return that. When the answer comes,
// in a minute or after a restart, perhaps in another process, the handler runs again from its start with the event that it began with:
// questions that are answered return at once, and what was sent is not sent again. Up to its last question a handler must therefore take the same
// way each time; what must happen only once, or may come out differently, belongs into Once or Remember.
//
// An answer is a text, also one that quotes the question. It goes to the form before any route sees it, commands included, unless it is a
// cancel word, which ends the form with ErrCancelled. Other kinds of messages, and what others in the group say, take their usual way. A
// handler may ask from a route only, and the name of the route is kept: give it one by Named, or the form ends when a new version of the
// program has the handler on another line.
//
// An empty prompt sends nothing, for a question that was asked in other ways.
func (c *Context) Ask(prompt string, options ...AskOption) (string, error) {
	s, err := c.ask(prompt, newQuestion("", options))
	return s.Text, err
}

// AskFor is Ask for a message of another kind: a picture, a file. Texts take their usual way then, but for the cancel words.
//
//	photo, err := router.AskFor[*xmlmsg.Image](c, "发一张截图")
func AskFor[P xmlmsg.Payload](c *Context, prompt string, options ...AskOption) (P, error) {
	var payload P
	s, err := c.ask(prompt, newQuestion(payload.Kind(), options))
	if err != nil {
		return payload, err
	}
	e, err := c.run.journal.form.event(s.Body)
	if err != nil {
		return payload, err
	}
	payload, ok := e.Payload().(P)
	if !ok {
		return payload, fmt.Errorf("router: form: the answer was %s before, and is asked for as another kind now", e.Kind())
	}
	return payload, nil
}

func newQuestion(kind xmlmsg.Kind, options []AskOption) *question {
	q := &question{kind: kind, timeout: DefaultAskTimeout, cancel: defaultCancel(), tooLong: DefaultTooLong}
	for _, option := range options {
		option(q)
	}
	return q
}

// ask answers a question from the journal, or sends it and waits.
func (c *Context) ask(prompt string, q *question) (step, error) {
	j := &c.run.journal
	if err := c.mayAsk(); err != nil {
		return step{}, err
	}
	if j.form == nil {
		j.form = &form{
			Route: c.Route(), Status: formRunning, Start: c.identity(), RunKey: c.services.RunKey, Wxid: c.Event.Wxid, Body: c.Event.Body,
		}
	}
	f := j.form
	j.steps++
	if j.steps <= len(f.Steps) {
		s := f.Steps[j.steps-1]
		c.run.skipTo(c.Route(), s.Sends)
		return s, s.err()
	}
	if f.Asked {
		c.run.skipTo(c.Route(), len(f.Sends))
	} else if err := c.prompt(prompt, q); err != nil {
		return step{}, err
	}
	if f.Answer == nil {
		return step{}, c.wait(q)
	}
	return c.take(prompt, q)
}

// mayAsk tells why the handler cannot ask.
func (c *Context) mayAsk() error {
	switch {
	case c.services.State == nil:
		return ErrNoState
	case c.route == nil || c.route.observer:
		return ErrCannotAsk
	case c.run.journal.waiting:
		return ErrWaiting
	case c.Event.Sender == "":
		return ErrNoConversation
	}
	_, err := c.answerTo()
	return err
}

func (c *Context) prompt(text string, q *question) error {
	switch {
	case text == "":
		return nil
	case q.mention:
		return c.ReplyAt(text)
	}
	return c.Reply(text)
}

// take looks at the answer.
func (c *Context) take(prompt string, q *question) (step, error) {
	f := c.run.journal.form
	e, err := f.event(f.Answer)
	if err != nil {
		return step{}, err
	}
	answer := c.heard(e)
	said := answer.Said()
	if isCancel(&answer, q.cancel) {
		return c.answered(step{Error: ErrCancelled.Error()}, q.onCancel, q)
	}
	if q.kind != "" {
		return c.answered(step{Body: f.Answer}, "", q)
	}
	for _, check := range q.checks {
		sorry, ok := check(said)
		if ok {
			continue
		}
		f.Tries++
		if q.maxTries > 0 && f.Tries >= q.maxTries {
			return c.answered(step{Error: ErrTooManyTries.Error()}, q.onTries, q)
		}
		if sorry == "" {
			sorry = prompt
		}
		return step{}, c.askAgain(sorry, q)
	}
	return c.answered(step{Text: said}, "", q)
}

// askAgain waits for another answer.
func (c *Context) askAgain(sorry string, q *question) error {
	if err := c.prompt(sorry, q); err != nil {
		return err
	}
	c.run.journal.form.Answer = nil
	return c.wait(q)
}

// answered closes the question, and keeps that before the handler goes on.
func (c *Context) answered(s step, text string, q *question) (step, error) {
	if err := c.prompt(text, q); err != nil {
		return step{}, err
	}
	j := &c.run.journal
	f := j.form
	s.Sends = j.ordinal
	asked := *f
	f.Steps = append(f.Steps, s)
	f.Answer, f.Asked, f.Tries = nil, false, 0
	if err := c.saveForm(); err != nil {
		if s.Text != "" && errors.Is(err, ErrFormTooLarge) {
			*f = asked
			return step{}, c.askAgain(q.tooLong, q)
		}
		return step{}, err
	}
	return s, s.err()
}

// err is why there is no answer.
func (s step) err() error {
	switch s.Error {
	case "":
		return nil
	case ErrCancelled.Error():
		return ErrCancelled
	}
	return ErrTooManyTries
}

// wait keeps the form until the answer comes.
func (c *Context) wait(q *question) error {
	j := &c.run.journal
	f := j.form
	if f.Status != formWaiting { // else it is there already: the event came twice
		f.Status, f.Asked, f.Kind, f.Cancel, f.OnTimeout = formWaiting, true, q.kind, q.cancel, q.onTimeout
		f.AskedAt, f.TooLong, f.Mention = c.askedAt(), q.tooLong, q.mention
		f.Deadline, f.Patience = c.services.now().Add(q.timeout), q.timeout
		if err := remind(c, c.services, formKey(c.Event), f.Deadline); err != nil {
			return err
		}
		if err := c.saveForm(); err != nil {
			return err
		}
	}
	j.waiting = true
	return ErrWaiting
}

// askedAt is when the question was sent: by the clock of the service, which also dates the answer, unless that goes ahead of the own.
func (c *Context) askedAt() time.Time {
	j := &c.run.journal
	at := c.services.now()
	if n := j.ordinal; n > 0 && n <= len(j.sends) && j.sends[n-1].Sent != nil && j.sends[n-1].Sent.CreateTime != 0 {
		if sent := time.Unix(int64(j.sends[n-1].Sent.CreateTime), 0); sent.Before(at) { //nolint:gosec // Unix seconds
			at = sent
		}
	}
	return at
}

// isCancel tells whether a cancel word was said: with or without a slash before it, a mention, and signs after it.
func isCancel(s *match.Subject, words []string) bool {
	said := match.Fold(s.Said())
	command, rest := s.Command()
	for _, w := range words {
		w = match.Fold(strings.TrimSpace(w))
		if said == w {
			return true
		}
		if w = bare(w); w != "" && (bare(said) == w || rest == "" && bare(command) == w) {
			return true
		}
	}
	return false
}

// bare is a folded word without a slash before it and without the signs after it.
func bare(word string) string {
	return strings.TrimRightFunc(strings.TrimPrefix(word, "/"), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
