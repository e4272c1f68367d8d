package channels

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hongyan-go/hongyan/api"
)

// letter is a private letter.
type letter struct {
	ID      string
	From    string // v2_…@finder, or fv1_…@findermsgstranger
	To      string // own username
	Session string
	Text    string // empty if it is no text
	Time    int64  // Unix seconds
}

// maxDepth bounds how deep a body is searched, maxLetters how many it may have.
const (
	maxDepth   = 8
	maxLetters = 100
)

// text is the MsgType of a text.
const text = 1

// isEvent reports whether an event of a type may have letters.
func isEvent(typeName string) bool { return strings.HasPrefix(typeName, "Finder") }

// lettersOf finds the letters that the account has received in the body of a callback. The service
// does not document how they are posted, so this looks for a message beside the id of a session,
// however deep it lies: that is how the list of letters has them.
func lettersOf(body []byte) []letter {
	var found []letter
	search(jsontext.Value(body), maxDepth, &found)
	return found
}

func search(v jsontext.Value, depth int, found *[]letter) {
	if depth == 0 || len(*found) >= maxLetters {
		return
	}
	switch v.Kind() {
	case '[':
		var list []jsontext.Value
		if json.Unmarshal(v, &list) == nil {
			for _, item := range list {
				search(item, depth-1, found)
			}
		}
	case '{':
		var inner map[string]jsontext.Value
		if json.Unmarshal(v, &inner, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
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
}

// read reads an object with a message and the id of its session.
func read(v jsontext.Value, inner map[string]jsontext.Value) (letter, bool) {
	var session string
	if json.Unmarshal(inner["msgSessionId"], &session) != nil || !strings.HasSuffix(session, "@findermsg") {
		return letter{}, false
	}
	message, within := inner["msg"]
	if !within {
		message = v
	}
	var m api.FinderDirectMessage
	if json.Unmarshal(message, &m, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return letter{}, false
	}
	var sent int
	_ = json.Unmarshal(inner["isSender"], &sent) // absent: the usernames tell
	if sent != 0 || m.NewMsgID == 0 || m.From.Text == "" || m.From.Text == m.To.Text {
		return letter{}, false
	}
	l := letter{ID: m.NewMsgID.String(), From: m.From.Text, To: m.To.Text, Session: session, Time: m.CreateTime}
	if m.Type == text {
		l.Text = m.Content.Text
	}
	return l, true
}
