package xmlmsg

import "strings"

// SysMsg is a system message (MsgType 10002) whose type has no payload type in this package: mostly
// commands to the client, which a bot ignores. Revokes, pats, notices of a group, to-dos, pinned
// messages, join requests, announcements and calls have types of their own and never arrive as a
// SysMsg.
type SysMsg struct {
	Type    string `json:"sysmsg_type"` // the word in <sysmsg type="…">
	Content string `json:"-"`           // unchanged
}

// Kind returns KindSysMsg.
func (*SysMsg) Kind() Kind { return KindSysMsg }

// SysMsgType returns the type of a system message (MsgType 10002): the word in <sysmsg type="…">,
// such as revokemsg or pat. Text may precede the element. The type is empty if there is none.
func SysMsgType(content string) string {
	_, rest, ok := strings.Cut(Plain(content), "<sysmsg")
	if !ok {
		return ""
	}
	end := tagEnd(rest, ">")
	if end < 0 {
		return ""
	}
	for rest = rest[:end]; ; {
		name, after, found := strings.Cut(rest, "=")
		after = strings.TrimLeft(after, " \t\r\n")
		if !found || after == "" || after[0] != '"' && after[0] != '\'' {
			return ""
		}
		value, behind, _ := strings.Cut(after[1:], after[:1])
		if strings.TrimSpace(name) == "type" {
			return strings.TrimSpace(unescape(value))
		}
		rest = behind
	}
}

// parseSysMsg reads a system message by its type. The element that it needs usually has the same
// name.
func (p Parser) parseSysMsg(doc element, m Message, depth int) Payload {
	sys := doc.child("sysmsg")
	if !sys.exists() {
		if doc.path("msg", "appmsg").exists() {
			return p.parseApp(doc, m, depth)
		}
		return nil
	}
	word := strings.TrimSpace(sys.attr("type"))
	body := sys.child(word)
	switch word {
	case "revokemsg":
		return parseRevoke(body)
	case "pat":
		return parsePat(body, AppInfo{})
	case "sysmsgtemplate", "delchatroommember", "paymsg":
		return parseSystem(sys, word)
	case "mmchatroombarannouncememt":
		return p.parseAnnouncement(body)
	case "roomtoolstips":
		return parseTodo(sys)
	case "mmchatroomtopmsg":
		return parseTopMessage(body)
	case "NewXmlChatRoomAccessVerifyApplication":
		return parseJoinRequest(body)
	case "ilinkvoip", "voipmt", "multivoip":
		return parseVoIPSysMsg(sys, word)
	}
	return &SysMsg{Type: word, Content: m.Content}
}
