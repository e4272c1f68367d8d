package xmlmsg

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

func parseRevoke(r element) Payload {
	return &Revoke{
		Session: r.text("session"), MsgID: r.uint("msgid"), NewMsgID: r.uint("newmsgid"), Text: r.text("replacemsg"),
		OldMsgID: r.uint("oldmsgid"),
	}
}
