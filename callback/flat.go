package callback

import "strings"

// flatFields are the members of the flat dialect, beside appid and wxid.
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

// flat makes an event of a body of the flat dialect.
func (d *Decoder) flat(e *Event, b *body) (*Event, error) {
	e.Dialect = Flat
	e.TypeName = string(b.MsgType)
	word := strings.ToUpper(e.TypeName)
	switch word {
	case "LOGOUT", "LOGIN_ERROR", "OFFLINE":
		return e.offline(e.TypeName), nil
	case "MOD_CONTACTS":
		return e.contactModified(&contactFields{UserName: b.FromUser}), nil
	case "DEL_CONTACTS":
		return e.contactDeleted(string(b.FromUser)), nil
	}
	if isStatusWord(word) {
		return e.status(e.TypeName), nil
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

	switch group := string(b.FromGroup); {
	case group != "": // form 1: the group is named, the content has no prefix
		e.Conversation = Conversation{Type: Group, ID: group}
		e.Sender = e.From
		if e.From == group {
			e.Sender = ""
		}
		if author, body, ok := cutPrefix(e.Content); ok && (author == e.From || author == group) {
			e.Content = body
			if author != group {
				e.Sender = author
			}
		}
		e.Self = e.Sender != "" && e.Sender == e.Wxid
		e.correct()
	case !IsGroup(e.From) && !IsGroup(e.To) && e.From != "" && strings.HasPrefix(e.Content, e.From+":\n"):
		// form 3: only the prefix tells that it was said in a group; which one, nobody knows
		e.Conversation = Conversation{Type: Group}
		e.Sender = e.From
		_, e.Content, _ = cutPrefix(e.Content)
		e.Self = e.Sender == e.Wxid
		e.correct()
	default: // form 2, and private messages: as in the wrapped dialect
		e.address()
	}
	e.Self = e.Self || bool(b.IsSelf)
	if e.Self && e.Conversation.Type != Group && e.Conversation.ID == e.From && e.To != "" {
		e.Conversation = conversationWith(e.To)
	}
	return e, nil
}

// isStatusWord tells whether an upper-case msgType is a state of the connection.
func isStatusWord(word string) bool {
	switch word {
	case "LOGIN_SUCCESS", "RECONNECT_START", "RECONNECT_SUCCESS", "RECONNECT_FAIL", "RECONNECT_FAILED",
		"LONG_CONNECTED", "LONG_DISCONNECTED", "LONG_SUCCESS", "LONG_FAIL",
		"LONG_SERVE_START_SUCCESS", "LONG_SERVE_START_FAILURE", "LONG_SERVE_START_TIMEOUT", "LONG_SERVE_CLOSE":
		return true
	}
	return false
}

// msgTypeUnknown is the type of messages whose word nobody knows, and whose content is no XML: they are raw.
const msgTypeUnknown = -1

// msgTypeOf is the MsgType that an upper-case msgType word stands for. 0 means that the content tells.
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
		if strings.Contains(content, "<sysmsg") {
			return msgTypeSystem
		}
		return msgTypeNotice
	}
	if !strings.Contains(content, "<msg") && !strings.Contains(content, "<sysmsg") {
		return msgTypeUnknown
	}
	return 0
}
