package xmlmsg

import (
	"fmt"
	"strings"
)

// The two ids that mean all members in an at-list.
const (
	AtAll             = "notify@all"
	AtAllAnnouncement = "announcement@all"
)

// Text is a text message (MsgType 1). WeChat's own texts in a conversation are a System, a text
// that quotes a message is a Quote.
type Text struct {
	// Body is the text as written, without the group prefix. It is never parsed as XML.
	Body string `json:"text"`
	// At lists the ids of the mentioned members, from the msgsource; AtAll stands for all members.
	At []string `json:"at"`
}

// Kind returns KindText.
func (*Text) Kind() Kind { return KindText }

// String leaves out the text, so that a payload that ends up in a log does not reveal it.
func (t *Text) String() string { return fmt.Sprintf("text (%d bytes)", len(t.Body)) }

// Mentions reports whether the message mentions this wxid by name. A mention of all members does
// not count; see MentionsAll.
func (t *Text) Mentions(wxid string) bool {
	for _, id := range t.At {
		if id == wxid {
			return wxid != ""
		}
	}
	return false
}

// MentionsAll reports whether the message mentions all members.
func (t *Text) MentionsAll() bool {
	for _, id := range t.At {
		if id == AtAll || id == AtAllAnnouncement {
			return true
		}
	}
	return false
}

func parseText(m Message) Payload {
	return &Text{Body: strings.ToValidUTF8(m.Content, "\ufffd"), At: atList(m.Source)}
}
