package callback

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// AtMe tells whether the message mentions the account by name: by the list beside it or, where that is missing, by the words of the phone's
// notification.
func (e *Event) AtMe() bool {
	if at := e.at(); len(at) > 0 {
		return e.Wxid != "" && slices.Contains(at, e.Wxid)
	}
	return e.pushed() == mentionsMe
}

// AtAll tells whether the message mentions everybody, by the same signs as AtMe.
func (e *Event) AtAll() bool {
	if at := e.at(); len(at) > 0 {
		return slices.Contains(at, xmlmsg.AtAll) || slices.Contains(at, xmlmsg.AtAllAnnouncement)
	}
	return e.pushed() == mentionsAll
}

// at is the list of the mentioned members.
func (e *Event) at() []string {
	if t, ok := e.Payload().(*xmlmsg.Text); ok {
		return t.At
	}
	if e.Conversation.IsGroup() {
		return xmlmsg.ParseSource(e.Source).At
	}
	return nil
}

// mention is whom a notification says to be mentioned.
type mention string

const (
	mentionsNobody mention = ""
	mentionsMe     mention = "me"
	mentionsAll    mention = "all"
)

// mentionWords are the words, after a name, in which a phone's notification tells of a mention. It does not hold the text then.
var mentionWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)在群[聊組组]中?(?:@|提到)了(?:(你)|(所有人|全[体體]成[员員]))` +
		`|\bmentioned (?:(you)|(@?all(?: members)?|@?everyone))(?: in (?:(?:a|the|this|your) )?(?:group chat|group|chat))?`)
})

// pushed tells whom the phone's notification says to be mentioned in a text or an answer. Notifications mostly hold what was said, and people can
// say what they want: words that stand in the text are not believed.
func (e *Event) pushed() mention {
	push := strings.TrimRight(e.Push, pushEnd)
	if push == "" || !e.Conversation.IsGroup() {
		return mentionsNobody
	}
	var said string
	switch p := e.Payload().(type) {
	case *xmlmsg.Text:
		said = p.Body
	case *xmlmsg.Quote:
		said = p.Text
	default: // a file can be named like a notification
		return mentionsNobody
	}
	words, whom := readPush(push)
	if words == "" || mentionWords().MatchString(said) {
		return mentionsNobody
	}
	return whom
}

// PushWords are the words at the end of the text of a phone's notification that tell of a mention, such as 在群聊中@了你; empty if there are none.
func PushWords(push string) string {
	words, _ := readPush(strings.TrimRight(push, pushEnd))
	return words
}

// pushEnd is what can follow the words of a notification.
const pushEnd = " \t\r\n.。"

// readPush reads the words of a mention at the end of a notification. A name stands before them.
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
	return "", mentionsNobody
}
