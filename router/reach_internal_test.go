package router

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// shapes are how the matchers of many routes may differ: by i, of n routes.
func shapes() map[string]func(i, n int) []match.Matcher {
	word := func(i int) match.Matcher { return match.Keyword(fmt.Sprintf("关键词%05d", i)) }
	chat := func(i int) match.Matcher { return match.In(fmt.Sprintf("%d@chatroom", i)) }
	return map[string]func(i, n int) []match.Matcher{
		"a word each":            func(i, _ int) []match.Matcher { return []match.Matcher{word(i)} },
		"one group, a word each": func(i, _ int) []match.Matcher { return []match.Matcher{chat(0), word(i)} },
		"one word, a group each": func(i, _ int) []match.Matcher { return []match.Matcher{word(0), chat(i)} },
		"words in groups":        func(i, _ int) []match.Matcher { return []match.Matcher{word(i / 64), chat(i % 64)} },
		"a size each":            func(i, n int) []match.Matcher { return []match.Matcher{match.MinSize(int64(n - i))} },
		"an expression each":     func(i, _ int) []match.Matcher { return []match.Matcher{match.Regexp(fmt.Sprintf("x?%05d", i))} },
		"an expression or a group": func(i, _ int) []match.Matcher {
			return []match.Matcher{match.Or(match.Regexp(fmt.Sprintf("x?%05d", i)), chat(i))}
		},
		"each word without another": func(i, _ int) []match.Matcher { return []match.Matcher{word(i), match.Not(word(i + 1))} },
	}
}

// registerShape registers n routes in order, or each before all that came before it.
func registerShape(shape func(i, n int) []match.Matcher, n int, inOrder bool) *Router {
	r := New()
	handle := func(*Context) error { return nil }
	groups := make([]*Group, n)
	for i := range groups {
		if inOrder {
			groups[i] = r.Group
		} else {
			groups[n-1-i] = r.Where()
		}
	}
	for i, g := range groups {
		g.Kind(xmlmsg.KindText, handle, shape(i, n)...)
	}
	return r
}

// TestReachCeiling holds the number of routes with which the check compares a new one, whatever
// their number.
func TestReachCeiling(t *testing.T) {
	t.Parallel()
	const n = 4000
	for name, shape := range shapes() {
		assert.LessOrEqual(t, registerShape(shape, n, true).reach.compared, 16*n, name)
	}
}

// BenchmarkRegister registers N routes: what one costs must not grow with N.
func BenchmarkRegister(b *testing.B) {
	for name, shape := range shapes() {
		for _, n := range []int{1000, 10000} {
			for order, inOrder := range map[string]bool{"in order": true, "backwards": false} {
				b.Run(fmt.Sprintf("%s/%s/routes=%d", name, order, n), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						registerShape(shape, n, inOrder)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/route")
				})
			}
		}
	}
}
