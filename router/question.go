package router

import (
	"time"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// defaultAskTimeout is how long a question waits for its answer.
const defaultAskTimeout = 10 * time.Minute

// defaultTooLong is what is sent when an answer is too long.
const defaultTooLong = "这条消息太长了，请缩短后再发一次"

// defaultOnCancel is what is sent when a form is cancelled.
const defaultOnCancel = "已取消"

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
	words     []string
	onCancel  string
	maxTries  int
	onTries   string
	mention   bool
	tooLong   string
}

type check func(text string) (sorry string, ok bool)

func newQuestion(kind xmlmsg.Kind, options []AskOption) *question {
	q := &question{kind: kind, timeout: defaultAskTimeout, cancel: defaultCancel(), onCancel: defaultOnCancel, tooLong: defaultTooLong}
	for _, option := range options {
		option(q)
	}
	return q
}

// Valid asks again, with the text sorry, until the check accepts the answer. The check returns
// whether the answer is valid, or an error that says why it is not; an empty sorry sends the text
// of that error, or the question again.
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

// Timeout is how long the question waits for each answer. Without it, and if d is 0 or less, that
// is 10 minutes. Then the form ends, without another run.
func Timeout(d time.Duration) AskOption {
	return func(q *question) {
		if d > 0 {
			q.timeout = d
		}
	}
}

// OnTimeout sends a text when there is no answer in time.
func OnTimeout(text string) AskOption { return func(q *question) { q.onTimeout = text } }

// CancelWords are the answers that end the form, instead of 取消 and cancel; without words no
// answer does. Capital and full-width letters, a slash before the word, signs after it and a
// mention of the account make no difference.
func CancelWords(words ...string) AskOption { return func(q *question) { q.cancel = words } }

// OrWords are texts that answer a question of AskFor or AskForFile as well, such as one that skips
// it: it returns nil then. They are compared like CancelWords.
func OrWords(words ...string) AskOption { return func(q *question) { q.words = words } }

// OnCancel is the answer to a cancel word, instead of 已取消; an empty text sends none.
func OnCancel(text string) AskOption { return func(q *question) { q.onCancel = text } }

// OnTooLong is the text for an answer that is too long to be stored; without, it is a sentence in
// Chinese. The question stays open. See store.MaxValue for how long all answers of a form may be.
func OnTooLong(text string) AskOption { return func(q *question) { q.tooLong = text } }

// MaxTries ends the form with ErrTooManyTries, and with the text unless it is empty, when n answers
// were not valid.
func MaxTries(n int, text string) AskOption {
	return func(q *question) { q.maxTries, q.onTries = n, text }
}

// Mention asks in a group with a mention of the person who is asked.
func Mention() AskOption { return func(q *question) { q.mention = true } }
