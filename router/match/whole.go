package match

import (
	"unicode"
	"unicode/utf8"
)

// isWhole reports whether text[start:end] is not a part of a longer word. That is asked only at an
// end where the word has a letter of a script that puts blanks between words, or a digit: Chinese
// words have no such bounds.
func isWhole(text string, start, end int) bool {
	first, _ := utf8.DecodeRuneInString(text[start:end])
	last, _ := utf8.DecodeLastRuneInString(text[start:end])
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	startsInside := start > 0 && isWordRune(first) && isWordRune(before)
	endsInside := end < len(text) && isWordRune(last) && isWordRune(after)
	return !startsInside && !endsInside
}

// isWordRune reports whether a rune belongs to a word of a script that puts blanks between words.
func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
	}
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar, unicode.Bopomofo, unicode.Yi) {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
