package router

import (
	"strings"
	"unicode"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router/match"
)

// isCancel reports whether a cancel word was said: with or without a slash before it, a mention,
// and signs after it.
func isCancel(s *match.Subject, words []string) bool {
	said := matching.Fold(s.Said())
	command, rest := s.Command()
	for _, w := range words {
		w = matching.Fold(strings.TrimSpace(w))
		if said == w {
			return true
		}
		if w = bare(w); w != "" && (bare(said) == w || rest == "" && bare(command) == w) {
			return true
		}
	}
	return false
}

// bare is a folded word without a slash before it and without the signs after it.
func bare(word string) string {
	return strings.TrimRightFunc(strings.TrimPrefix(word, "/"), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
