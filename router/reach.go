package router

import (
	"fmt"
	"slices"

	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// reach finds, among the routes of a bot or of one plugin, those that can never run since another
// takes all of their events. It compares a route only with those that an index gives for it, so that
// the cost of a registration does not grow with the number of routes.
type reach struct {
	last *Route
	all  []*Route // in the order of registration
	// wide has each route under the keys of one of its conditions: every route that it hides has one
	// of them. Each list is in the order of the routes.
	wide map[reachKey][]*Route
	// narrow has each route under all of its keys. It is for routes that are registered before others
	// in the order, and nil until there is one.
	narrow map[reachKey][]*Route
}

// reachKey is a key of a condition. The zero CoverKey is that of routes without a condition, and what
// they cover: everything.
type reachKey struct {
	kind xmlmsg.Kind
	key  match.CoverKey
}

func newReach() *reach { return &reach{wide: map[reachKey][]*Route{}} }

// HiddenBy returns the route that would keep a new route of the group with this kind and these
// matchers from ever running, as it comes first and matches all that the new one does. To register
// that one would panic. It looks at the routes so far, without those of other plugins; an empty kind
// means any.
func (g *Group) HiddenBy(kind xmlmsg.Kind, ms ...match.Matcher) (first RouteInfo, hidden bool) {
	checkMatchers("HiddenBy", ms)
	r := &Route{group: g, kind: kind, conditions: g.conditionsWith(match.Flatten(ms))}
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	r.path = g.nextPath()
	if by := g.reachable().hiding(r); by != nil {
		return by.info(), true
	}
	return RouteInfo{}, false
}

// reachable is what knows the routes with which those of the group are compared: those of the bot, or
// of the same plugin, as a plugin does not know the others.
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

// hides reports whether a route that comes first takes every event that other would get.
func (r *Route) hides(other *Route) bool {
	return !r.gone && !other.gone && !r.passes && (r.kind == anyKind || r.kind == other.kind) && match.Covers(r.conditions, other.conditions)
}

// hiding is the first route that takes every event that r would get; nil if there is none.
func (x *reach) hiding(r *Route) (first *Route) {
	for _, key := range narrowKeys(r.conditions) {
		for _, kind := range kindsOf(r) {
			at := reachKey{kind, key}
			dead := false
			for _, wide := range x.wide[at] {
				if !wide.before(r) || first != nil && !wide.before(first) {
					break
				}
				if wide.hides(r) {
					first = wide
					break
				}
				dead = dead || wide.passes || wide.gone
			}
			if dead { // they hide nothing any more
				x.wide[at] = slices.DeleteFunc(x.wide[at], func(wide *Route) bool { return wide.passes || wide.gone })
			}
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
	for _, key := range shortest(x.narrow, r) {
		list := x.narrow[reachKey{r.kind, key}]
		for _, narrow := range list[after(list, r):] {
			if first != nil && !narrow.before(first) {
				break
			}
			if r.hides(narrow) {
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
	for _, key := range shortest(x.wide, r) {
		insert(x.wide, reachKey{r.kind, key}, r)
	}
	if x.narrow != nil {
		x.addNarrow(r)
	}
}

func (x *reach) addNarrow(r *Route) {
	for _, key := range narrowKeys(r.conditions) {
		for _, kind := range kindsOf(r) {
			insert(x.narrow, reachKey{kind, key}, r)
		}
	}
}

// kindsOf are the kinds of the routes that may hide r.
func kindsOf(r *Route) []xmlmsg.Kind {
	if r.kind == anyKind {
		return []xmlmsg.Kind{anyKind}
	}
	return []xmlmsg.Kind{r.kind, anyKind}
}

// narrowKeys are the keys of all conditions of a route, and that of everything.
func narrowKeys(conditions []match.Matcher) []match.CoverKey {
	keys := []match.CoverKey{{}}
	for _, m := range conditions {
		keys = append(keys, match.NarrowKeys(m)...)
	}
	return keys
}

// shortest are the keys of the condition of r that has the fewest routes in an index: r covers another
// route only if each of its conditions does, so that one is enough to find it.
func shortest(lists map[reachKey][]*Route, r *Route) []match.CoverKey {
	best, fewest := []match.CoverKey{{}}, -1
	for _, m := range r.conditions {
		keys, most := match.WideKeys(m), 0
		for _, key := range keys {
			most = max(most, len(lists[reachKey{r.kind, key}]))
		}
		if fewest < 0 || most < fewest {
			best, fewest = keys, most
		}
	}
	return best
}

// insert puts a route into the list of a key, at its place in the order.
func insert(lists map[reachKey][]*Route, key reachKey, r *Route) {
	list := lists[key]
	at := after(list, r)
	if at > 0 && list[at-1] == r { // a matcher may have a key twice
		return
	}
	lists[key] = slices.Insert(list, at, r)
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
