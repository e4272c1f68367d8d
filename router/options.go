package router

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
)

// NewMessage returns m as a send that answers no event: a proactive send, unless an option says
// otherwise.
func NewMessage(m api.Send, options ...SendOption) outbox.Message {
	var s sending
	s.apply(options)
	return s.message(outbox.Message{Send: m, Class: outbox.Proactive}, "")
}

// SendOption changes how a message goes out. It is an option of Forward, too.
type SendOption func(*sending)

type sending struct {
	key    string
	class  outbox.Class
	hold   string
	queued bool
	ttl    time.Duration
	split  int // runes; 0 means 800, less than 0 never
	parts  int // messages; 0 means 10, less than 0 no bound
}

func (s *sending) apply(options []SendOption) {
	for _, option := range options {
		option(s)
	}
}

func (option SendOption) forward(f *forwarding) { option(&f.sending) }

// Key identifies the send in the whole account, in place of event, route and ordinal: the same key
// is sent once, also by another event or another handler, as long as the ledger remembers it (7
// days after the outcome). Use it where a handler does not send the same in the same order each
// time it runs. A person passes the key to `hongyan outbox resend`, sent and drop.
func Key(key string) SendOption { return func(s *sending) { s.key = key } }

// Queued makes a send return when the ledger has the message, instead of when it has been sent: it
// goes out in its turn, also after a restart if the store is durable. Its ids are not known then.
func Queued() SendOption { return func(s *sending) { s.queued = true } }

// Hold keeps the message until a person lets it go with `hongyan outbox release`, or drops it. It
// implies Queued.
func Hold(reason string) SendOption {
	return func(s *sending) {
		s.hold = reason
		if reason == "" {
			s.hold = "held by the handler"
		}
	}
}

// TTL is how long the message may wait for its turn, instead of as long as the bot is configured
// for. One that waits longer expires: it is not sent. 0 or less changes nothing.
func TTL(d time.Duration) SendOption { return func(s *sending) { s.ttl = d } }

// AsAnswer makes a message an answer that would otherwise be a proactive send.
func AsAnswer() SendOption { return func(s *sending) { s.class = outbox.Answer } }

// AsProactive makes a message a proactive send that would otherwise be an answer: one message makes
// the bot write to many.
func AsProactive() SendOption { return func(s *sending) { s.class = outbox.Proactive } }

// defaultSplit is the number of characters above which a text is split.
const defaultSplit = 800

// SplitAt splits a text that has more than n characters at the ends of its sentences, instead of at
// 800; 0 never splits.
func SplitAt(n int) SendOption {
	return func(s *sending) {
		s.split = n
		if n <= 0 {
			s.split = -1
		}
	}
}

// defaultMaxParts is how many messages a text may be split into.
const defaultMaxParts = 10

// MaxParts lets a text be split into n messages at most, instead of 10; 0 or less
// means no bound. Of a text that needs more, nothing is sent, and the error is ErrTooManyParts.
func MaxParts(n int) SendOption {
	return func(s *sending) {
		s.parts = n
		if n <= 0 {
			s.parts = -1
		}
	}
}

// message applies the options to m. part distinguishes the messages that share a key given by the
// author.
func (s *sending) message(m outbox.Message, part string) outbox.Message {
	m.Hold, m.Queued, m.TTL = s.hold, s.queued, s.ttl
	if s.class != "" {
		m.Class = s.class
	}
	if s.key != "" {
		m.Key = outbox.AccountKey(api.AccountOf(m), s.key+part)
	}
	return m
}

// texts splits a text into the parts in which it goes out.
func (s *sending) texts(text string) ([]string, error) {
	if s.split < 0 {
		return []string{text}, nil
	}
	limit, most := cmp.Or(s.split, defaultSplit), cmp.Or(s.parts, defaultMaxParts)
	parts := split(text, limit)
	if most > 0 && len(parts) > most {
		return nil, Permanent(fmt.Errorf("%w: it would be %d of %d characters each, and %d are allowed: send less of it, or a file "+
			"(ReplyFile), or raise the bound with router.MaxParts", ErrTooManyParts, len(parts), limit, most))
	}
	return parts, nil
}

// partKey distinguishes the parts of a text that share a key given by the author.
func partKey(i int) string {
	if i == 0 {
		return ""
	}
	return "#" + strconv.Itoa(i+1)
}
