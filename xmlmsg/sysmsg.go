package xmlmsg

import "strings"

// SysMsgType is the type of a system message (MsgType 10002): the word in <sysmsg type="…">, such as revokemsg or pat. Text may stand before the
// element. It is empty if there is none.
func SysMsgType(content string) string {
	_, rest, ok := strings.Cut(content, "<sysmsg")
	if !ok {
		return ""
	}
	tag, _, _ := strings.Cut(rest, ">")
	_, value, ok := strings.Cut(tag, "type")
	if !ok {
		return ""
	}
	value = strings.TrimLeft(value, " \t\r\n=")
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	word, _, _ := strings.Cut(value[1:], value[:1])
	return strings.TrimSpace(word)
}
