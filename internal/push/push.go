// Package push reads the mention that a push notification of the phone announces.
package push

import (
	"regexp"
	"strings"
	"sync"
)

// Mention is who is mentioned according to a push notification.
type Mention string

// The values of Mention.
const (
	None Mention = ""
	Me   Mention = "me"
	All  Mention = "all"
)

// words matches the words after a name by which a push notification announces a mention. Such a
// notification does not contain the text.
var words = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)在群[聊組组]中?(?:@|提到)了(?:(你)|(所有人|全[体體]成[员員]))` +
		`|\bmentioned (?:(you)|(@?all(?: members)?|@?everyone))(?: in (?:(?:a|the|this|your) )?(?:group chat|group|chat))?`)
})

// Announces reports whether a text contains the words of a mention anywhere.
func Announces(text string) bool { return words().MatchString(text) }

// Words returns the words at the end of a push notification that announce a mention, such as
// 在群聊中@了你, and who it mentions. They must follow a name. They are empty if there are none.
func Words(push string) (string, Mention) {
	push = strings.TrimRight(push, " \t\r\n.。")
	if push == "" {
		return "", None
	}
	for _, m := range words().FindAllStringSubmatchIndex(push, -1) {
		switch {
		case m[0] == 0 || m[1] != len(push):
		case m[2] >= 0 || m[6] >= 0:
			return push[m[0]:], Me
		default:
			return push[m[0]:], All
		}
	}
	return "", None
}
