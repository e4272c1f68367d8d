// Package replay plays recorded callbacks into the virtual world of a simulator: the people of the
// recording say again what they said, as new messages, and a bot reacts to them.
package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Recording is the messages of a recording, in their order.
type Recording struct {
	said []said
	// LeftOut are the first of the lines that are no messages, and Left is how many there are.
	LeftOut []Line
	Left    int
	wxids   map[string]string // of the recorded accounts, by app id
}

// Line is a line of a recording that cannot be played, and why.
type Line struct {
	Line int    `json:"line"`
	Why  string `json:"why"`
}

// said is a message of a recording.
type said struct {
	line    int
	app     string
	chat    string // the group or the peer
	group   bool
	from    string // empty for a notice
	self    bool
	msgType int
	content string
	at      []string
	id      uint64 // NewMsgId
	short   uint64 // MsgId
	nick    string // of the sender, as the phone showed it; may be empty
	when    time.Time
}

// maxLeftOut bounds how many lines are named.
const maxLeftOut = 20

// ErrNothing means that a recording has no message.
var ErrNothing = errors.New("there is no message in it: " +
	"a recording has a callback of the service in each line, as hongyan record writes them")

// Read reads the text of a recording: a line of hongyan record in each line, or bare bodies. One
// body may also take several lines.
func Read(text []byte) (*Recording, error) {
	r := &Recording{wxids: map[string]string{}}
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if one := bytes.TrimSpace(text); json.Valid(one) {
		r.line(1, one)
	} else {
		n := 0
		for l := range bytes.Lines(text) {
			n++
			if l = bytes.TrimSpace(l); len(l) > 0 {
				r.line(n, l)
			}
		}
	}
	if len(r.said) == 0 {
		if len(r.LeftOut) > 0 {
			return nil, fmt.Errorf("%w; line %d: %s", ErrNothing, r.LeftOut[0].Line, r.LeftOut[0].Why)
		}
		return nil, ErrNothing
	}
	return r, nil
}

// Len returns how many messages there are.
func (r *Recording) Len() int { return len(r.said) }

func (r *Recording) leave(n int, why string) {
	if r.Left++; len(r.LeftOut) < maxLeftOut {
		r.LeftOut = append(r.LeftOut, Line{n, why})
	}
}

// line reads one line.
func (r *Recording) line(n int, text []byte) {
	var l record.Line
	body := text
	if json.Unmarshal(text, &l) == nil && (len(l.Body) > 0 || len(l.Base64) > 0) {
		if body = l.Body; len(body) == 0 {
			body = l.Base64
		}
	}
	decoder := callback.Decoder{Wxid: func(app string) string { return r.wxids[app] }}
	e, err := decoder.Decode(bytes.Clone(body))
	switch {
	case err != nil:
		r.leave(n, "it is not a callback of the service")
		return
	case !e.IsMessage():
		r.leave(n, "it is no message but "+string(e.Kind()))
		return
	case e.MsgType <= 0:
		r.leave(n, "the type of the message is not known")
		return
	case e.Conversation.ID == "":
		r.leave(n, "its chat is not known")
		return
	}
	if e.Wxid != "" {
		r.wxids[e.AppID] = e.Wxid
	}
	r.said = append(r.said, said{
		line: n, app: e.AppID, chat: e.Conversation.ID, group: e.Conversation.IsGroup(), from: e.Sender, self: e.Self, msgType: e.MsgType,
		content: e.Content, at: mentioned(e), id: e.NewMsgID, short: e.MsgID, nick: nickOf(e), when: moment(l.Received, e.Time),
	})
}

// moment returns when a message arrived, or else when it was sent.
func moment(received, sent time.Time) time.Time {
	if received.IsZero() {
		return sent
	}
	return received
}

// mentioned returns whom a message mentions.
func mentioned(e *callback.Event) []string {
	if t, is := e.Payload().(*xmlmsg.Text); is && len(t.At) > 0 {
		return t.At
	}
	switch {
	case e.AtMe() && e.Wxid != "":
		return []string{e.Wxid}
	case e.AtAll():
		return []string{xmlmsg.AtAll}
	}
	return nil
}

// maxNick is the longest name that is taken from a notification, in bytes.
const maxNick = 64

// nickOf returns the name in the notification of the phone: "nick : text".
func nickOf(e *callback.Event) string {
	nick, _, ok := bytes.Cut([]byte(e.Push), []byte(" : "))
	if !ok || e.Sender == "" || len(nick) > maxNick || bytes.ContainsFunc(nick, func(r rune) bool { return r < ' ' }) {
		return ""
	}
	return string(bytes.TrimSpace(nick))
}
