package channels

import (
	"encoding/json"
	"strconv"
	"strings"
)

// letter is a private letter.
type letter struct {
	ID      string
	From    string // v2_…@finder, or fv1_…@findermsgstranger
	To      string // own username
	Session string
	Text    string // empty if it is no text
}

// maxDepth bounds how deep a body is searched, maxLetters how many it may have.
const (
	maxDepth   = 8
	maxLetters = 100
)

// isEvent reports whether an event of a type may have letters.
func isEvent(typeName string) bool { return strings.HasPrefix(typeName, "Finder") }

// lettersOf finds the letters that the account has received in the body of a callback. The service
// does not document how they are posted, so this looks for a message beside the id of a session,
// however deep it lies: that is how the list of letters has them.
func lettersOf(body []byte) []letter {
	var found []letter
	search(body, maxDepth, &found)
	return found
}

func search(v json.RawMessage, depth int, found *[]letter) {
	if depth == 0 || len(*found) >= maxLetters {
		return
	}
	var list []json.RawMessage
	if json.Unmarshal(v, &list) == nil {
		for _, item := range list {
			search(item, depth-1, found)
		}
		return
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal(v, &inner) != nil {
		return
	}
	if l, ok := read(v, inner); ok {
		*found = append(*found, l)
		return
	}
	for _, key := range []string{"Data", "data", "list", "List", "content", "Content", "msg", "Msg"} {
		if item, ok := inner[key]; ok {
			search(item, depth-1, found)
		}
	}
}

// wrapped is a text as callbacks have it.
type wrapped struct {
	String string `json:"string"`
}

// read reads an object with a message and the id of its session.
func read(v json.RawMessage, inner map[string]json.RawMessage) (letter, bool) {
	var session string
	if json.Unmarshal(inner["msgSessionId"], &session) != nil || !strings.HasSuffix(session, "@findermsg") {
		return letter{}, false
	}
	message, within := inner["msg"]
	if !within {
		message = v
	}
	var m struct {
		NewMsgID json.RawMessage `json:"NewMsgId"`
		MsgType  json.RawMessage
		From     wrapped `json:"FromUserName"`
		To       wrapped `json:"ToUserName"`
		Content  wrapped
	}
	if json.Unmarshal(message, &m) != nil {
		return letter{}, false
	}
	id := number(m.NewMsgID)
	if number(inner["isSender"]) != 0 || id == 0 || m.From.String == "" || m.From.String == m.To.String {
		return letter{}, false
	}
	l := letter{ID: strconv.FormatUint(id, 10), From: m.From.String, To: m.To.String, Session: session}
	if number(m.MsgType) == 1 {
		l.Text = m.Content.String
	}
	return l, true
}

// number reads a number, or a number in a text; 0 for anything else.
func number(v json.RawMessage) uint64 {
	n, _ := strconv.ParseUint(strings.Trim(string(v), `"`), 10, 64)
	return n
}
