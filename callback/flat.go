package callback

import (
	"math"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// flatFields holds the members of the flat dialect, except appid and wxid.
type flatFields struct {
	MsgID       id      `json:"msgId"`
	NewMsgID    id      `json:"newMsgId"`
	CreateTime  integer `json:"createTime"`
	FromUser    text    `json:"fromUser"`
	ToUser      text    `json:"toUser"`
	FromGroup   text    `json:"fromGroup"`
	IsSelf      flag    `json:"isSelf"`
	MsgType     text    `json:"msgType"`
	Content     text    `json:"content"`
	PushContent text    `json:"pushContent"`
	MsgSource   text    `json:"msgSource"`
	AtUserList  idList  `json:"atUserList"`
}

// flat decodes a body of the flat dialect.
func (d *Decoder) flat(e *Event, b *body) (*Event, error) {
	e.Dialect = Flat
	e.TypeName = string(b.MsgType)
	word := strings.ToUpper(e.TypeName)
	switch {
	case isOffline(word):
		return e.offline(e.TypeName), nil
	case isStatusWord(word):
		return e.status(e.TypeName), nil
	case word == modContacts:
		return e.contactModified(&contactFields{UserName: b.FromUser}), nil
	case word == delContacts:
		return e.contactDeleted(string(b.FromUser)), nil
	}

	e.MsgID, e.NewMsgID = uint64(b.MsgID), uint64(b.NewMsgID)
	e.From, e.To = string(b.FromUser), string(b.ToUser)
	e.Content, e.Source, e.Push = string(b.Content), string(b.MsgSource), string(b.PushContent)
	e.MsgType = msgTypeOf(word, e.Content)
	if e.Source == "" && len(b.AtUserList) > 0 {
		e.Source = "<msgsource><atuserlist>" + strings.Join(b.AtUserList, ",") + "</atuserlist></msgsource>"
	}
	e.Time = unixTime(int64(b.CreateTime))
	if e.isProbe() {
		return e.ping(""), nil
	}

	e.address(b.envelope(e.Wxid, e.Content))
	return e, nil
}

// envelope returns the members that determine the conversation. content may be only the start of
// the content.
func (f *flatFields) envelope(wxid, content string) envelope {
	v := envelope{wxid: wxid, from: string(f.FromUser), to: string(f.ToUser), group: string(f.FromGroup), self: bool(f.IsSelf)}
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
