package rules

import (
	"fmt"
	"slices"
	"strings"
)

// cycles finds forwards that lead a message back to the conversation it came from: with rules from
// A to B and from B to A, one file would be forwarded for ever. Only rules with In can be checked.
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

// findPath finds a path along the forwards from one of the conversations to goal; nil if there is
// none.
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
