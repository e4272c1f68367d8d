package xmlmsg

import (
	"fmt"
	"strings"
)

// The two words of an at-list that mean everybody.
const (
	AtAll             = "notify@all"
	AtAllAnnouncement = "announcement@all"
)

// Text is a text message (MsgType 1).
type Text struct {
	// Body is the text as written, without the group prefix. It is never parsed as XML.
	Body string `json:"text"`
	// At lists the ids of the mentioned members, from the msgsource; AtAll stands for everybody.
	At []string `json:"at"`
}

// Kind is KindText.
func (*Text) Kind() Kind { return KindText }

// String leaves out what was said: a payload that slips into a log must not carry it there.
func (t *Text) String() string { return fmt.Sprintf("text (%d bytes)", len(t.Body)) }

// Mentions tells whether the message mentions this wxid by name. "@everybody" does not count; see MentionsAll.
func (t *Text) Mentions(wxid string) bool {
	for _, id := range t.At {
		if id == wxid {
			return wxid != ""
		}
	}
	return false
}

// MentionsAll tells whether the message mentions everybody.
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
