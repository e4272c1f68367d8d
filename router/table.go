package router

import (
	"slices"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router/internal/words"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// table is the compiled form of the routes: immutable, and indexed so that the cost of an event
// grows with the routes that could match it, not with those that exist.
type table struct {
	entry     Handler // the router's middleware around dispatch
	observers []*Route
	routes    []*Route
	commands  []*Route               // the routes that are commands
	help      *Route                 // what answers "帮助"
	selves    []*Route               // of Self
	dry       map[string]bool        // names of the routes that are rehearsals
	plugins   map[string]string      // of the routes that belong to one, by name
	kinds     map[xmlmsg.Kind]*index // of the kinds that have routes of their own
	any       *index                 // of the routes of any kind: for all other kinds
}

// index finds the routes of one kind, by their number in routes.
type index struct {
	routes []*Route // in the order in which they are tried
	always []int32  // routes without a key
	byKey  map[matching.Field]map[string][]int32
	words  *words.Index // over the keys of FieldWord, folded; nil if there are none
	byWord [][]int32    // by number of the word in words
}

// compile makes the table of a tree of routes.
func compile(root *Group) *table {
	t := &table{kinds: map[xmlmsg.Kind]*index{}, dry: map[string]bool{}, plugins: map[string]string{}, help: newHelp(root)}
	root.each(func(r *Route) {
		r = ready(r, root)
		if plugin := r.group.pluginName(); plugin != "" {
			t.plugins[r.name] = plugin
		}
		if r.isDry() {
			t.dry[r.name] = true
		}
		if r.kind == selfKind {
			t.selves = append(t.selves, r)
			return
		}
		if r.observer {
			t.observers = append(t.observers, r)
			return
		}
		t.routes = append(t.routes, r)
		if r.command != nil {
			t.commands = append(t.commands, r)
		}
	})
	t.routes = lastOf(t.routes)
	t.any = newIndex(t.routes, anyKind)
	for _, r := range t.routes {
		if r.kind != anyKind && t.kinds[r.kind] == nil {
			t.kinds[r.kind] = newIndex(t.routes, r.kind)
		}
	}
	if t.kinds[xmlmsg.KindText] != nil {
		t.kinds[xmlmsg.KindQuote] = newIndex(quotesFirst(t.routes), xmlmsg.KindQuote)
	}
	t.entry = t.dispatch
	for _, m := range slices.Backward(root.middleware) {
		t.entry = m(t.entry)
	}
	return t
}

// ready is a copy of a route with the conditions and the middleware of its groups; those of the
// root run around everything.
func ready(r *Route, root *Group) *Route {
	c := *r
	c.serve = r.withOptions(r.handler)
	for g := r.group; g != root; g = g.parent {
		for _, m := range slices.Backward(g.middleware) {
			c.serve = m(c.serve)
		}
	}
	return &c
}

func newIndex(routes []*Route, kind xmlmsg.Kind) *index {
	x := &index{routes: routes, byKey: map[matching.Field]map[string][]int32{}}
	of := func(r *Route) bool {
		return r.kind == anyKind || r.kind == kind || kind == xmlmsg.KindQuote && r.kind == xmlmsg.KindText
	}
	count := countKeys(routes, of)
	for i, r := range routes {
		if !of(r) {
			continue
		}
		field, keys, ok := count.bestKeys(r.conditions)
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

// keyCounts has how many routes have a key.
type keyCounts map[matching.Field]map[string]int

func countKeys(routes []*Route, of func(*Route) bool) keyCounts {
	count := keyCounts{}
	for _, r := range routes {
		if !of(r) {
			continue
		}
		for _, m := range r.conditions {
			x, indexed := m.(matching.Indexed)
			if !indexed {
				continue
			}
			field, keys := x.Keys()
			if count[field] == nil {
				count[field] = map[string]int{}
			}
			for _, k := range keys {
				count[field][k]++
			}
		}
	}
	return count
}

// quotesFirst is the order in which an answer that quotes a message tries the routes: that of their
// registration, but for the routes of texts, which come after the last one of quotes.
func quotesFirst(routes []*Route) []*Route {
	last := len(routes) - 1
	for last >= 0 && routes[last].kind != xmlmsg.KindQuote {
		last--
	}
	ordered := make([]*Route, 0, len(routes))
	var texts []*Route
	for _, r := range routes[:last+1] {
		if r.kind == xmlmsg.KindText {
			texts = append(texts, r)
		} else {
			ordered = append(ordered, r)
		}
	}
	return append(append(ordered, texts...), routes[last+1:]...)
}

// buildWords makes the index that finds all words of all routes in one pass over a text.
func (x *index) buildWords() {
	folded := map[string][]int32{}
	for w, routes := range x.byKey[matching.Word] {
		w = matching.Fold(w)
		folded[w] = append(folded[w], routes...)
	}
	delete(x.byKey, matching.Word)
	if len(folded) == 0 {
		return
	}
	all := make([]string, 0, len(folded))
	for w, routes := range folded {
		all = append(all, w)
		x.byWord = append(x.byWord, routes)
	}
	x.words = words.New(all)
}

// fewRoutes is up to how many routes may share a key before a rarer one is worth more than the
// order of preference.
const fewRoutes = 8

// bestKeys picks the condition that narrows most: one whose keys few routes share, and among those
// a whole text before a word, a person before a conversation.
func (count keyCounts) bestKeys(ms []match.Matcher) (field matching.Field, keys []string, ok bool) {
	best, fewest := 0, 0
	for _, m := range ms {
		x, indexed := m.(matching.Indexed)
		if !indexed {
			continue
		}
		f, k := x.Keys()
		rank := slices.Index(preference[:], f)
		if rank < 0 || len(k) == 0 {
			continue
		}
		shared := fewRoutes
		for _, key := range k {
			shared = max(shared, count[f][key])
		}
		if !ok || shared < fewest || shared == fewest && rank < best {
			best, fewest, field, keys, ok = rank, shared, f, k, true
		}
	}
	return field, keys, ok
}

var preference = [...]matching.Field{matching.Text, matching.Command, matching.Word, matching.Sender, matching.Conversation}

// of is the index for a kind.
func (t *table) of(kind xmlmsg.Kind) *index {
	if x := t.kinds[kind]; x != nil {
		return x
	}
	return t.any
}

// candidates are the routes that could match the event, in order. It appends to buf.
func (x *index) candidates(c *Context, buf []int32) []int32 {
	buf = append(buf, x.always...)
	own := len(buf)
	for field, byKey := range x.byKey {
		buf = append(buf, byKey[fieldValue(c, field)]...)
	}
	if x.words != nil {
		x.words.Each(c.Folded(), func(word int) { buf = append(buf, x.byWord[word]...) })
	}
	if len(buf) > own {
		slices.Sort(buf)
		buf = slices.Compact(buf)
	}
	return buf
}

// fieldValue is what the keys of a field are compared with.
func fieldValue(c *Context, f matching.Field) string {
	switch f {
	case matching.Conversation:
		return c.Event.Conversation.ID
	case matching.Sender:
		return c.Event.Sender
	case matching.Text:
		return c.Said()
	case matching.Command:
		word, _ := c.Command()
		return word
	case matching.Word: // found in one pass
	}
	return ""
}
