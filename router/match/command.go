package match

import (
	"strings"
	"unicode"
)

// Command matches texts whose first word is one of these commands: the command alone, or the command, a space and its arguments.
// A slash before it, full-width letters and spaces, capital letters, and a mention of the account before it make no difference:
//
//	match.Command("报名")   // "报名", "/报名 张三", "／报名　张三", "@bot 报名"
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

func (m *command) Keys() (Field, []string) { return FieldCommand, m.keys }

func (m *command) covers(other Matcher) bool {
	switch o := other.(type) {
	case *command:
		return m.oneOf.covers(o.oneOf)
	case indexedOneOf: // a whole text that begins with the command
		if o.field != FieldText {
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

// Said is the text without white space around it, and without a mention of the account before it.
func (s *Subject) Said() string {
	text := s.Text()
	if strings.HasPrefix(text, "@") && s.Event.AtMe() {
		if _, behind, ok := strings.Cut(text, mentionEnd); ok {
			text = behind
		}
	}
	return strings.TrimSpace(text)
}

// Command takes the text apart as a command: the first word in the plain form in which Command compares it, and what is written behind
// it. The word is empty for what is no text.
func (s *Subject) Command() (word, rest string) { return splitCommand(s.Said()) }

// mentionEnd is the space that WeChat puts behind a mention.
const mentionEnd = "\u2005"

func splitCommand(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	word = text
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		word, rest = text[:i], strings.TrimSpace(text[i:])
	}
	word = strings.Map(plainRune, word)
	return strings.TrimPrefix(word, "/"), rest
}

// plainRune is the narrow form of a full-width letter or sign, in lower case.
func plainRune(r rune) rune {
	const wide, last, offset = '！', '～', '！' - '!'
	if r >= wide && r <= last {
		r -= offset
	}
	return unicode.ToLower(r)
}
