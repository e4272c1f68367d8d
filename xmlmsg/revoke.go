package xmlmsg

import (
	"strings"
	"unicode/utf8"
)

// Revoke says that the author or the owner of the group withdrew a message (system message
// revokemsg). A message that someone deletes on their own device causes none. Ids and text are
// empty if the client sends an empty element.
type Revoke struct {
	Session  string `json:"session"`                   // conversation
	MsgID    uint64 `json:"msg_id,string"`             // MsgId of the withdrawn message
	NewMsgID uint64 `json:"revoked_new_msg_id,string"` // NewMsgId of the withdrawn message
	Text     string `json:"text"`                      // as displayed on the phone
	OldMsgID uint64 `json:"old_msg_id,string"`         // of old clients
}

// Kind returns KindRevoke.
func (*Revoke) Kind() Kind { return KindRevoke }

// By is the name of who has withdrawn the message, as the notice says it; empty for the account
// itself, and where the notice says nothing. The callback does not always name the person.
func (r *Revoke) By() string {
	text := strings.TrimSpace(r.Text)
	for _, quotes := range []string{`""`, "“”", "「」"} {
		first, last := utf8.DecodeRuneInString(quotes)
		rest, found := strings.CutPrefix(text, string(first))
		if end := strings.LastIndex(rest, quotes[last:]); found && end > 0 {
			return rest[:end]
		}
	}
	return ""
}

func parseRevoke(r element) Payload {
	return &Revoke{
		Session: r.text("session"), MsgID: r.uint("msgid"), NewMsgID: r.uint("newmsgid"), Text: r.text("replacemsg"),
		OldMsgID: r.uint("oldmsgid"),
	}
}
