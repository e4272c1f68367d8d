package matching

import (
	"strings"
	"unicode"
)

// CommandName is the plain form of the name of a command: without the slash, without capital and
// full-width letters, and with one space between its words. It is empty for what is not a name.
func CommandName(name string) string {
	words := strings.Fields(Fold(name))
	if len(words) > 0 {
		if words[0] = strings.TrimPrefix(words[0], "/"); words[0] == "" {
			return ""
		}
	}
	return strings.Join(words, " ")
}

// SplitCommand splits a text into its first word in the plain form, and what follows it.
func SplitCommand(text string) (word, rest string) {
	word, rest = cutWord(text)
	return strings.TrimPrefix(Fold(word), "/"), rest
}

// CutCommand cuts the longest of these commands, in their plain form, off the beginning of a text.
func CutCommand(text string, names []string) (name, rest string, found bool) {
	for _, n := range names {
		if r, ok := cutName(text, n); ok && len(n) > len(name) {
			name, rest, found = n, r, true
		}
	}
	return name, rest, found
}

// cutName cuts a command off the beginning of a text.
func cutName(text, name string) (rest string, ok bool) {
	word, rest := SplitCommand(text)
	want, more, several := strings.Cut(name, " ")
	for word == want {
		if !several {
			return rest, true
		}
		want, more, several = strings.Cut(more, " ")
		word, rest = cutWord(rest)
		word = Fold(word)
	}
	return "", false
}

// maxCommandWords bounds the words of a command that conflicts are looked for with.
const maxCommandWords = 8

// CommandPrefixes are the names of the commands that a text may be one of: its first word, its
// first two words and so on.
func CommandPrefixes(text string) []string {
	word, rest := SplitCommand(text)
	names := []string{word}
	for len(names) < maxCommandWords && rest != "" {
		word, rest = cutWord(rest)
		names = append(names, names[len(names)-1]+" "+Fold(word))
	}
	return names
}

// cutWord cuts the first word off a text.
func cutWord(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[:i], strings.TrimSpace(text[i:])
	}
	return text, ""
}
