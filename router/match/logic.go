package match

import (
	"strings"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// And matches if all do. Several matchers of a route are joined by And anyhow.
func And(ms ...Matcher) Matcher { return &all{newGroup("And", ms)} }

// Or matches if one does.
func Or(ms ...Matcher) Matcher {
	g := newGroup("Or", ms)
	if field, keys, ok := commonKeys(g.ms); ok {
		return &indexedAny{&anyOf{g}, field, keys}
	}
	return &anyOf{g}
}

// Not matches if m does not.
func Not(m Matcher) Matcher { return &not{newGroup("Not", []Matcher{m})} }

type group struct {
	name string
	ms   []Matcher
}

func newGroup(name string, ms []Matcher) group {
	if len(ms) == 0 {
		panic("match: " + name + " without a matcher")
	}
	for _, m := range ms {
		if m == nil {
			panic("match: " + name + " with a nil matcher")
		}
	}
	return group{name, ms}
}

func (g group) String() string {
	parts := make([]string, len(g.ms))
	for i, m := range g.ms {
		parts[i] = m.String()
	}
	return g.name + "(" + strings.Join(parts, ", ") + ")"
}

type all struct{ group }

// Parts are the matchers that And joins; see matching.Flatten.
func (m *all) Parts() []Matcher { return m.ms }

func (m *all) Match(s *Subject) bool {
	for _, x := range m.ms {
		if !x.Match(s) {
			return false
		}
	}
	return true
}

type anyOf struct{ group }

func (m *anyOf) Match(s *Subject) bool {
	for _, x := range m.ms {
		if x.Match(s) {
			return true
		}
	}
	return false
}

func (m *anyOf) Covers(other Matcher) bool {
	for _, x := range m.ms {
		if matching.CoveredByOne(x, []Matcher{other}) {
			return true
		}
	}
	return false
}

// indexedAny is an Or whose alternatives all have keys of one field.
type indexedAny struct {
	*anyOf
	field matching.Field
	keys  []string
}

func (m *indexedAny) Keys() (matching.Field, []string) { return m.field, m.keys }

func commonKeys(ms []Matcher) (matching.Field, []string, bool) {
	var field matching.Field
	var keys []string
	for i, m := range ms {
		x, ok := m.(matching.Indexed)
		if !ok {
			return 0, nil, false
		}
		f, k := x.Keys()
		if i > 0 && f != field {
			return 0, nil, false
		}
		field, keys = f, append(keys, k...)
	}
	return field, keys, true
}

type not struct{ group }

func (m *not) Match(s *Subject) bool { return !m.ms[0].Match(s) }

func (m *not) Covers(other Matcher) bool {
	o, ok := other.(*not)
	return ok && matching.CoveredByOne(o.ms[0], m.ms)
}
