package rules

import (
	"fmt"
	"slices"
	"strings"
)

// cycles finds forwards that send a message back to where it came from: A to B and B to A would
// pass one file to and fro for ever if both were bots. Only rules that name their source can be judged.
func cycles(rules []Rule) (all []*Error) {
	for i, r := range rules {
		for _, from := range r.In {
			if path := findPath(rules, r.Forward.To, from, map[string]bool{}); path != nil {
				all = append(all, &Error{Index: i, Field: "forward.to", Err: fmt.Errorf(
					"messages would go in a circle: %s", strings.Join(append([]string{from}, path...), " → "))})
				break
			}
		}
	}
	return all
}

// findPath finds a way along the forwards from one of the conversations to goal.
func findPath(rules []Rule, from []string, goal string, seen map[string]bool) []string {
	for _, here := range from {
		if here == goal {
			return []string{here}
		}
		if seen[here] {
			continue
		}
		seen[here] = true
		for _, r := range rules {
			if slices.Contains(r.In, here) {
				if path := findPath(rules, r.Forward.To, goal, seen); path != nil {
					return append([]string{here}, path...)
				}
			}
		}
	}
	return nil
}
