package callback

import (
	"strconv"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The dialects.
const (
	wrapped = "wrapped" // TypeName, Appid, Wxid, Data with {"string": …} wrappers
	flat    = "flat"    // one flat object with msgType as a word
	control = "control" // a probe of the callback URL: never a message
)

// Event is one body that the service posted. Its exported fields come from the envelope and do not
// change; the payload is parsed on first use.
type Event struct {
	// Dialect is the shape of the body: "wrapped" (TypeName, Appid, Wxid, Data with {"string": …}),
	// "flat" (one object with msgType as a word), or "control" for a probe of the callback URL.
	Dialect  string
	TypeName string // "AddMsg", "ModContacts", "Offline" …, or the msgType word of the flat dialect

	AppID string // the account: the device id "wx_…" that the service gave it
	Wxid  string // the wxid of the account; may be empty

	MsgID    uint64 // short id, per account; voice download and revoke need it
	NewMsgID uint64 // the server's id: the identity of the message. Up to 2^64-1
	MsgSeq   int64  // grows per account, with gaps
	MsgType  int    // 1 text, 3 image, 49 app message …; for the flat dialect what its word stands for, or 0
	From, To string // as posted
	Status   int    // 3 ordinary, 4 system notices

	Conversation Conversation
	// Sender wrote the message. Empty for notices, which have no author.
	Sender string
	// Self is true for messages that the account itself wrote, on the phone or elsewhere.
	Self bool
	// Time is when the message was sent, to the second (flat: to the millisecond); zero if absent.
	Time time.Time

	// Content is text or XML without the group prefix, as the forward calls expect it.
	Content string
	// Source is the msgsource XML; often empty.
	Source string
	// Push is the text of the phone's notification: "nick : text" as a rule; often empty.
	Push string

	// Body is the whole body as posted, including unknown members.
	Body []byte

	special xmlmsg.Payload // the payload of events that are not messages
	buffer  string         // ImgBuf in base64
	limits  xmlmsg.Parser
	parse   sync.Once
	payload xmlmsg.Payload
}

// Payload returns the typed content: a *xmlmsg.Text, *xmlmsg.File …, or a type of this package for
// events that are not messages, such as *Ping and *Offline. It is never nil: content that cannot be
// parsed is a *xmlmsg.Raw. It is parsed at the first call; later calls, also from other goroutines,
// return the same value.
func (e *Event) Payload() xmlmsg.Payload {
	e.parse.Do(func() {
		if e.special != nil {
			e.payload = e.special
			return
		}
		e.payload = e.limits.Parse(xmlmsg.Message{
			Type: e.MsgType, Content: e.Content, Source: e.Source, Buffer: decodeBuffer(e.buffer),
		})
	})
	return e.payload
}

// Kind is the kind of the payload.
func (e *Event) Kind() xmlmsg.Kind { return e.Payload().Kind() }

// IsMessage reports whether the event is a message of a conversation, as opposed to a probe, a
// contact event or a state of the account.
func (e *Event) IsMessage() bool { return e.special == nil }

// Key identifies the message for deduplication: "Appid:NewMsgId". It is empty for events without an
// id.
func (e *Event) Key() string {
	if e.NewMsgID == 0 {
		return ""
	}
	return e.AppID + ":" + strconv.FormatUint(e.NewMsgID, 10)
}

// Age returns the age of the message at now, or 0 if it has no time. It is negative if the clock of
// this machine is slower than that of the service.
func (e *Event) Age(now time.Time) time.Duration {
	if e.Time.IsZero() {
		return 0
	}
	return now.Sub(e.Time)
}
