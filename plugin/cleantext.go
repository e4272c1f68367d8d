package plugin

import (
	"strings"
	"unicode"
)

// CleanText makes a text of another system one that may be sent: without control signs but line
// breaks, without signs that turn the direction of writing, and with most characters at most.
func CleanText(text string, most int) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "")))
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}
