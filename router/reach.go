package router

import (
	"fmt"
	"math"
	"slices"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// reach finds, among the routes of a bot or of one plugin, those that can never run since another
// takes all of their events. It compares a route only with those that an index gives for it, so
// that the cost of a registration does not grow with the number of routes.
type reach struct {
	last *Route
	all  []*Route // in the order of registration
	// wide has each route under the keys of one of its conditions, or of several: every route that
	// it hides has one key of each.
	wide bucket
	// narrow has each route under all of its keys. It is for routes that are registered before
	// others in the order, and nil until there is one.
	narrow map[reachKey][]*Route
	// compared counts the pairs that were compared: the work that tests hold a ceiling over.
	compared int
}

// reachKey is a key of a condition. The zero Key is that of routes without a condition, and
// what they cover: everything.
type reachKey struct {
	kind xmlmsg.Kind
	key  matching.Key
}

func newReach() *reach { return &reach{} }

// HiddenBy returns the route that would keep a new route of the group with this kind and these
// matchers from ever running, as it comes first and matches all that the new one does. To register
// that one would panic. It looks at the routes so far, without those of other plugins; an empty
// kind means any.
func (g *Group) HiddenBy(kind xmlmsg.Kind, ms ...match.Matcher) (first RouteInfo, hidden bool) {
	checkMatchers("HiddenBy", ms)
	r := &Route{group: g, kind: kind, conditions: g.conditionsWith(matching.Flatten(ms))}
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	r.path = g.nextPath()
	if by := g.reachable().hiding(r); by != nil {
		return by.info(), true
	}
	return RouteInfo{}, false
}

// reachable is what knows the routes with which those of the group are compared: those of the bot,
// or of the same plugin, as a plugin does not know the others.
func (g *Group) reachable() *reach {
	for g.reach == nil {
		g = g.parent
	}
	return g.reach
}

// checkReachable panics if r can never run, or keeps a later route from ever running.
func (g *Group) checkReachable(r *Route) {
	if r.observer {
		return
	}
	x := g.reachable()
	first, hidden := x.hiding(r), r
	if first == nil {
		first, hidden = r, x.hiddenBy(r)
	}
	x.add(r)
	if hidden != nil {
		panic(fmt.Sprintf("router: the route %s (%s) can never run: the route %s (%s) comes first and matches all that it matches. "+
			"Register the narrower one first, or call Passes() on the first if it returns router.Next",
			hidden.place(), hidden.describe(), first.place(), first.describe()))
	}
}

// before reports whether a route comes before another.
func (r *Route) before(other *Route) bool { return slices.Compare(r.path, other.path) < 0 }

// hides reports whether first, which comes first, takes every event that r would get.
func (x *reach) hides(first, r *Route) bool {
	switch {
	case first.dead(), r.gone, r.listens() && !first.listens():
		return false
	case first.kind != r.kind && (first.kind != anyKind || r.kind == selfKind):
		return false
	}
	x.compared++
	return matching.Covers(first.conditions, r.conditions)
}

// dead reports whether a route hides no other, whatever its conditions are.
func (r *Route) dead() bool { return r.passes || r.gone }

// hiding is the first route that takes every event that r would get; nil if there is none.
func (x *reach) hiding(r *Route) *Route { return x.firstOf(&x.wide, r, narrowKeys(r), nil) }

// firstOf is the first route in a bucket that hides r, or first if that comes before it.
func (x *reach) firstOf(b *bucket, r *Route, keys []reachKey, first *Route) *Route {
	dead := false
	for _, wide := range b.routes {
		if !wide.before(r) || first != nil && !wide.before(first) {
			break
		}
		if x.hides(wide, r) {
			first = wide
			break
		}
		dead = dead || wide.dead()
	}
	if dead {
		b.routes = slices.DeleteFunc(b.routes, (*Route).dead)
	}
	for i := 0; i < len(keys) && len(b.below) > 0; i++ {
		if below := b.below[keys[i]]; below != nil {
			first = x.firstOf(below, r, keys, first)
		}
	}
	return first
}

// hiddenBy is the first route after r that gets no event because of it; nil if there is none.
func (x *reach) hiddenBy(r *Route) (first *Route) {
	if x.last == nil || x.last.before(r) {
		return nil
	}
	if x.narrow == nil {
		x.narrow = map[reachKey][]*Route{}
		for _, other := range x.all {
			x.addNarrow(other)
		}
	}
	conditions := wideKeys(r)
	best := fewest(conditions, func(key reachKey) int { return len(x.narrow[key]) })
	for _, key := range conditions[best] {
		list := x.narrow[key]
		for _, narrow := range list[after(list, r):] {
			if first != nil && !narrow.before(first) {
				break
			}
			if x.hides(r, narrow) {
				first = narrow
				break
			}
		}
	}
	return first
}

// add puts a route into the index.
func (x *reach) add(r *Route) {
	if x.last == nil || x.last.before(r) {
		x.last = r
	}
	x.all = append(x.all, r)
	x.wide.descend(r, wideKeys(r), math.MaxInt)
	if x.narrow != nil {
		x.addNarrow(r)
	}
}

func (x *reach) addNarrow(r *Route) {
	for _, key := range narrowKeys(r) {
		x.narrow[key] = insert(x.narrow[key], r)
	}
}

// kindsOf are the kinds of the routes that may hide r.
func kindsOf(r *Route) []xmlmsg.Kind {
	if r.kind == anyKind || r.kind == selfKind {
		return []xmlmsg.Kind{r.kind}
	}
	return []xmlmsg.Kind{r.kind, anyKind}
}

// narrowKeys are the keys of all conditions of a route, and that of everything.
func narrowKeys(r *Route) []reachKey {
	kinds := kindsOf(r)
	keys := make([]reachKey, 0, 16)
	for _, kind := range kinds {
		keys = append(keys, reachKey{kind: kind})
	}
	for _, m := range r.conditions {
		for _, key := range matching.NarrowKeys(m) {
			for _, kind := range kinds {
				keys = append(keys, reachKey{kind, key})
			}
		}
	}
	return keys
}

// wideKeys are the keys of each condition of a route; of a route without one, that of everything.
func wideKeys(r *Route) [][]reachKey {
	if len(r.conditions) == 0 {
		return [][]reachKey{{{kind: r.kind}}}
	}
	conditions := make([][]reachKey, len(r.conditions))
	for i, m := range r.conditions {
		for _, key := range matching.WideKeys(m) {
			conditions[i] = append(conditions[i], reachKey{r.kind, key})
		}
	}
	return conditions
}

// fewest is the index of the condition under whose keys there are the fewest routes.
func fewest(conditions [][]reachKey, count func(reachKey) int) int {
	best, least := 0, -1
	for i, keys := range conditions {
		most := 0
		for _, key := range keys {
			most = max(most, count(key))
		}
		if least < 0 || most < least {
			best, least = i, most
		}
	}
	return best
}

// bucket has routes that share the keys of some of their conditions: a few as a list, in their
// order, and more of them below, by the keys of another condition.
type bucket struct {
	count  int
	routes []*Route
	below  map[reachKey]*bucket
}

// The bounds of a bucket: of the list from which on routes go below, and of the keys under which
// one route may.
const (
	fullBucket = 8
	spreadKeys = 16
)

// add puts a route into a bucket that it has reached by some of its conditions; others are left.
func (b *bucket) add(r *Route, left [][]reachKey) {
	b.count++
	if len(b.routes) < fullBucket || len(left) == 0 || !b.descend(r, left, spreadKeys) {
		b.routes = insert(b.routes, r)
	}
}

// descend puts a route below, by the condition that tells it best from others, and reports whether
// it did: not if that condition has more keys than the bound.
func (b *bucket) descend(r *Route, left [][]reachKey, bound int) bool {
	best := fewest(left, func(key reachKey) int {
		if below := b.below[key]; below != nil {
			return below.count
		}
		return 0
	})
	if len(left[best]) > bound {
		return false
	}
	rest := slices.Delete(slices.Clone(left), best, best+1)
	for _, key := range left[best] {
		if b.below == nil {
			b.below = map[reachKey]*bucket{}
		}
		below := b.below[key]
		if below == nil {
			below = &bucket{}
			b.below[key] = below
		}
		below.add(r, rest)
	}
	return true
}

// insert puts a route into a list at its place in the order, once.
func insert(list []*Route, r *Route) []*Route {
	at := after(list, r)
	if at > 0 && list[at-1] == r { // a matcher may have a key twice
		return list
	}
	return slices.Insert(list, at, r)
}

// after is where the routes of a list begin that come after r.
func after(list []*Route, r *Route) int {
	if n := len(list); n == 0 || !r.before(list[n-1]) {
		return n
	}
	at, _ := slices.BinarySearchFunc(list, r, func(a, b *Route) int {
		if slices.Compare(a.path, b.path) <= 0 {
			return -1
		}
		return 1
	})
	return at
}
