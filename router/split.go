package router

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The places where a text may be cut, the best first.
const (
	cutParagraph = iota
	cutLine
	cutSentence
	cutClause
	cutSpace
	cutCharacter // between two characters that stand for themselves, as in Chinese
	cutCodeLine  // between the lines of a block of code
	cutInside    // inside a word, a link or a line of code
	cutKinds
)

// split cuts a text into parts of at most limit runes, each at the best place in its second half:
// the end of a paragraph, a line, a sentence, a clause or a word. A word, a link and a block of
// code are cut only if they alone are longer than a part, a character and its marks practically
// never. White space at a cut is left out; everything else is kept.
func split(text string, limit int) []string {
	if len(text) <= limit || utf8.RuneCountInString(text) <= limit {
		return []string{text}
	}
	var parts []string
	for rest := text; rest != ""; {
		at := len(rest)
		if utf8.RuneCountInString(rest) > limit {
			at = cut(rest, limit)
		}
		if part := strings.TrimRightFunc(rest[:at], unicode.IsSpace); part != "" {
			parts = append(parts, part)
		}
		rest = strings.TrimLeft(rest[at:], "\r\n")
		if trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace); !strings.HasPrefix(rest, "\t") && !strings.HasPrefix(rest, "  ") {
			rest = trimmed // but an indent stays
		}
	}
	if len(parts) == 0 { // nothing but white space: the service decides
		return []string{text}
	}
	return parts
}

// cut is where the first part of a text ends that has more than limit runes, in bytes.
func cut(text string, limit int) int {
	type place struct{ runes, bytes int }
	var best [cutKinds]place
	var s scanner
	n := 0
	hard := 0
	for i, r := range text {
		if i > 0 {
			if kind, ok := s.between(r); ok {
				best[kind] = place{n, i}
			}
		}
		hard = i
		if n == limit {
			break
		}
		s.pass(r, text[i:])
		n++
	}
	for kind := range cutCodeLine {
		if best[kind].runes > limit/2 {
			return best[kind].bytes
		}
	}
	last := 0
	for kind := range cutCodeLine {
		last = max(last, best[kind].bytes)
	}
	switch {
	case last > 0:
		return last
	case best[cutCodeLine].bytes > 0:
		return best[cutCodeLine].bytes
	case best[cutInside].bytes > 0:
		return best[cutInside].bytes
	}
	return hard // one character with more marks than a part has room for
}

// scanner holds what precedes a place in a text.
type scanner struct {
	last    rune
	lines   int  // line ends in a row
	ended   bool // a sentence has ended, and only quotes and brackets were closed since
	inLine  bool // the line has begun
	code    bool
	closing bool // this line ends the block of code
	link    bool
	flags   int // halves of flags in a row
}

const sentenceEnds = "。！？!?…．"

// between says how good a cut is before r, with which the rest begins; not at all inside of a
// character.
func (s *scanner) between(r rune) (kind int, ok bool) {
	space := unicode.IsSpace(r)
	switch {
	case s.joins(r):
		return 0, false
	case s.code && s.lines > 0:
		return cutCodeLine, true
	case s.code, s.link && !endsLink(r):
		return cutInside, true
	case s.lines > 1 && !space:
		return cutParagraph, true
	case s.lines > 0:
		return cutLine, true
	case s.ended && !closes(r) && !strings.ContainsRune(sentenceEnds, r) && (s.last != '.' || space):
		return cutSentence, true
	case strings.ContainsRune("，、；：", s.last), strings.ContainsRune(",;:", s.last) && space:
		return cutClause, true
	case space, unicode.IsSpace(s.last):
		return cutSpace, true
	case closes(r), unicode.Is(unicode.Po, r), inWord(s.last) && inWord(r), unicode.In(s.last, unicode.Ps, unicode.Pi):
		return cutInside, true
	}
	return cutCharacter, true
}

// pass goes over r, with which the rest begins.
func (s *scanner) pass(r rune, rest string) {
	switch {
	case s.inLine || !strings.HasPrefix(rest, "```"):
	case s.code:
		s.closing = true
	default:
		s.code = true
	}
	if r == '\n' && s.closing {
		s.code, s.closing = false, false
	}
	s.link = s.link && !endsLink(r) || strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://")
	switch {
	case r == '\n':
		s.lines++
		s.inLine = false
	case r != '\r':
		s.lines = 0
		s.inLine = true
	}
	s.ended = strings.ContainsRune(sentenceEnds, r) || r == '.' || s.ended && closes(r)
	s.flags++
	if !isFlag(r) {
		s.flags = 0
	}
	s.last = r
}

// joins reports whether r makes one character with what is before.
func (s *scanner) joins(r rune) bool {
	const joiner = '\u200d'
	return unicode.Is(unicode.M, r) || r == joiner || s.last == joiner ||
		r >= 0x1f3fb && r <= 0x1f3ff || // tones of skin
		r >= 0xe0020 && r <= 0xe007f || // tags of flags
		s.last == '\r' && r == '\n' ||
		isFlag(r) && s.flags%2 == 1
}

func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func closes(r rune) bool { return unicode.In(r, unicode.Pe, unicode.Pf) || r == '"' || r == '\'' }

// endsLink reports whether r cannot belong to a link. In Chinese a link ends without a space.
func endsLink(r rune) bool { return unicode.IsSpace(r) || r >= utf8.RuneSelf }

// inWord reports whether r is part of a word that is written without spaces inside.
func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
