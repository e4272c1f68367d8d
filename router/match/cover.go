package match

import "github.com/hongyan-go/hongyan/internal/matching"

// The keys under which an index finds a matcher by what it covers, or by what covers it; see
// matching.Keyed. A matcher without these methods covers only itself.

func (m *oneOf) WideKeys() []matching.Key { return matching.Keys(m.name, m.keys) }

// NarrowKeys has one key: what covers the matcher has all of its keys, so this one, too.
func (m *oneOf) NarrowKeys() []matching.Key { return matching.Keys(m.name, m.keys[:1]) }

func (m indexedOneOf) NarrowKeys() []matching.Key {
	keys := m.oneOf.NarrowKeys()
	if m.field == matching.Text {
		keys = append(keys, matching.Keys("Command", matching.CommandPrefixes(m.keys[0]))...)
	}
	return keys
}

func (m *command) NarrowKeys() []matching.Key {
	return matching.Keys("Command", matching.CommandPrefixes(m.keys[0]))
}

func (m *keyword) WideKeys() []matching.Key   { return matching.Keys("Keyword", m.folded) }
func (m *keyword) NarrowKeys() []matching.Key { return matching.Keys("Keyword", m.folded[:1]) }

func (m *is) WideKeys() []matching.Key   { return []matching.Key{{Name: m.name}} }
func (m *is) NarrowKeys() []matching.Key { return m.WideKeys() }

func (m *pattern) WideKeys() []matching.Key {
	return []matching.Key{{Name: "Regexp", Value: m.expression()}}
}
func (m *pattern) NarrowKeys() []matching.Key { return m.WideKeys() }

func (m *not) WideKeys() []matching.Key {
	return append(matching.Negated(matching.NarrowKeys(m.ms[0])), matching.Identity(m)...)
}

func (m *not) NarrowKeys() []matching.Key {
	return append(matching.Negated(matching.WideKeys(m.ms[0])), matching.Identity(m)...)
}

func (m *anyOf) WideKeys() []matching.Key   { return m.wideKeys(m) }
func (m *anyOf) NarrowKeys() []matching.Key { return matching.Identity(m) }

func (m *indexedAny) WideKeys() []matching.Key   { return m.wideKeys(m) }
func (m *indexedAny) NarrowKeys() []matching.Key { return matching.Identity(m) }

// wideKeys are those of the alternatives, and of the matcher itself.
func (m *anyOf) wideKeys(self Matcher) []matching.Key {
	keys := matching.Identity(self)
	for _, a := range m.ms {
		keys = append(keys, matching.WideKeys(a)...)
	}
	return keys
}

// ordered is the bound as a number that is larger the narrower the matcher is.
func (m *size) ordered() uint64 { return uint64(m.sign*m.bound) ^ 1<<63 } //nolint:gosec // the order stays

// WideKeys are the ranges of a binary tree that together have all numbers from the bound on.
func (m *size) WideKeys() []matching.Key {
	n := m.ordered()
	keys := []matching.Key{{Name: m.name, Prefix: n}}
	for cut := range 64 {
		if n>>cut&1 == 0 {
			keys = append(keys, matching.Key{Name: m.name, Prefix: n>>cut | 1, Cut: cut})
		}
	}
	return keys
}

// NarrowKeys are the ranges of a binary tree that have the bound.
func (m *size) NarrowKeys() []matching.Key {
	keys := make([]matching.Key, 64)
	for cut := range keys {
		keys[cut] = matching.Key{Name: m.name, Prefix: m.ordered() >> cut, Cut: cut}
	}
	return keys
}
