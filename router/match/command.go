package match

import (
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// Command matches texts that begin with one of these commands: the command alone, or the command, a
// space and its arguments. A slash before it, full-width letters and spaces, capital letters, and
// mentions of the account make no difference. A name of several words is a sub-command:
//
//	match.Command("报名")       // "报名", "/报名 张三", "／报名　张三", "@bot 报名"
//	match.Command("报名 取消")  // "报名 取消", "/报名 取消 张三"
//
// Add AtMe for a command that must mention the account.
func Command(names ...string) Matcher {
	m := &command{}
	plain := make([]string, len(names))
	for i, name := range names {
		plain[i] = matching.CommandName(name)
		if plain[i] == "" {
			panic("match: Command(\"" + name + "\"): a command is a word, and more than a slash")
		}
		m.words = max(m.words, strings.Count(plain[i], " ")+1)
	}
	m.oneOf = newOneOf("Command", nil, plain)
	for _, key := range m.keys {
		first, _, _ := strings.Cut(key, " ")
		m.first = append(m.first, first)
	}
	m.first = slices.Compact(m.first)
	return m
}

type command struct {
	*oneOf
	first []string // the first words of the keys
	words int      // most words of a key
}

func (m *command) Keys() (matching.Field, []string) { return matching.Command, m.first }

// Match implements Matcher.
func (m *command) Match(s *Subject) bool {
	if m.words == 1 {
		word, _ := s.Command()
		_, found := slices.BinarySearch(m.keys, word)
		return found
	}
	return m.takes(s.commandText())
}

func (m *command) Covers(other Matcher) bool {
	switch o := other.(type) {
	case *command:
		return !slices.ContainsFunc(o.keys, func(key string) bool { return !m.takes(key) })
	case indexedOneOf: // a whole text that begins with the command
		return o.field == matching.Text && !slices.ContainsFunc(o.keys, func(text string) bool { return !m.takes(text) })
	}
	return false
}

// takes reports whether a text begins with one of the commands.
func (m *command) takes(text string) bool {
	_, _, found := matching.CutCommand(text, m.keys)
	return found
}

// Command parses what was said as a command: the first word in the plain form in which Command
// compares it, and what follows it. Mentions of others that open the text together with one of the
// account are skipped: it was said to all of them. The word is empty for what is not a text.
func (s *Subject) Command() (word, rest string) { return matching.SplitCommand(s.commandText()) }

// commandText is what was said, from where a command may begin.
func (s *Subject) commandText() string {
	said := s.Said()
	if s.speech().addressed {
		said, _ = cutAddressees(said)
	}
	return said
}
