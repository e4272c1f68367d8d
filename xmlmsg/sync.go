package xmlmsg

// StatusSync is a message by which the devices of an account keep each other up to date about read
// and opened chats (MsgType 51). It occurs often. No person wrote it, and it does not say that
// somebody else has read a message.
type StatusSync struct {
	OpID     int    `json:"op_id"`    // 1 a chat was opened, 2 and 5 last message, others about what is unread
	Name     string `json:"name"`     // such as lastMessage or HandOffMaster
	Username string `json:"username"` // the chat
	Arg      string `json:"arg"`      // JSON or XML, by name
}

// Kind returns KindStatusSync.
func (*StatusSync) Kind() Kind { return KindStatusSync }

func parseStatusSync(doc element) Payload {
	op := doc.path("msg", "op")
	if !op.exists() {
		return nil
	}
	return &StatusSync{OpID: op.attrInt("id"), Name: op.text("name"), Username: op.text("username"), Arg: op.text("arg")}
}
