// Package suggest finds the word that a user probably meant.
package suggest

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Nearest returns the candidate that is closest to a misspelled word, or "" if none is close: at
// most one edit for each three characters and one more, without regard to case.
func Nearest(word string, candidates []string) string {
	return Within(len([]rune(word))/3+1, word, candidates)
}

// Within is Nearest for a number of edits that are allowed. A word without a letter in common is
// never close.
func Within(edits int, word string, candidates []string) (nearest string) {
	length := len([]rune(word))
	best := min(edits+1, length)
	for _, c := range candidates {
		if n := len([]rune(c)); n-length >= best || length-n >= best {
			continue
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(c)); d < best {
			best, nearest = d, c
		}
	}
	return nearest
}

// Hint returns a clause for an error message that asks whether the nearest candidate was meant, or
// an empty text.
func Hint(word string, candidates []string) phrase.Text {
	if c := Nearest(word, candidates); c != "" {
		return phrase.New("; did you mean %s?", c)
	}
	return phrase.Text{}
}
