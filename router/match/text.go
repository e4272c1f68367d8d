package match

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router/internal/words"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Keyword matches if one of the words was said. Words of Latin and similar letters, and numbers,
// are whole words, in capital or small letters: "hi" is in "Hi!" and in "说hi", not in "nothing".
// Chinese words are found anywhere.
func Keyword(words ...string) Matcher { return newKeyword("Keyword", words, false) }

// KeywordExact is Keyword for words in this spelling: "Go" is not in "let's go".
func KeywordExact(words ...string) Matcher { return newKeyword("KeywordExact", words, true) }

func newKeyword(name string, keys []string, exact bool) Matcher {
	trimmed := make([]string, len(keys))
	for i, w := range keys {
		if trimmed[i] = (&cutter{}).cutMentions(w); trimmed[i] == "" {
			panic("match: " + name + " with an empty word would match every text: leave the word out, or the matcher")
		}
	}
	m := &keyword{oneOf: newOneOf(name, nil, trimmed), exact: exact}
	m.folded = make([]string, len(m.keys))
	for i, w := range m.keys {
		m.folded[i] = matching.Fold(w)
	}
	slices.Sort(m.folded)
	m.folded = slices.Compact(m.folded)
	m.words = m.folded
	if exact {
		m.words = m.keys
	}
	m.index = sync.OnceValue(func() *words.Index { return words.New(m.words) })
	return m
}

// fewWords is up to how many words are looked for one by one.
const fewWords = 8

type keyword struct {
	*oneOf
	exact  bool
	folded []string            // the keys as Fold has them, sorted, without repetition
	words  []string            // the keys as they are compared
	index  func() *words.Index // over words, made at the first call: it takes much more memory than they do
}

func (m *keyword) Match(s *Subject) bool {
	text := s.Said()
	if !m.exact {
		text = s.Folded()
	}
	if len(m.words) > fewWords {
		return m.index().Any(text, func(w, end int) bool { return isWhole(text, end-len(m.words[w]), end) })
	}
	for _, w := range m.words {
		for from := 0; ; from++ {
			i := strings.Index(text[from:], w)
			if i < 0 {
				break
			}
			if from += i; isWhole(text, from, from+len(w)) {
				return true
			}
		}
	}
	return false
}

func (m *keyword) Keys() (matching.Field, []string) { return matching.Word, m.keys }

func (m *keyword) Covers(other Matcher) bool {
	o, ok := other.(*keyword)
	switch {
	case !ok || m.exact && !o.exact:
		return false
	case m.exact:
		return m.oneOf.Covers(o.oneOf)
	}
	return subset(o.folded, m.folded)
}

// Exact matches if one of these was said, and nothing else.
func Exact(texts ...string) Matcher {
	trimmed := make([]string, len(texts))
	for i, t := range texts {
		trimmed[i] = (&cutter{}).cutMentions(t)
	}
	return indexedOneOf{newOneOf("Exact", (*Subject).Said, trimmed), matching.Text}
}

// Prefix matches if what was said starts with one of these.
func Prefix(prefixes ...string) Matcher { return &prefix{newOneOf("Prefix", nil, prefixes)} }

type prefix struct{ *oneOf }

func (m *prefix) Match(s *Subject) bool {
	text := s.Said()
	for _, p := range m.keys {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

func (m *prefix) Covers(other Matcher) bool {
	o, ok := other.(*prefix)
	return ok && m.oneOf.Covers(o.oneOf)
}

// Regexp matches what was said by a regular expression. Its named groups are the captures of the
// context:
//
//	match.Regexp(`^查单\s*(?P<id>\d{6,})$`)   // c.Capture("id")
//
// It panics if the expression does not compile; use Pattern for an expression that is not known at
// compile time.
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
	text := s.Said()
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

// expression is a matcher by a regular expression.
type expression interface{ expression() string }

func (m *pattern) expression() string { return m.re.String() }

func (m *pattern) Covers(other Matcher) bool {
	o, ok := other.(expression)
	return ok && o.expression() == m.expression()
}

// literalPattern is an expression that starts with fixed letters: the router finds it by them.
type literalPattern struct {
	*pattern
	literal []string
}

func (m *literalPattern) Keys() (matching.Field, []string) { return matching.Word, m.literal }

// captures are what the expressions of one route found.
type captures []capture

type capture struct {
	re   *regexp.Regexp
	text string
	at   []int
}

// Capture is what the named group of an expression matched; empty if there is no such group, or it
// matched nothing.
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
