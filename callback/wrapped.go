package callback

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// data is the Data member of the wrapped dialect, for messages and contact events.
type data struct {
	present bool // Data was an object
	dataFields
}

type dataFields struct {
	MsgID        id      `json:"MsgId"`
	NewMsgID     id      `json:"NewMsgId"`
	MsgSeq       integer `json:"MsgSeq"`
	MsgType      integer `json:"MsgType"`
	FromUserName text    `json:"FromUserName"`
	ToUserName   text    `json:"ToUserName"`
	Content      text    `json:"Content"`
	Status       integer `json:"Status"`
	CreateTime   integer `json:"CreateTime"`
	MsgSource    text    `json:"MsgSource"`
	PushContent  text    `json:"PushContent"`
	ImgBuf       buffer  `json:"ImgBuf"`

	contactFields
}

// buffer is an ImgBuf: {"iLen": n, "buffer": "<base64>"}.
type buffer string

// UnmarshalJSONFrom reads any JSON value; one without a buffer is "".
func (b *buffer) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	return readObject(dec, "buffer", func() error {
		s, err := readScalar(dec)
		*b = buffer(s)
		return err
	})
}

// UnmarshalJSONFrom reads an object; any other value counts as absent.
func (d *data) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	d.present = true
	return json.UnmarshalDecode(dec, &d.dataFields)
}

// wrapped decodes a body of the wrapped dialect.
func (d *Decoder) wrapped(e *Event, b *body) (*Event, error) {
	e.Dialect = Wrapped
	e.TypeName = string(b.TypeName)
	data := &b.Data
	switch e.TypeName {
	case "AddMsg", "":
		if !data.present {
			if e.TypeName == "" {
				return e.unknown(), nil
			}
			return nil, ErrNoData
		}
	case "ModContacts":
		return e.contactModified(&data.contactFields), nil
	case "DelContacts":
		return e.contactDeleted(string(data.UserName)), nil
	case "Offline":
		return e.offline(""), nil
	default:
		return e.unknown(), nil
	}

	e.MsgID, e.NewMsgID, e.MsgSeq = uint64(data.MsgID), uint64(data.NewMsgID), int64(data.MsgSeq)
	e.MsgType, e.Status = int(data.MsgType), int(data.Status)
	e.From, e.To = string(data.FromUserName), string(data.ToUserName)
	e.Content, e.Source, e.Push = string(data.Content), string(data.MsgSource), string(data.PushContent)
	e.buffer = string(data.ImgBuf)
	e.Time = unixTime(int64(data.CreateTime))
	if e.isProbe() {
		return e.ping(""), nil
	}
	e.address(envelope{wxid: e.Wxid, from: e.From, to: e.To})
	return e, nil
}

// address determines the sender and the conversation of a message. From and To of the envelope are
// not enough: in a group the content starts with its author, and the account's own messages have
// three forms.
func (e *Event) address(v envelope) {
	e.Conversation = v.conversation()
	e.Sender = e.From
	if e.Conversation.Type == Group {
		e.author()
	}
	if e.MsgType != msgTypeText && e.MsgType != msgTypeNotice && e.MsgType != msgTypeUnknown {
		e.Content = xmlmsg.Plain(e.Content)
	}
	e.Self = e.Sender != "" && e.Sender == e.Wxid || v.self
	e.correct()
}

// author removes the author from the content of a group message, if the content starts with one.
func (e *Event) author() {
	author, body := xmlmsg.CutAuthor(e.Content, e.MsgType)
	if e.MsgType != msgTypeText {
		body = strings.TrimLeft(body, "\r\n")
	}
	group := e.Conversation.ID
	switch {
	case e.From == group || e.From == "" || IsGroup(e.From): // only the content has the author
		e.Sender = ""
		if e.MsgType == msgTypeNotice {
			return // no prefix: the text may look like one
		}
		e.Content = body
		if author != group {
			e.Sender = author
		}
	case author != "" && (author == e.From || author == group):
		e.Content = body
	}
}

// unixTime converts seconds or, above 10^11, milliseconds.
func unixTime(n int64) time.Time {
	switch {
	case n <= 0:
		return time.Time{}
	case n > 1e11:
		return time.UnixMilli(n)
	}
	return time.Unix(n, 0)
}
