package callback

import (
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// wrapped decodes a body of the wrapped dialect.
func (d *Decoder) wrapped(e *Event, b *body) (*Event, error) {
	e.Dialect = wrapped
	e.TypeName = b.typeName.word()
	data := &b.data
	switch e.TypeName {
	case "AddMsg", "":
		if !b.hasData {
			if e.TypeName == "" {
				return e.unknown(), nil
			}
			return nil, ErrNoData
		}
	case "ModContacts":
		return e.contactModified(&data.contact), nil
	case "DelContacts":
		return e.contactDeleted(data.contact.userName.text()), nil
	case "Offline":
		return e.offline(""), nil
	default:
		return e.unknown(), nil
	}

	e.MsgID, e.NewMsgID, e.MsgSeq = data.msgID.id(), data.newMsgID.id(), data.msgSeq.integer()
	e.MsgType, e.Status = int(data.msgType.integer()), int(data.status.integer())
	e.From, e.To = data.fromUserName.text(), data.toUserName.text()
	e.Content, e.Source, e.Push = data.content.text(), data.msgSource.text(), data.pushContent.text()
	e.buffer = data.imgBuf.member("buffer").scalar()
	e.Time = unixTime(data.createTime.integer())
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
