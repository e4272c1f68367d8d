package rules_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// many makes n rules, as edit says.
func many(n int, edit func(i int, r *rules.Rule)) []rules.Rule {
	list := make([]rules.Rule, n)
	for i := range list {
		list[i] = rules.Rule{Name: fmt.Sprintf("rule %d", i), On: []xmlmsg.Kind{"text"}, Reply: rules.Text("x")}
		edit(i, &list[i])
	}
	return list
}

func chat(i int) string { return fmt.Sprintf("%d@chatroom", 1000+i) }

// TestManyMistakes has as many mistakes as rules, in lists that once took minutes.
func TestManyMistakes(t *testing.T) {
	t.Parallel()
	const n = 10000
	word := func(i int, r *rules.Rule) { r.Keyword = []string{fmt.Sprintf("关键词%05d", i)} }
	require.NoError(t, rules.Check(many(n, word)))

	twice := rules.Mistakes(many(2*n, func(i int, r *rules.Rule) { word(i%n, r) }))
	require.Len(t, twice, n)
	assert.Equal(t, n, twice[0].Index)
	require.ErrorContains(t, twice[n-1], `"rule 19999" can never run: rule 10000, "rule 9999", comes first`)

	forward := func(to func(i int) int) []rules.Rule {
		return many(n, func(i int, r *rules.Rule) { r.In, r.Forward.To = []string{chat(i)}, []string{chat(to(i))} })
	}
	require.NoError(t, rules.Check(forward(func(i int) int { return i + 1 })))

	ring := rules.Mistakes(forward(func(i int) int { return (i + 1) % n }))
	require.Len(t, ring, 101)
	require.ErrorContains(t, ring[0], "1000@chatroom → 1001@chatroom → 1002@chatroom")
	require.ErrorContains(t, ring[0], "1010@chatroom → (9989 more) → 1000@chatroom")
	assert.Equal(t, n-1, ring[100].Index)
	require.ErrorContains(t, ring[100], "in 9899 rules before this one that are not listed")
}

// TestCircles compares the circles of random forwards with a search from each conversation.
func TestCircles(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 0))
		list := many(8, func(_ int, r *rules.Rule) {
			for range 1 + random.IntN(2) {
				r.In = append(r.In, chat(random.IntN(10)))
				r.Forward.To = append(r.Forward.To, chat(random.IntN(10)))
			}
		})
		var want, got []int
		for i, r := range list {
			for _, from := range r.In {
				if reaches(list, r.Forward.To, from, map[string]bool{}) {
					want = append(want, i)
					break
				}
			}
		}
		for _, wrong := range rules.Mistakes(list) {
			if strings.Contains(wrong.Error(), "circle") {
				got = append(got, wrong.Index)
				assertCircle(t, list, wrong)
			}
		}
		assert.Equal(t, want, got, "seed %d", seed)
	}
}

// reaches reports whether messages get from one of the conversations to goal.
func reaches(list []rules.Rule, from []string, goal string, seen map[string]bool) bool {
	for _, here := range from {
		if here == goal {
			return true
		}
		if seen[here] {
			continue
		}
		seen[here] = true
		for _, r := range list {
			for _, in := range r.In {
				if in == here && reaches(list, r.Forward.To, goal, seen) {
					return true
				}
			}
		}
	}
	return false
}

// assertCircle follows the way that a mistake names.
func assertCircle(t *testing.T, list []rules.Rule, wrong *rules.Error) {
	t.Helper()
	_, way, _ := strings.Cut(errors.Unwrap(wrong).Error(), ": ")
	path := strings.Split(way, " → ")
	assert.Equal(t, path[0], path[len(path)-1])
	assert.Contains(t, list[wrong.Index].In, path[0])
	for i, from := range path[:len(path)-1] {
		forwarded := false
		for _, r := range list {
			for _, in := range r.In {
				for _, to := range r.Forward.To {
					forwarded = forwarded || in == from && to == path[i+1]
				}
			}
		}
		assert.True(t, forwarded, "%s: no rule forwards from %s to %s", way, from, path[i+1])
	}
}

// BenchmarkCheck checks N rules: what one costs must not grow with N.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			list := many(n, func(i int, r *rules.Rule) { r.Keyword = []string{fmt.Sprintf("关键词%05d", i)} })
			b.ReportAllocs()
			for b.Loop() {
				if err := rules.Check(list); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
