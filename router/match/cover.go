package match

import (
	"reflect"
	"slices"
)

// Covers tells whether one list of matchers lets pass every event that the other does, as far as
// that can be known without running them.
func Covers(wide, narrow []Matcher) bool {
	narrow = flat(narrow)
	for _, w := range flat(wide) {
		if !coveredByOne(w, narrow) {
			return false
		}
	}
	return true
}

// flat is Flatten without a copy of what is flat.
func flat(ms []Matcher) []Matcher {
	if slices.ContainsFunc(ms, func(m Matcher) bool { _, nested := m.(*all); return nested }) {
		return Flatten(ms)
	}
	return ms
}

// coveredByOne tells whether one of the conditions implies w.
func coveredByOne(w Matcher, narrow []Matcher) bool {
	for _, n := range narrow {
		if same(w, n) {
			return true
		}
		if c, ok := w.(interface{ covers(Matcher) bool }); ok && c.covers(n) {
			return true
		}
	}
	return false
}

// same tells whether a and b are one matcher. Types of other packages need not be comparable.
func same(a, b Matcher) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// CoverKey is a key of an index that finds the matchers which may cover another, or may be covered
// by it. The zero CoverKey belongs to no matcher.
type CoverKey struct {
	name, value string
	prefix      uint64  // of a number: what is left of it
	cut         int     // of a number: how many bits the prefix lacks
	identity    Matcher // of a matcher that covers only itself
	negated     int     // how many Not stand around it
}

// WideKeys are the keys of a matcher under which an index finds it by the NarrowKeys of what it
// covers. A matcher without keys covers nothing.
func WideKeys(m Matcher) []CoverKey {
	switch m := m.(type) {
	case *keyword:
		return coverKeys("Keyword", m.folded)
	case *anyOf:
		return wideKeysOfAny(m, m)
	case *indexedAny:
		return wideKeysOfAny(m, m.anyOf)
	case *size:
		return m.wideKeys()
	case *not:
		return append(negated(NarrowKeys(m.ms[0])), CoverKey{identity: m})
	}
	if o := keysOf(m); o != nil {
		return coverKeys(o.name, o.keys)
	}
	return plainKeys(m)
}

// NarrowKeys are the keys of a matcher under which an index finds it by the WideKeys of what covers
// it: if one matcher covers another, a wide key of the first is a narrow key of the second.
func NarrowKeys(m Matcher) []CoverKey {
	switch m := m.(type) {
	case *keyword:
		return coverKeys("Keyword", m.folded[:1])
	case *anyOf, *indexedAny:
		return []CoverKey{{identity: m}}
	case *size:
		return m.narrowKeys()
	case *not:
		return append(negated(WideKeys(m.ms[0])), CoverKey{identity: m})
	}
	if o := keysOf(m); o != nil {
		keys := coverKeys(o.name, o.keys[:1]) // what covers it has all of its keys, so this one, too
		if i, ok := m.(indexedOneOf); ok && i.field == FieldText {
			word, _ := splitCommand(o.keys[0])
			keys = append(keys, CoverKey{name: "Command", value: word})
		}
		return keys
	}
	return plainKeys(m)
}

// keysOf is what a matcher is by its keys; nil if it has none.
func keysOf(m Matcher) *oneOf {
	switch m := m.(type) {
	case *oneOf:
		return m
	case indexedOneOf:
		return m.oneOf
	case *command:
		return m.oneOf
	case *prefix:
		return m.oneOf
	case *linkHost:
		return m.oneOf
	}
	return nil
}

// plainKeys is the one key of a matcher that has the same one in both roles.
func plainKeys(m Matcher) []CoverKey {
	switch m := m.(type) {
	case *is:
		return []CoverKey{{name: m.name}}
	case expression:
		return []CoverKey{{name: "Regexp", value: m.expression()}}
	}
	if !reflect.ValueOf(m).Comparable() {
		return nil
	}
	return []CoverKey{{identity: m}}
}

// ordered is the bound as a number that is larger the narrower the matcher is.
func (m *size) ordered() uint64 { return uint64(m.sign*m.bound) ^ 1<<63 } //nolint:gosec // the order stays

// wideKeys are the ranges of a binary tree that together have all numbers from the bound on.
func (m *size) wideKeys() []CoverKey {
	n := m.ordered()
	keys := []CoverKey{{name: m.name, prefix: n}}
	for cut := range 64 {
		if n>>cut&1 == 0 {
			keys = append(keys, CoverKey{name: m.name, prefix: n>>cut | 1, cut: cut})
		}
	}
	return keys
}

// narrowKeys are the ranges of a binary tree that have the bound.
func (m *size) narrowKeys() []CoverKey {
	keys := make([]CoverKey, 64)
	for cut := range keys {
		keys[cut] = CoverKey{name: m.name, prefix: m.ordered() >> cut, cut: cut}
	}
	return keys
}

func wideKeysOfAny(m Matcher, alternatives *anyOf) []CoverKey {
	keys := []CoverKey{{identity: m}}
	for _, a := range alternatives.ms {
		keys = append(keys, WideKeys(a)...)
	}
	return keys
}

func coverKeys(name string, values []string) []CoverKey {
	keys := make([]CoverKey, len(values))
	for i, v := range values {
		keys[i] = CoverKey{name: name, value: v}
	}
	return keys
}

func negated(keys []CoverKey) []CoverKey {
	for i := range keys {
		keys[i].negated++
	}
	return keys
}
