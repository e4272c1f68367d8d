package router

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The errors of sending.
var (
	// ErrNoConversation means that the event came from no conversation to send to: it is not a
	// message, or its group is unknown.
	ErrNoConversation = errors.New("router: the event has no conversation to answer in")
	// ErrNotForwardable means that the service cannot forward this kind of message.
	ErrNotForwardable = errors.New("router: the message cannot be forwarded")
	// ErrNotRevocable means that a message cannot be withdrawn as its ids are not known: it is
	// still in the queue, or the answer of the service had none.
	ErrNotRevocable = errors.New("router: the ids of the message are not known")
	// ErrTooManyParts means that a text is too long for one answer: nothing of it was sent. See
	// MaxParts.
	ErrTooManyParts = errors.New("router: the text needs too many messages")
	// ErrNoSender means that the context was made without a Sender.
	ErrNoSender = errors.New("router: no Sender: messages cannot go out")
)

// Reply answers with a text in the conversation of the event; see Chat.SendText.
func (c *Context) Reply(text string, options ...SendOption) error {
	return c.Chat().SendText(text, options...)
}

// ReplySent is Reply that returns the message that was sent, for Revoke; of a text that was split
// it is the last part.
func (c *Context) ReplySent(text string, options ...SendOption) (*api.SentMessage, error) {
	return c.Chat().sendText(api.PostText{Content: text}, options)
}

// Replyf is Reply with a format as in fmt.Sprintf.
func (c *Context) Replyf(format string, args ...any) error {
	return c.Reply(fmt.Sprintf(format, args...))
}

// ReplyAt answers in a group with a text that mentions the sender; elsewhere it is Reply. A text
// that begins with the name of the sender, as a mention or as a word, gets no second one.
func (c *Context) ReplyAt(text string, options ...SendOption) error {
	ch := c.Chat()
	if ch.err != nil || !c.Event.Conversation.IsGroup() || c.Event.Sender == "" {
		return ch.SendText(text, options...)
	}
	return ch.Mention([]xmlmsg.Person{{Username: c.Event.Sender}}, cutName(text, c.SenderName()), options...)
}

// ReplyQuote answers with a text that quotes the message of the event; see Chat.Quote.
func (c *Context) ReplyQuote(text string, options ...SendOption) error {
	return c.Chat().Quote(c.Event, text, options...)
}

// cutName returns a text without a name at its beginning.
func cutName(text, name string) string {
	rest := strings.TrimLeftFunc(text, unicode.IsSpace)
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "@"), "＠")
	rest, named := strings.CutPrefix(rest, name)
	next, _ := utf8.DecodeRuneInString(rest)
	if !named || name == "" || rest != "" && (unicode.IsLetter(next) || unicode.IsDigit(next) || unicode.IsMark(next)) { // a longer name
		return text
	}
	return strings.TrimLeft(rest, "\u2005\u3000 \t\r\n,，:：")
}

// skip leaves out sends that depend on one that has failed. They keep their places, so that later
// sends have the same keys in the next run.
func (c *Context) skip(n int) {
	for range n {
		if _, place, known := c.nextSend(); known == nil {
			c.run.journal.Note(place, nil, errSkipped)
		}
	}
}

// errSkipped stands in the journal for a send that was left out.
var errSkipped = errors.New("router: the send before it failed")

// Send sends any message of package api through the account of the event. All sends of a handler
// pass here.
//
// It returns when the message was sent, with the answer of the service, or when it certainly or
// possibly was not. With Queued or Hold, and for a proactive send that must wait for the end of the
// quiet hours or of a limit, it returns before: the ids are 0 then.
//
// What goes to the conversation of the event is an answer, what goes elsewhere a proactive send;
// see AsAnswer and AsProactive.
//
// A handler that runs again, after a failure or a crash, finds what it has sent by the event, the
// route and the place in the order of its sends: that is not sent again. So it must send the same
// in the same order, or give Key.
func (c *Context) Send(m api.Send, options ...SendOption) (*api.SentMessage, error) {
	var s sending
	s.apply(options)
	return c.post(c.Event.AppID, m, &s, "")
}

func (c *Context) post(account string, m api.Send, s *sending, part string) (*api.SentMessage, error) {
	if c.services.Sender == nil {
		return nil, ErrNoSender
	}
	key, place, known := c.nextSend()
	switch {
	case c.run.journal.Waiting():
		return nil, ErrWaiting
	case known != nil:
		return earlier(known)
	}
	message := outbox.Message{
		Send: api.WithAppID(m, account), Key: key, Class: outbox.Proactive, Source: c.Route(), Event: c.Event.Key(),
	}
	answer := account == c.Event.AppID && api.TargetOf(m) == c.Event.Conversation.ID
	if answer && !c.values.Proactive {
		message.Class = outbox.Answer
	}
	sent, err := c.services.Sender.Send(c, s.message(message, part))
	c.run.journal.Note(place, sent, err)
	if err == nil || api.ExecutedOf(err) != api.ExecutedNo {
		c.run.sent(m, answer)
	}
	if err != nil {
		return nil, fmt.Errorf("router: send to %s: %w", api.TargetOf(m), err)
	}
	return sent, nil
}

// ready returns why nothing can be sent.
func (c *Context) ready() error {
	switch {
	case c.services.Sender == nil:
		return ErrNoSender
	case c.run.journal.Waiting():
		return ErrWaiting
	}
	return nil
}

func (c *Context) with(ctx context.Context) runs { return c.WithContext(ctx) }

// nextSend is the key of the next send of the route: event, route and ordinal. It is empty for an
// event without identity. known is the outcome of the send if an earlier run of a form has done it.
func (c *Context) nextSend() (key string, place int, known *sendResult) {
	id := c.values.Key
	if id == "" {
		id = c.Event.Key()
	}
	ordinal, place, known := c.run.journal.Next(c.Route())
	if id == "" {
		return "", place, known
	}
	return id + "/" + c.Route() + "/" + strconv.Itoa(ordinal), place, known
}

// maxAnswers bounds what a run remembers of its answers.
const maxAnswers = 10

// sent counts a send that was done, or may have been.
func (r *run) sent(m api.Send, answer bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcome.Sends++
	if !answer {
		return
	}
	if len(r.answers) == maxAnswers {
		r.answers = slices.Delete(r.answers, 0, 1)
	}
	r.answers = append(r.answers, m)
}

// Revoke withdraws a message that was sent by the account of the event. WeChat allows it for about
// two minutes.
func (c *Context) Revoke(sent *api.SentMessage) error {
	if c.services.Client == nil {
		return ErrNoSender
	}
	if sent == nil || sent.NewMsgID == 0 {
		return ErrNotRevocable
	}
	created := c.services.now()
	if sent.CreateTime != 0 {
		created = time.Unix(int64(sent.CreateTime), 0) //nolint:gosec // Unix seconds
	}
	err := c.services.Client.Message.RevokeMsg(c, api.RevokeMsg{
		AppID: c.Event.AppID, To: sent.To, MsgID: sent.MsgID, NewMsgID: sent.NewMsgID, Created: created,
	})
	if err != nil {
		return fmt.Errorf("router: revoke: %w", err)
	}
	return nil
}

func (c *Context) answerTo() (string, error) {
	if id := c.Event.Conversation.ID; id != "" && c.Event.IsMessage() {
		return id, nil
	}
	return "", ErrNoConversation
}
