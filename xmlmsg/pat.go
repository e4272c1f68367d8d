package xmlmsg

// Pat says that one person patted another (拍一拍): a system message, or an app message of type 62.
// The actor is From; in groups, the envelope has no sender. It occurs for any two members of a
// group, not only when the account is patted.
type Pat struct {
	From     string `json:"from_user"`   // wxid
	Patted   string `json:"patted_user"` // wxid
	Chat     string `json:"chat"`        // the group; in private chats the account or the peer
	Suffix   string `json:"suffix"`      // text chosen by the patted person
	Template string `json:"template"`    // the text, with ${wxid} for people

	AppInfo // of the app message; zero for the system message
}

// Kind returns KindPat.
func (*Pat) Kind() Kind { return KindPat }

// parsePat reads the five fields that both forms share.
func parsePat(p element, info AppInfo) Payload {
	return &Pat{
		AppInfo: info,
		From:    p.text("fromusername"), Patted: p.text("pattedusername"), Chat: p.text("chatusername"), Suffix: p.text("patsuffix"),
		Template: p.text("template"),
	}
}

func parseAppPat(app element, info AppInfo) Payload {
	if p := app.child("patinfo"); p.text("fromusername") != "" {
		return parsePat(p, info)
	}
	m := app.child("patMsg")
	record := m.child("records").child("record")
	return &Pat{
		AppInfo: info,
		From:    record.text("fromUser"), Patted: record.text("pattedUser"), Chat: m.text("chatUser"), Suffix: record.text("patSuffix"),
		Template: record.firstText("templete", "template"),
	}
}
