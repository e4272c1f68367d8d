package router_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// matchers gives random matchers out of so few values that they often cover each other.
type matchers struct {
	*rand.Rand

	own []match.Matcher
}

func newMatchers(seed uint64) *matchers {
	m := &matchers{Rand: rand.New(rand.NewPCG(seed, 0))}
	yes := func(*match.Subject) bool { return true }
	m.own = []match.Matcher{match.Func("own", yes), match.Func("own", yes), uncomparable{}, uncomparable{{}}}
	m.own = append(m.own, match.Or(m.own[0], match.Private()), match.And(m.own[1], match.Group()), match.Not(uncomparable{}))
	return m
}

// uncomparable is a matcher that cannot be compared with ==.
type uncomparable []struct{}

func (uncomparable) Match(*match.Subject) bool { return true }
func (uncomparable) String() string            { return "uncomparable" }

func (m *matchers) words(all ...string) []string {
	m.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+m.IntN(len(all))]
}

func (m *matchers) list(most int) []match.Matcher {
	ms := make([]match.Matcher, m.IntN(most+1))
	for i := range ms {
		ms[i] = m.one(2)
	}
	return ms
}

func (m *matchers) one(depth int) match.Matcher {
	makers := []func() match.Matcher{
		func() match.Matcher { return match.Keyword(m.words("a", "A", "b")...) },
		func() match.Matcher { return match.KeywordExact(m.words("a", "A", "b")...) },
		func() match.Matcher { return match.Exact(m.words("a", "/a b", "b")...) },
		func() match.Matcher { return match.Command(m.words("a", "b")...) },
		func() match.Matcher { return match.Prefix(m.words("a", "b")...) },
		func() match.Matcher { return match.Regexp(m.words("^a", "b", "[ab]")[0]) },
		func() match.Matcher { return match.In(m.words("1@chatroom", "2@chatroom")...) },
		func() match.Matcher { return match.From(m.words("wxid_a", "wxid_b")...) },
		func() match.Matcher { return match.Account(m.words("x", "y")...) },
		func() match.Matcher { return match.Ext(m.words("a", "b")...) },
		func() match.Matcher { return match.LinkHost(m.words("a", "b")...) },
		func() match.Matcher { return match.MinSize(m.Int64N(3)) },
		func() match.Matcher { return match.MaxSize(m.Int64N(3)) },
		match.Private, match.Group, match.AtMe,
		func() match.Matcher { return m.own[m.IntN(len(m.own))] },
	}
	if depth > 0 {
		makers = append(makers,
			func() match.Matcher { return match.Or(m.one(depth-1), m.one(depth-1)) },
			func() match.Matcher { return match.And(m.one(depth-1), m.one(depth-1)) },
			func() match.Matcher { return match.Not(m.one(depth - 1)) })
	}
	return makers[m.IntN(len(makers))]()
}

// plain is a route as the plain check of all pairs sees it.
type plain struct {
	name     string
	path     []int
	kind     xmlmsg.Kind
	ms       []match.Matcher
	observer bool
	passes   bool
}

func (p *plain) hides(other *plain) bool {
	return !p.observer && !p.passes && !other.observer && (p.kind == "" || p.kind == other.kind) && matching.Covers(p.ms, other.ms)
}

// conflict is the pair that a check of r against each of the others, in order, finds first.
func conflict(all []*plain, r *plain) (hidden, first *plain) {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *plain) int { return slices.Compare(a.path, b.path) })
	for _, other := range all {
		switch c := slices.Compare(other.path, r.path); {
		case c < 0 && other.hides(r):
			return r, other
		case c > 0 && r.hides(other):
			return other, r
		}
	}
	return nil, nil
}

// TestTheIndexFindsWhatAllPairsDo registers random routes in random groups, and compares each
// answer of the check with that of a plain comparison of all pairs.
func TestTheIndexFindsWhatAllPairsDo(t *testing.T) {
	t.Parallel()
	handle := func(*router.Context) error { return nil }
	found := 0
	for seed := range uint64(1500) {
		m := newMatchers(seed)
		r := router.New()
		groups, prefixes, around := []*router.Group{r.Group}, [][]int{nil}, [][]match.Matcher{nil}
		var all []*plain
		for i := range 12 {
			at := m.IntN(len(groups))
			if m.IntN(4) == 0 {
				ms := m.list(1)
				prefixes, around = append(prefixes, append(slices.Clone(prefixes[at]), i)), append(around, slices.Concat(around[at], ms))
				groups = append(groups, groups[at].Where(ms...))
				continue
			}
			ms := m.list(3)
			route := &plain{name: fmt.Sprintf("r%d", i), path: append(slices.Clone(prefixes[at]), i), ms: slices.Concat(around[at], ms)}
			route.kind = []xmlmsg.Kind{"", xmlmsg.KindText, xmlmsg.KindFile}[m.IntN(3)]
			route.observer = m.IntN(8) == 0
			passes := m.IntN(4) == 0
			hidden, first := conflict(all, route)
			_, told := groups[at].HiddenBy(route.kind, ms...)
			if !route.observer {
				assert.Equal(t, first != nil && hidden == route, told, "seed %d: %s", seed, route.name)
			}
			panicked := register(func() {
				switch {
				case route.observer:
					groups[at].Observe(handle, ms...).Named(route.name)
				case passes: // known only after the check
					groups[at].Kind(route.kind, handle, ms...).Named(route.name).Passes()
				default:
					groups[at].Kind(route.kind, handle, ms...).Named(route.name)
				}
			})
			if first == nil {
				require.Empty(t, panicked, "seed %d", seed)
				route.passes = passes
				all = append(all, route)
				continue
			}
			found++
			name := func(p *plain) string {
				if p == route { // it has its name only after the check
					return "@reach_test.go:"
				}
				return "the route " + p.name + " at "
			}
			before, after, _ := strings.Cut(panicked, " can never run: ")
			require.Contains(t, before, name(hidden), "seed %d", seed)
			require.Contains(t, after, name(first), "seed %d", seed)
			break // what is left after a panic is not a promise
		}
	}
	assert.Greater(t, found, 500)
}

// TestTheIndexFindsWhatAllPairsDoAmongMany has routes that share their conditions with many others.
func TestTheIndexFindsWhatAllPairsDoAmongMany(t *testing.T) {
	t.Parallel()
	handle := func(*router.Context) error { return nil }
	found := 0
	for seed := range uint64(20) {
		m := newMatchers(seed)
		value := func(name string) string { return fmt.Sprintf("%s%d", name, m.IntN(4)) }
		r := router.New()
		var all []*plain
		for i := range 250 {
			makers := []func() match.Matcher{
				func() match.Matcher { return match.In(value("wxid_c")) },
				func() match.Matcher { return match.From(value("wxid_p")) },
				func() match.Matcher { return match.Keyword(value("w"), value("w")) },
				func() match.Matcher { return match.Ext(value("x")) },
				func() match.Matcher { return match.MinSize(m.Int64N(100)) },
				func() match.Matcher { return match.MaxSize(m.Int64N(100) - 50) },
			}
			m.Shuffle(len(makers), func(i, j int) { makers[i], makers[j] = makers[j], makers[i] })
			kind := []xmlmsg.Kind{"", xmlmsg.KindText, xmlmsg.KindFile}[m.IntN(3)]
			route := &plain{name: fmt.Sprintf("r%d", i), path: []int{i}, kind: kind}
			for _, build := range makers[:3+m.IntN(2)] {
				route.ms = append(route.ms, build())
			}
			_, first := conflict(all, route)
			by, hidden := r.HiddenBy(route.kind, route.ms...)
			require.Equal(t, first != nil, hidden, "seed %d: %s", seed, route.name)
			if hidden {
				require.Equal(t, first.name, by.Name, "seed %d: %s", seed, route.name)
				found++
				continue
			}
			registered := r.Kind(route.kind, handle, route.ms...).Named(route.name)
			if route.passes = m.IntN(8) == 0; route.passes {
				registered.Passes()
			}
			all = append(all, route)
		}
	}
	assert.Greater(t, found, 300)
}

// register returns what f panics with.
func register(f func()) (panicked string) {
	defer func() {
		if v := recover(); v != nil {
			panicked = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

func ExampleGroup_HiddenBy() {
	r := router.New()
	r.Text(router.Say("ours"), match.Keyword("price", "cost")).Named("prices")
	first, hidden := r.HiddenBy(xmlmsg.KindText, match.Keyword("cost"), match.Private())
	fmt.Println(hidden, first.Name)
	// Output: true prices
}
