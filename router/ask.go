package router

import (
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The errors of a question. A handler returns them as they are; none of the first three counts as a
// failure.
var (
	// ErrWaiting means that the answer is not there yet: the handler must return, and runs again
	// when it is.
	ErrWaiting = errors.New("router: waiting for an answer")
	// ErrCancelled means that the answer was a cancel word.
	ErrCancelled = errors.New("router: the form was cancelled")
	// ErrTooManyTries means that no answer was valid.
	ErrTooManyTries = errors.New("router: no valid answer in the tries allowed")
	// ErrFormTooLarge means that the messages of a form are more than the state can hold. The form
	// has ended.
	ErrFormTooLarge = errors.New("router: the form is too large to be kept: ask for fewer or smaller messages")
	// ErrCannotAsk means that a middleware or an observer asks, or a handler its sender after it
	// has asked another person: only the handler of a route can run again, and where the one
	// waits whom it has asked last.
	ErrCannotAsk = errors.New("router: only the handler of a route can ask, and not the sender after another person")
)

// Ask sends a question, and returns what the sender of the event answers to it in this
// conversation, without white space around it.
//
// Nothing waits in the meantime: while the answer is not there, Ask returns ErrWaiting, and the
// handler must return that. When the answer comes, in a minute or after a restart, perhaps in
// another process, the handler runs again from its start with the event that it began with:
// questions that are answered return at once, and what was sent is not sent again. Up to its last
// question a handler must therefore do the same in each run; what must happen only once, or may
// have another result, belongs in Once or Remember.
//
// An answer is a text, also one that quotes the question. It goes to the form before any route sees
// it, commands included, unless it is a cancel word, which ends the form with ErrCancelled. Other
// kinds of messages, and what others in the group say, are handled as usual. A handler may ask from
// a route only, and the name of the route is stored: give it one by Named, or the form ends when a
// new version of the program has the handler on another line.
//
// An empty prompt sends nothing, for a question that was asked in other ways.
func (c *Context) Ask(prompt string, options ...AskOption) (string, error) {
	s, err := c.ask(prompt, newQuestion("", options))
	return s.Text, err
}

// AskFor is Ask for a message of another kind: a picture, a file. Texts are handled as usual then,
// except for the cancel words, and those of OrWords, to which the answer is nil.
//
//	photo, err := router.AskFor[*xmlmsg.Image](c, "发一张截图")
func AskFor[P xmlmsg.Payload](c *Context, prompt string, options ...AskOption) (P, error) {
	var payload P
	s, err := c.ask(prompt, newQuestion(payload.Kind(), options))
	if err != nil || s.Body == nil {
		return payload, err
	}
	e, err := eventOf(c.run.journal.Form(), s.Body)
	if err != nil {
		return payload, err
	}
	payload, ok := e.Payload().(P)
	if !ok {
		return payload, fmt.Errorf("router: form: the answer was %s before, and is asked for as another kind now", e.Kind())
	}
	return payload, nil
}

// AskForFile is AskFor for a message with a file, such as xmlmsg.KindImage or xmlmsg.KindFile, and
// downloads it, as Download does; into are options of the download. A file that cannot be had is a
// *FileError. The answer is taken all the same: ask again for another one, or return the error to
// have the download tried again.
func (c *Context) AskForFile(kind xmlmsg.Kind, prompt string, into []media.Option, options ...AskOption) (*media.File, error) {
	s, err := c.ask(prompt, newQuestion(kind, options))
	if err != nil || s.Body == nil {
		return nil, err
	}
	e, err := eventOf(c.run.journal.Form(), s.Body)
	if err != nil {
		return nil, err
	}
	file, err := c.download(e, into)
	if err != nil && c.Err() == nil {
		err = &FileError{err}
	}
	return file, err
}

// FileError is why the file of an answer cannot be had.
type FileError struct{ Err error }

// Error is the cause.
func (e *FileError) Error() string { return "router: the file of an answer: " + e.Err.Error() }

// Unwrap is the cause.
func (e *FileError) Unwrap() error { return e.Err }

// ask answers a question from the journal, or sends it and waits.
func (c *Context) ask(prompt string, q *question) (journal.Step, error) {
	if err := c.mayAsk(); err != nil {
		return journal.Step{}, err
	}
	j := &c.run.journal
	if j.Form() == nil {
		j.Begin(c.newForm())
	}
	if s, ok := j.Step(c.Route()); ok {
		return s, stepError(s)
	}
	if !j.Asked(c.Route()) {
		if err := c.prompt(prompt, q.mention); err != nil {
			return journal.Step{}, err
		}
	}
	if j.Form().Answer == nil {
		return journal.Step{}, c.wait(q)
	}
	return c.take(prompt, q)
}

// mayAsk returns why the handler cannot ask.
func (c *Context) mayAsk() error {
	switch {
	case c.services.State == nil:
		return ErrNoState
	case c.route == nil || c.route.observer || c.route.kind == selfKind || c.run.askedOther:
		return ErrCannotAsk
	case c.run.journal.Waiting():
		return ErrWaiting
	case c.Event.Sender == "":
		return ErrNoConversation
	}
	_, err := c.answerTo()
	return err
}

func (c *Context) prompt(text string, mention bool) error {
	switch {
	case text == "":
		return nil
	case mention:
		return c.ReplyAt(text)
	}
	return c.Reply(text)
}

// wait stores the question until its answer comes.
func (c *Context) wait(q *question) error {
	err := c.run.journal.Wait(c, journal.Question{
		AskedAt: c.askedAt(), TooLong: q.tooLong, Mention: q.mention, Kind: string(q.kind), Cancel: q.cancel, Words: q.words,
		Timeout: q.timeout, OnTimeout: q.onTimeout,
	})
	if err != nil {
		return formError(err)
	}
	return ErrWaiting
}

// askedAt is when the question was sent, by the clock of the service, which also dates the answer;
// zero if that is unknown.
func (c *Context) askedAt() time.Time {
	if sent := c.run.journal.Last(); sent != nil && sent.CreateTime != 0 {
		return time.Unix(int64(sent.CreateTime), 0) //nolint:gosec // Unix seconds
	}
	return time.Time{}
}
