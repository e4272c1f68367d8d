package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// The bounds of what is said about circles: of those reported one by one, and of the conversations
// named of each.
const (
	maxCircles = 100
	maxPath    = 12
)

// cycles finds forwards that lead a message back to the conversation it came from: with rules from
// A to B and from B to A, one file would be forwarded for ever. Only rules with In can be checked.
func cycles(rules []Rule) (all []*Error) {
	g := newForwards(rules)
	more, last := 0, 0
	for i, r := range rules {
		from := slices.IndexFunc(r.In, func(from string) bool { return g.returns(r.Forward.To, from) })
		switch {
		case from < 0:
		case len(all) < maxCircles:
			path := g.path(r.Forward.To, r.In[from])
			all = append(all, &Error{Index: i, Field: "forward.to",
				Err: phrase.Errorf("messages would go in a circle; take one of its chats out of in or to: %s",
					describePath(append([]string{r.In[from]}, path...)))})
		default:
			more, last = more+1, i
		}
	}
	if more > 0 {
		all = append(all, &Error{Index: last, Field: "forward.to",
			Err: phrase.Errorf("messages would go in a circle here, too, and in %d rules before this one that are not listed: mend "+
				"those first that are",
				more-1)})
	}
	return all
}

// describePath names the conversations of a path, of a long one the first ones and the last.
func describePath(path []string) string {
	if len(path) > maxPath {
		left := fmt.Sprintf("(%d more)", len(path)-maxPath)
		path = slices.Concat(path[:maxPath-1], []string{left}, path[len(path)-1:])
	}
	return strings.Join(path, " → ")
}

// forwards are the conversations and where messages in each go.
type forwards struct {
	to     map[string][]string
	circle map[string]int // from each of two conversations with the same number, messages get to the other
}

func newForwards(rules []Rule) *forwards {
	g := &forwards{to: map[string][]string{}}
	for _, r := range rules {
		if len(r.Forward.To) == 0 {
			continue
		}
		for _, from := range r.In {
			g.to[from] = append(g.to[from], r.Forward.To...)
		}
	}
	g.number()
	return g
}

// number finds the circles, by Tarjan's algorithm: one visit to each conversation and each forward.
func (g *forwards) number() {
	g.circle = map[string]int{}
	type visit struct {
		at   string
		next int // index in to
	}
	index, low := map[string]int{}, map[string]int{}
	var open []string // conversations whose circle is not complete
	for start := range g.to {
		if index[start] != 0 {
			continue
		}
		way := []visit{{at: start}}
		for len(way) > 0 {
			v := &way[len(way)-1]
			if v.next == 0 && index[v.at] == 0 {
				index[v.at] = len(index) + 1
				low[v.at] = index[v.at]
				open = append(open, v.at)
			}
			if v.next < len(g.to[v.at]) {
				to := g.to[v.at][v.next]
				v.next++
				if index[to] == 0 {
					way = append(way, visit{at: to})
				} else if g.circle[to] == 0 {
					low[v.at] = min(low[v.at], index[to])
				}
				continue
			}
			if low[v.at] == index[v.at] {
				for complete := false; !complete; { // in all, as often as there are conversations
					member := open[len(open)-1]
					open = open[:len(open)-1]
					g.circle[member] = index[v.at]
					complete = member == v.at
				}
			}
			way = way[:len(way)-1]
			if len(way) > 0 {
				before := way[len(way)-1].at
				low[before] = min(low[before], low[v.at])
			}
		}
	}
}

// returns reports whether messages that go from one conversation to others come back to it.
func (g *forwards) returns(to []string, from string) bool {
	return slices.ContainsFunc(to, func(t string) bool { return g.circle[t] == g.circle[from] })
}

// path is a way along the forwards from one of the conversations back to goal.
func (g *forwards) path(from []string, goal string) []string {
	seen := map[string]bool{}
	var find func(from []string) []string
	find = func(from []string) []string {
		for _, here := range from {
			if here == goal {
				return []string{here}
			}
			if seen[here] || g.circle[here] != g.circle[goal] {
				continue
			}
			seen[here] = true
			if path := find(g.to[here]); path != nil {
				return append(path, here)
			}
		}
		return nil
	}
	path := find(from)
	slices.Reverse(path)
	return path
}
