package router

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/coregx/ahocorasick"

	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// table is the compiled form of the routes: immutable, and indexed so that the cost of an event grows
// with the routes that could match it, not with those that exist.
type table struct {
	entry     Handler // the router's middleware around dispatch
	observers []*Route
	routes    []*Route
	kinds     map[xmlmsg.Kind]*index // of the kinds that have routes of their own
	any       *index                 // of the routes of any kind: for all other kinds
}

// index finds the routes of one kind, by number.
type index struct {
	always []int32 // routes without a key
	byKey  map[match.Field]map[string][]int32
	words  *ahocorasick.Automaton // over the keys of FieldWord; nil if there are none
	byWord [][]int32              // by number of the pattern in words
}

// compile makes the table of a tree of routes.
func compile(root *Group) *table {
	t := &table{kinds: map[xmlmsg.Kind]*index{}}
	root.each(func(r *Route) {
		r = ready(r, root)
		if r.observer {
			t.observers = append(t.observers, r)
			return
		}
		t.routes = append(t.routes, r)
	})
	t.any = newIndex(t.routes, anyKind)
	for _, r := range t.routes {
		if r.kind != anyKind && t.kinds[r.kind] == nil {
			t.kinds[r.kind] = newIndex(t.routes, r.kind)
		}
	}
	t.entry = t.dispatch
	for _, m := range slices.Backward(root.middleware) {
		t.entry = m(t.entry)
	}
	return t
}

// ready is a copy of a route with the conditions and the middleware of its groups; those of the root
// run around everything.
func ready(r *Route, root *Group) *Route {
	c := *r
	c.conditions = r.allMatchers()
	c.serve = r.handler
	for g := r.group; g != root; g = g.parent {
		for _, m := range slices.Backward(g.middleware) {
			c.serve = m(c.serve)
		}
	}
	return &c
}

func newIndex(routes []*Route, kind xmlmsg.Kind) *index {
	x := &index{byKey: map[match.Field]map[string][]int32{}}
	for i, r := range routes {
		if r.kind != anyKind && r.kind != kind {
			continue
		}
		field, keys, ok := bestKeys(r.conditions)
		if !ok {
			x.always = append(x.always, int32(i))
			continue
		}
		if x.byKey[field] == nil {
			x.byKey[field] = map[string][]int32{}
		}
		for _, k := range keys {
			x.byKey[field][k] = append(x.byKey[field][k], int32(i))
		}
	}
	x.buildWords()
	return x
}

// buildWords makes the automaton that finds all words of all routes in one pass over a text.
func (x *index) buildWords() {
	words := x.byKey[match.FieldWord]
	delete(x.byKey, match.FieldWord)
	if len(words) == 0 {
		return
	}
	patterns := make([]string, 0, len(words))
	for w, routes := range words {
		patterns = append(patterns, w)
		x.byWord = append(x.byWord, routes)
	}
	automaton, err := ahocorasick.NewBuilder().AddStrings(patterns).Build()
	if err != nil { // cannot happen for a list of words that are not empty; ask each route then
		for _, routes := range x.byWord {
			x.always = append(x.always, routes...)
		}
		slices.Sort(x.always)
		x.byWord = nil
		return
	}
	x.words = automaton
}

// bestKeys picks the condition that narrows most: a whole text before a word, a person before a conversation.
func bestKeys(ms []match.Matcher) (field match.Field, keys []string, ok bool) {
	best := len(preference)
	for _, m := range ms {
		x, indexed := m.(match.Indexed)
		if !indexed {
			continue
		}
		f, k := x.Keys()
		if rank := slices.Index(preference[:], f); rank >= 0 && rank < best && len(k) > 0 {
			best, field, keys, ok = rank, f, k, true
		}
	}
	return field, keys, ok
}

var preference = [...]match.Field{match.FieldText, match.FieldCommand, match.FieldWord, match.FieldSender, match.FieldConversation}

// candidates are the routes that could match the event, in order. It appends to buf.
func (t *table) candidates(c *Context, buf []int32) []int32 {
	x := t.kinds[c.Event.Kind()]
	if x == nil {
		x = t.any
	}
	buf = append(buf, x.always...)
	own := len(buf)
	for field, byKey := range x.byKey {
		buf = append(buf, byKey[fieldValue(c, field)]...)
	}
	if x.words != nil {
		if text := c.Text(); text != "" {
			for _, m := range x.words.FindAllOverlapping(bytesOf(text)) {
				buf = append(buf, x.byWord[m.PatternID]...)
			}
		}
	}
	if len(buf) > own {
		slices.Sort(buf)
		buf = slices.Compact(buf)
	}
	return buf
}

// bytesOf is the text as bytes that nobody writes to, without a copy.
func bytesOf(text string) []byte {
	return unsafe.Slice(unsafe.StringData(text), len(text)) //nolint:gosec // read only, and shorter-lived than the text
}

// fieldValue is what the keys of a field are compared with.
func fieldValue(c *Context, f match.Field) string {
	switch f {
	case match.FieldConversation:
		return c.Event.Conversation.ID
	case match.FieldSender:
		return c.Event.Sender
	case match.FieldText:
		return strings.TrimSpace(c.Text())
	case match.FieldCommand:
		word, _ := c.Command()
		return word
	case match.FieldWord: // found by the automaton
	}
	return ""
}
