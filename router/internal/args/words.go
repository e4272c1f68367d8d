package args

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is one word of the text after a command.
type word struct {
	text       string // without its quotes
	start, end int    // where it stands in the text, with its quotes
	quoted     bool   // it begins with a quote
	mention    bool   // it begins with an @ sign; text is the name
}

// quotes has the quotes that end a quoted text, by the one that begins it. Phones often put a wrong
// one of a pair.
func quotes(open rune) string {
	switch open {
	case '"', '＂':
		return `"＂`
	case '\'', '＇':
		return "'＇"
	case '“', '”':
		return `”“"`
	case '‘', '’':
		return "’‘'"
	case '「':
		return "」"
	case '『':
		return "』"
	}
	return ""
}

// mentionEnd is the space that WeChat puts after a mention, and maxName bounds, in bytes, how far
// it is looked for.
const (
	mentionEnd = '\u2005'
	maxName    = 128
)

// split splits a text into its words: at white space, which quotes keep.
func split(text string) ([]word, error) {
	var words []word
	for at := 0; ; {
		at += blanks(text[at:])
		if at == len(text) {
			return words, nil
		}
		w, err := next(text, at)
		if err != nil {
			return nil, err
		}
		words = append(words, w)
		at = w.end
	}
}

// blanks is the length of the white space with which a text begins.
func blanks(text string) int {
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsSpace(r) }); i >= 0 {
		return i
	}
	return len(text)
}

// next reads the word that begins at an offset.
func next(text string, at int) (word, error) {
	if r, n := utf8.DecodeRuneInString(text[at:]); r == '@' || r == '＠' {
		if end := at + n + nameEnd(text[at+n:]); end > at+n {
			return word{text: text[at+n : end], start: at, end: end, mention: true}, nil
		}
	}
	w := word{start: at}
	var b strings.Builder
	opens := true // a quote may begin here: at the beginning, and after the sign before a value
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		closing := ""
		if opens {
			closing = quotes(r)
		}
		if closing != "" {
			length := strings.IndexAny(text[at+n:], closing)
			if length < 0 {
				return w, &Error{problem: unclosed, Word: text[w.start:]}
			}
			w.quoted = w.quoted || at == w.start
			b.WriteString(text[at+n : at+n+length])
			at += n + length
			_, n = utf8.DecodeRuneInString(text[at:])
			at += n
			opens = false
			continue
		}
		if unicode.IsSpace(r) {
			break
		}
		b.WriteString(text[at : at+n]) // not the rune: a byte that is not UTF-8 stays as it is
		opens = r == '=' || r == ':' || r == '：' || r == '＝'
		at += n
	}
	w.text, w.end = b.String(), at
	return w, nil
}

// nameEnd is the length of the name with which a text begins: up to the sign after a mention, or
// the first blank.
func nameEnd(text string) int {
	blank := -1
	for i, r := range text {
		switch {
		case r == mentionEnd && i <= maxName:
			return i
		case r == '\n' || r == '@' || r == '＠' || i > maxName:
			if blank >= 0 {
				return blank
			}
			if r == '\n' || r == '@' || r == '＠' {
				return i
			}
		}
		if blank < 0 && unicode.IsSpace(r) {
			blank = i
		}
	}
	if blank >= 0 {
		return blank
	}
	return len(text)
}
