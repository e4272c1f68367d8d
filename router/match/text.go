package match

import (
	"regexp"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Keyword matches texts that contain one of the words, in this spelling.
func Keyword(words ...string) Matcher {
	for _, w := range words {
		if strings.TrimSpace(w) == "" {
			panic("match: Keyword with an empty word would match every text: leave the word out, or the matcher")
		}
	}
	return &keyword{newOneOf("Keyword", nil, words)}
}

type keyword struct{ *oneOf }

func (m *keyword) Match(s *Subject) bool {
	text := s.Text()
	for _, w := range m.keys {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func (m *keyword) Keys() (Field, []string) { return FieldWord, m.keys }

func (m *keyword) covers(other Matcher) bool {
	o, ok := other.(*keyword)
	return ok && m.oneOf.covers(o.oneOf)
}

// Exact matches texts that are one of these, white space around them aside.
func Exact(texts ...string) Matcher {
	trimmed := make([]string, len(texts))
	for i, t := range texts {
		trimmed[i] = strings.TrimSpace(t)
	}
	return indexedOneOf{newOneOf("Exact", func(s *Subject) string { return strings.TrimSpace(s.Text()) }, trimmed), FieldText}
}

// Prefix matches texts that start with one of these.
func Prefix(prefixes ...string) Matcher { return &prefix{newOneOf("Prefix", nil, prefixes)} }

type prefix struct{ *oneOf }

func (m *prefix) Match(s *Subject) bool {
	text := s.Text()
	for _, p := range m.keys {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

func (m *prefix) covers(other Matcher) bool {
	o, ok := other.(*prefix)
	return ok && m.oneOf.covers(o.oneOf)
}

// Regexp matches texts by a regular expression. Its named groups are the captures of the context:
//
//	match.Regexp(`^查单\s*(?P<id>\d{6,})$`)   // c.Capture("id")
//
// It panics if the expression does not compile; use Pattern for one that is not known at compile time.
func Regexp(expr string) Matcher {
	re, err := regexp.Compile(expr)
	if err != nil {
		panic("match: Regexp(`" + expr + "`): " + err.Error())
	}
	return Pattern(re)
}

// Pattern is Regexp for a compiled expression.
func Pattern(re *regexp.Regexp) Matcher {
	if re == nil {
		panic("match: Pattern(nil): compile an expression first")
	}
	m := &pattern{re: re}
	if literal, _ := re.LiteralPrefix(); literal != "" {
		return &literalPattern{pattern: m, literal: []string{literal}}
	}
	return m
}

type pattern struct{ re *regexp.Regexp }

func (m *pattern) Match(s *Subject) bool {
	if k := s.Event.Kind(); k != xmlmsg.KindText && k != xmlmsg.KindQuote {
		return false
	}
	text := s.Text()
	if m.re.NumSubexp() == 0 {
		return m.re.MatchString(text)
	}
	at := m.re.FindStringSubmatchIndex(text)
	if at == nil {
		return false
	}
	s.captures = append(s.captures, capture{re: m.re, text: text, at: at})
	return true
}

func (m *pattern) String() string { return "Regexp(`" + m.re.String() + "`)" }

func (m *pattern) covers(other Matcher) bool { return other.String() == m.String() }

// literalPattern is an expression that starts with fixed letters: the router finds it by them.
type literalPattern struct {
	*pattern
	literal []string
}

func (m *literalPattern) Keys() (Field, []string) { return FieldWord, m.literal }

// captures are what the expressions of one route found.
type captures []capture

type capture struct {
	re   *regexp.Regexp
	text string
	at   []int
}

// Capture is what the named group of an expression matched; empty if there is no such group, or it matched nothing.
func (s *Subject) Capture(name string) string {
	for _, c := range s.captures {
		if i := c.re.SubexpIndex(name); i >= 0 && c.at[2*i] >= 0 {
			return c.text[c.at[2*i]:c.at[2*i+1]]
		}
	}
	return ""
}

// Captures are all named groups and what they matched.
func (s *Subject) Captures() map[string]string {
	all := map[string]string{}
	for _, c := range s.captures {
		for _, name := range c.re.SubexpNames() {
			if name != "" {
				all[name] = s.Capture(name)
			}
		}
	}
	return all
}

// Reset forgets the captures, for the next route.
func (s *Subject) Reset() { s.captures = s.captures[:0] }
