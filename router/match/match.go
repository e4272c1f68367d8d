// Package match holds the matchers that narrow what a route handles.
//
// The type of a handler's parameter selects: what reaches a File handler is a file. Matchers narrow
// that down: to some conversations, some words, some extensions. All matchers of a route must
// agree; [Or] and [Not] combine them otherwise.
//
//	b.File(keep, match.In("10000000001@chatroom"), match.Ext("xlsx"), match.MinSize(10<<10))
package match

import (
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Matcher reports whether an event fits. Match must be quick, must not block, and may be called
// from several goroutines at once, each with a Subject of its own.
type Matcher interface {
	Match(s *Subject) bool
	// String shows the matcher as it is written in Go, for Explain and for conflicts.
	String() string
}

// file is what a file and the notice of one have in common.
func (s *Subject) file() (name, ext string, size int64, ok bool) {
	switch f := s.Event.Payload().(type) {
	case *xmlmsg.File:
		return f.Name, f.Ext, f.Size, true
	case *xmlmsg.FileNotice:
		return f.Name, f.Ext, f.Size, true
	}
	return "", "", 0, false
}

// Func makes a matcher of a function. The name shows up in Explain.
func Func(name string, f func(s *Subject) bool) Matcher {
	if f == nil {
		panic("match: Func(" + name + "): the function is nil")
	}
	return &custom{name: name, f: f}
}

type custom struct {
	name string
	f    func(*Subject) bool
}

func (m *custom) Match(s *Subject) bool { return m.f(s) }
func (m *custom) String() string        { return m.name }

// oneOf matches if a property of the event is one of its keys.
type oneOf struct {
	name string
	keys []string // sorted, without repetition
	get  func(*Subject) string
}

func newOneOf(name string, get func(*Subject) string, keys []string) *oneOf {
	if len(keys) == 0 {
		panic("match: " + name + " without an argument matches nothing: name at least one")
	}
	keys = slices.Clone(keys)
	slices.Sort(keys)
	return &oneOf{name: name, keys: slices.Compact(keys), get: get}
}

func (m *oneOf) Match(s *Subject) bool {
	_, found := slices.BinarySearch(m.keys, m.get(s))
	return found
}

func (m *oneOf) String() string { return m.name + "(" + quoteAll(m.keys) + ")" }

func (m *oneOf) Covers(other Matcher) bool {
	o, ok := other.(*oneOf)
	return ok && o.name == m.name && subset(o.keys, m.keys)
}

// indexedOneOf is a oneOf by whose keys the router finds it.
type indexedOneOf struct {
	*oneOf
	field matching.Field
}

func (m indexedOneOf) Keys() (matching.Field, []string) { return m.field, m.keys }

func (m indexedOneOf) Covers(other Matcher) bool {
	o, ok := other.(indexedOneOf)
	return ok && m.oneOf.Covers(o.oneOf)
}

// is matches if a condition without arguments holds.
type is struct {
	name string
	test func(*Subject) bool
}

func (m *is) Match(s *Subject) bool { return m.test(s) }
func (m *is) String() string        { return m.name + "()" }

func (m *is) Covers(other Matcher) bool {
	o, ok := other.(*is)
	return ok && o.name == m.name
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = `"` + w + `"`
	}
	return strings.Join(quoted, ", ")
}

// subset reports whether every element of the sorted a is in the sorted b.
func subset(a, b []string) bool {
	for _, x := range a {
		if _, found := slices.BinarySearch(b, x); !found {
			return false
		}
	}
	return true
}
