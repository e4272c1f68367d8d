package xmlmsg

// Todo says that a to-do of a group was set or completed (system message roomtoolstips). The
// message that became the to-do arrived before, under its own kind.
type Todo struct {
	Op              int    `json:"op"`                        // 0 set, 1 done or withdrawn
	ID              string `json:"todo_id"`                   // related_msgid_<NewMsgId>
	Title           string `json:"title"`                     //
	Creator         string `json:"creator"`                   // wxid
	Operator        string `json:"operator"`                  // wxid
	RelatedNewMsgID uint64 `json:"related_new_msg_id,string"` // the message that became a to-do
	Scene           string `json:"scene"`                     // altertodo_set …
	Template        string `json:"template"`                  // the text, with ${wxid} for people
	Time            int64  `json:"time"`                      // Unix seconds
	Manager         string `json:"manager"`
	Replies         int    `json:"n_reply"`
}

// Kind returns KindTodo.
func (*Todo) Kind() Kind { return KindTodo }

func parseTodo(sys element) Payload {
	t := sys.child("todo")
	if !t.exists() {
		t = sys.child("roomtoolstips").child("todo")
	}
	return &Todo{
		Op: t.int("op"), ID: t.text("todoid"), Title: t.text("title"), Creator: t.text("creator"), Operator: t.text("oper"),
		RelatedNewMsgID: t.uint("related_msgid"), Scene: t.text("scene"), Template: t.text("template"), Time: t.int64("time"),
		Manager: t.text("manager"), Replies: t.int("nreply"),
	}
}

// TopMessage says that a message was pinned in a group, or unpinned (system message
// mmchatroomtopmsg). The message itself arrived before, under its own kind.
type TopMessage struct {
	Op       int    `json:"op"` // 1 pinned, 2 removed
	NewMsgID uint64 `json:"new_msg_id,string"`
	MsgType  int    `json:"top_msg_type"`
	Room     string `json:"room"`
	Username string `json:"username"` // who pinned or unpinned it
	Nickname string `json:"nickname"`
	ID       string `json:"id"`
}

// Kind returns KindTopMessage.
func (*TopMessage) Kind() Kind { return KindTopMessage }

func parseTopMessage(t element) Payload {
	return &TopMessage{
		Op: t.int("op"), NewMsgID: t.uint("newmsgid"), MsgType: t.int("msgtype"), Room: t.text("chatroomname"),
		Username: t.text("username"),
		Nickname: t.text("nickname"), ID: t.text("id"),
	}
}

// JoinRequest is a member's request to bring people into a group (system message
// NewXmlChatRoomAccessVerifyApplication). Only the owner and the administrators receive it, and
// only in groups where they must confirm invitations.
type JoinRequest struct {
	Text    string   `json:"text"`
	Room    string   `json:"room"`
	Ticket  string   `json:"ticket"`  // needed to approve; a secret
	Inviter string   `json:"inviter"` // wxid
	Reason  string   `json:"reason"`
	Members []Person `json:"members"`
}

// Person is a person named in a notice or a request. The username can be missing.
type Person struct {
	Username string `json:"username,omitzero"` // wxid
	Nickname string `json:"nickname"`
	HeadURL  string `json:"head_url,omitzero"`
}

// Kind returns KindJoinRequest.
func (*JoinRequest) Kind() Kind { return KindJoinRequest }

// String leaves the ticket out.
func (r *JoinRequest) String() string { return "join request of " + r.Inviter }

func parseJoinRequest(r element) Payload {
	link := r.child("link")
	return &JoinRequest{
		Text: r.text("text"), Room: r.text("RoomName"), Ticket: link.text("ticket"), Inviter: link.text("inviterusername"),
		Reason: link.text("invitationreason"), Members: people(link.child("memberlist")),
	}
}

// people reads the members in a memberlist.
func people(list element) []Person {
	var ps []Person
	for m := range list.children {
		switch m.name() {
		case "member":
			ps = append(ps, Person{Username: m.text("username"), Nickname: m.text("nickname"), HeadURL: m.url("headimgurl")})
		case "username": // delchatroommember has bare usernames
			ps = append(ps, Person{Username: m.value()})
		}
	}
	return ps
}
