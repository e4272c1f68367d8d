package callback

import (
	"slices"

	"github.com/hongyan-go/hongyan/internal/push"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// AtMe reports whether the message mentions the account by name. It uses the list of mentioned
// members or, if that is missing, the phone's push notification. It is false for a mention of
// everybody; see AtAll.
func (e *Event) AtMe() bool {
	if at := e.at(); len(at) > 0 {
		return e.Wxid != "" && slices.Contains(at, e.Wxid)
	}
	return e.pushed() == push.Me
}

// AtAll reports whether the message mentions everybody, by the same criteria as AtMe.
func (e *Event) AtAll() bool {
	if at := e.at(); len(at) > 0 {
		return slices.Contains(at, xmlmsg.AtAll) || slices.Contains(at, xmlmsg.AtAllAnnouncement)
	}
	return e.pushed() == push.All
}

// at returns the list of mentioned members.
func (e *Event) at() []string {
	if t, ok := e.Payload().(*xmlmsg.Text); ok {
		return t.At
	}
	if e.Conversation.IsGroup() {
		return xmlmsg.ParseSource(e.Source).At
	}
	return nil
}

// pushed returns who is mentioned in a text or a quoting reply according to the push notification.
// Most notifications contain the message text, which can be anything, so words that also occur in
// the text are ignored.
func (e *Event) pushed() push.Mention {
	if e.Push == "" || !e.Conversation.IsGroup() {
		return push.None
	}
	var said string
	switch p := e.Payload().(type) {
	case *xmlmsg.Text:
		said = p.Body
	case *xmlmsg.Quote:
		said = p.Text
	default: // the name of a file can look like a notification
		return push.None
	}
	words, whom := push.Words(e.Push)
	if words == "" || push.Announces(said) {
		return push.None
	}
	return whom
}
