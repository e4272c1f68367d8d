package callback

import (
	"math"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// flat decodes a body of the flat dialect.
func (d *Decoder) flat(e *Event, b *body) (*Event, error) {
	e.Dialect = flat
	f := &b.flat
	e.TypeName = f.msgType.text()
	word := strings.ToUpper(e.TypeName)
	switch {
	case isOffline(word):
		return e.offline(e.TypeName), nil
	case isStatusWord(word):
		return e.status(e.TypeName), nil
	case word == modContacts:
		return e.contactModified(&contactFields{userName: f.fromUser}), nil
	case word == delContacts:
		return e.contactDeleted(f.fromUser.text()), nil
	}

	e.MsgID, e.NewMsgID = f.msgID.id(), f.newMsgID.id()
	e.From, e.To = f.fromUser.text(), f.toUser.text()
	e.Content, e.Source, e.Push = f.content.text(), f.msgSource.text(), f.pushContent.text()
	e.MsgType = msgTypeOf(word, e.Content)
	if at := f.atUserList.list(); e.Source == "" && len(at) > 0 {
		e.Source = "<msgsource><atuserlist>" + strings.Join(at, ",") + "</atuserlist></msgsource>"
	}
	e.Time = unixTime(f.createTime.integer())
	if e.isProbe() {
		return e.ping(""), nil
	}

	e.address(f.envelope(e.Wxid, e.From, e.To, e.Content))
	return e, nil
}

// envelope returns the members that determine the conversation. content may be only the start of
// the content.
func (f *flatFields) envelope(wxid, from, to, content string) envelope {
	v := envelope{wxid: wxid, from: from, to: to, group: f.fromGroup.text(), self: f.isSelf.flag()}
	if v.from != "" {
		author, _ := xmlmsg.CutAuthor(content, msgTypeUnknown)
		v.prefixed = author == v.from
	}
	return v
}

// The msgTypes of events about contacts, in upper case.
const (
	modContacts = "MOD_CONTACTS"
	delContacts = "DEL_CONTACTS"
)

func isContactWord(word string) bool { return word == modContacts || word == delContacts }

// isOffline reports whether an upper-case msgType means that the account is logged out.
func isOffline(word string) bool {
	return word == "LOGOUT" || word == "LOGIN_ERROR" || word == "OFFLINE"
}

// isStatusWord reports whether an upper-case msgType is a state of the connection.
func isStatusWord(word string) bool {
	switch word {
	case "LOGIN_SUCCESS", "RECONNECT_START", "RECONNECT_SUCCESS", "RECONNECT_FAIL", "RECONNECT_FAILED",
		"LONG_CONNECTED", "LONG_DISCONNECTED", "LONG_SUCCESS", "LONG_FAIL",
		"LONG_SERVE_START_SUCCESS", "LONG_SERVE_START_FAILURE", "LONG_SERVE_START_TIMEOUT", "LONG_SERVE_CLOSE":
		return true
	}
	return false
}

// msgTypeUnknown is the type of messages with an unknown word and a content that is not XML: they
// are raw.
const msgTypeUnknown = -1

// msgTypeOf returns the MsgType for an upper-case msgType word. 0 means that the content determines
// it.
func msgTypeOf(word, content string) int {
	switch word {
	case "TEXT":
		return 1
	case "IMAGE":
		return 3
	case "VOICE":
		return 34
	case "FRIEND_VERIFY":
		return 37
	case "CARD":
		return 42
	case "VIDEO":
		return 43
	case "EMOJI":
		return 47
	case "LOCATION":
		return 48
	case "FILE", "LINK", "MINI_PROGRAM", "QUOTE", "CHAT_RECORD", "TRANSFER", "RED_PACKET", "APP_MSG":
		return 49
	case "REVOKE_MSG", "PAT_MSG":
		return msgTypeSystem
	case "SYSTEM":
		if holds(content, "sysmsg") {
			return msgTypeSystem
		}
		return msgTypeNotice
	}
	if n := xmlmsg.ParseInt(word); n > 0 && n <= math.MaxInt32 { // some builds write the number of the wrapped dialect
		return int(n)
	}
	if !holds(content, "msg") && !holds(content, "sysmsg") {
		return msgTypeUnknown
	}
	return 0
}

// holds reports whether a content contains an element, which may be escaped.
func holds(content, element string) bool {
	return strings.Contains(content, "<"+element) || strings.Contains(content, "lt;"+element)
}
