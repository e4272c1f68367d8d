package callback

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// AtMe reports whether the message mentions the account by name. It uses the list of mentioned
// members or, if that is missing, the phone's push notification. It is false for a mention of
// everybody; see AtAll.
func (e *Event) AtMe() bool {
	if at := e.at(); len(at) > 0 {
		return e.Wxid != "" && slices.Contains(at, e.Wxid)
	}
	return e.pushed() == mentionsMe
}

// AtAll reports whether the message mentions everybody, by the same criteria as AtMe.
func (e *Event) AtAll() bool {
	if at := e.at(); len(at) > 0 {
		return slices.Contains(at, xmlmsg.AtAll) || slices.Contains(at, xmlmsg.AtAllAnnouncement)
	}
	return e.pushed() == mentionsAll
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

// mention is who is mentioned according to a push notification.
type mention string

const (
	mentionsNone mention = ""
	mentionsMe   mention = "me"
	mentionsAll  mention = "all"
)

// mentionWords matches the words after a name by which a push notification announces a mention.
// Such a notification does not contain the text.
var mentionWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)在群[聊組组]中?(?:@|提到)了(?:(你)|(所有人|全[体體]成[员員]))` +
		`|\bmentioned (?:(you)|(@?all(?: members)?|@?everyone))(?: in (?:(?:a|the|this|your) )?(?:group chat|group|chat))?`)
})

// pushed returns who is mentioned in a text or a quoting reply according to the push notification.
// Most notifications contain the message text, which can be anything, so words that also occur in
// the text are ignored.
func (e *Event) pushed() mention {
	push := strings.TrimRight(e.Push, pushEnd)
	if push == "" || !e.Conversation.IsGroup() {
		return mentionsNone
	}
	var said string
	switch p := e.Payload().(type) {
	case *xmlmsg.Text:
		said = p.Body
	case *xmlmsg.Quote:
		said = p.Text
	default: // the name of a file can look like a notification
		return mentionsNone
	}
	words, whom := readPush(push)
	if words == "" || mentionWords().MatchString(said) {
		return mentionsNone
	}
	return whom
}

// PushWords returns the words at the end of a push notification that announce a mention, such as
// 在群聊中@了你, or "" if there are none.
func PushWords(push string) string {
	words, _ := readPush(strings.TrimRight(push, pushEnd))
	return words
}

// pushEnd lists the characters that can follow the words of a notification.
const pushEnd = " \t\r\n.。"

// readPush finds the words of a mention at the end of a notification. They must follow a name.
func readPush(push string) (words string, whom mention) {
	for _, m := range mentionWords().FindAllStringSubmatchIndex(push, -1) {
		switch {
		case m[0] == 0 || m[1] != len(push):
		case m[2] >= 0 || m[6] >= 0:
			return push[m[0]:], mentionsMe
		default:
			return push[m[0]:], mentionsAll
		}
	}
	return "", mentionsNone
}
