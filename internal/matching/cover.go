package matching

import (
	"reflect"
	"slices"
)

// Covers reports whether one list of matchers lets pass every event that the other does, as far as
// that can be known without running them.
func Covers[M any](wide, narrow []M) bool {
	narrow = flat(narrow)
	for _, w := range flat(wide) {
		if !CoveredByOne(w, narrow) {
			return false
		}
	}
	return true
}

// flat is Flatten without a copy of what is flat.
func flat[M any](ms []M) []M {
	if slices.ContainsFunc(ms, func(m M) bool { _, nested := conjunction(m); return nested }) {
		return Flatten(ms)
	}
	return ms
}

// CoveredByOne reports whether one of the conditions implies w.
func CoveredByOne[M any](w M, narrow []M) bool {
	c, covers := any(w).(interface{ Covers(other M) bool })
	for _, n := range narrow {
		if same(w, n) || covers && c.Covers(n) {
			return true
		}
	}
	return false
}

// same reports whether a and b are one matcher. Types of other packages need not be comparable.
func same(a, b any) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// Key is a key of an index that finds the matchers which may cover another, or may be covered by
// it. The zero Key belongs to no matcher.
type Key struct {
	Name, Value string
	Prefix      uint64 // of a number: what is left of it
	Cut         int    // of a number: how many bits the prefix lacks

	identity any // of a matcher that covers only itself
	negated  int // how many Not stand around it
}

// Keyed is a matcher with keys of its own. Others have that of their identity.
type Keyed interface {
	WideKeys() []Key
	NarrowKeys() []Key
}

// WideKeys returns the keys of a matcher under which an index finds it by the NarrowKeys of what it
// covers. A matcher without keys covers nothing.
func WideKeys(m any) []Key {
	if k, ok := m.(Keyed); ok {
		return k.WideKeys()
	}
	return Identity(m)
}

// NarrowKeys returns the keys of a matcher under which an index finds it by the WideKeys of what
// covers it: if one matcher covers another, a wide key of the first is a narrow key of the second.
func NarrowKeys(m any) []Key {
	if k, ok := m.(Keyed); ok {
		return k.NarrowKeys()
	}
	return Identity(m)
}

// Identity returns the key of a matcher that covers itself; none if it cannot be compared.
func Identity(m any) []Key {
	if !reflect.ValueOf(m).Comparable() {
		return nil
	}
	return []Key{{identity: m}}
}

// Keys returns the keys of a matcher for each of these values.
func Keys(name string, values []string) []Key {
	keys := make([]Key, len(values))
	for i, v := range values {
		keys[i] = Key{Name: name, Value: v}
	}
	return keys
}

// Negated turns keys into those of a Not around their matcher.
func Negated(keys []Key) []Key {
	for i := range keys {
		keys[i].negated++
	}
	return keys
}
