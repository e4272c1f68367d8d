package matching

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold is the form in which commands and words are compared: full-width letters and signs are
// narrow, and capital letters small.
func Fold(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	const wide, last, offset = '！', '～', '！' - '!'
	switch {
	case r < utf8.RuneSelf:
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case r >= 0x2e80 && r < 0xa000: // Chinese and Japanese, which are most of what there is, have no capitals
		return r
	case r >= wide && r <= last:
		r -= offset
	}
	return unicode.ToLower(r)
}
