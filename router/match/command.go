package match

import (
	"strings"
	"unicode"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// Command matches texts whose first word is one of these commands: the command alone, or the
// command, a space and its arguments. A slash before it, full-width letters and spaces, capital
// letters, and mentions of the account make no difference:
//
//	match.Command("报名")   // "报名", "/报名 张三", "／报名　张三", "@bot 报名"
//
// Add AtMe for a command that must mention the account.
func Command(names ...string) Matcher {
	plain := make([]string, len(names))
	for i, name := range names {
		word, rest := splitCommand(name)
		if word == "" || rest != "" {
			panic("match: Command(\"" + name + "\"): a command is one word, and more than a slash")
		}
		plain[i] = word
	}
	return &command{newOneOf("Command", func(s *Subject) string { word, _ := s.Command(); return word }, plain)}
}

type command struct{ *oneOf }

func (m *command) Keys() (matching.Field, []string) { return matching.Command, m.keys }

func (m *command) Covers(other Matcher) bool {
	switch o := other.(type) {
	case *command:
		return m.oneOf.Covers(o.oneOf)
	case indexedOneOf: // a whole text that begins with the command
		if o.field != matching.Text {
			return false
		}
		for _, text := range o.keys {
			if word, _ := splitCommand(text); !subset([]string{word}, m.keys) {
				return false
			}
		}
		return true
	}
	return false
}

// Command parses what was said as a command: the first word in the plain form in which Command
// compares it, and what follows it. Mentions of others that open the text together with one of the
// account are skipped: it was said to all of them. The word is empty for what is not a text.
func (s *Subject) Command() (word, rest string) {
	said := s.Said()
	if s.speech().addressed {
		said, _ = cutAddressees(said)
	}
	return splitCommand(said)
}

func splitCommand(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	word = text
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		word, rest = text[:i], strings.TrimSpace(text[i:])
	}
	return strings.TrimPrefix(matching.Fold(word), "/"), rest
}
