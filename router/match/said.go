package match

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cutter copies a text without marks that cannot be seen, and without the mentions of some names.
// Because it looks at a name where the name ends, and takes back what it has written, its result is
// final: a second run changes nothing, not even after a mention in the middle of another.
type cutter struct {
	names [][]byte // long ones first
	// sure means that the message certainly mentions one of the names. If it is not, name@host is
	// an address.
	sure bool

	out     []byte
	cut     bool // a mention was left out
	leading bool // and one of them was among the mentions that open the text
	after   bool // out ends where a mention was
}

// cutMentions is text without the mentions of the names, without marks that cannot be seen, and
// without white space around it.
func (c *cutter) cutMentions(text string) string {
	c.out = make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		letter := text[i : i+n]
		i += n
		switch {
		case isMark(r):
		case isJoiner(r):
			if !c.atEdge() {
				c.write(letter)
			}
		case unicode.IsSpace(r):
			c.space(r, letter)
		case isAt(r):
			c.endWord()
			c.write(letter)
		default:
			c.write(letter)
		}
	}
	c.endWord()
	return string(bytes.TrimRightFunc(c.out, unicode.IsSpace))
}

func (c *cutter) write(s string) { c.out, c.after = append(c.out, s...), false }

// space ends a word. Of the white space on both sides of a mention that is left out one piece is
// kept, a line break if there is one.
func (c *cutter) space(r rune, letter string) {
	cut := c.endWord() || c.after
	switch last, _ := utf8.DecodeLastRune(c.out); {
	case len(c.out) == 0:
	case !cut:
		c.write(letter)
		return
	case r == '\n':
		c.out = bytes.TrimRightFunc(c.out, func(r rune) bool { return r != '\n' && unicode.IsSpace(r) })
		if last, _ := utf8.DecodeLastRune(c.out); last != '\n' && len(c.out) > 0 {
			c.out = append(c.out, '\n')
		}
	case !unicode.IsSpace(last):
		c.out = append(c.out, ' ')
	}
	c.after = cut
}

// endWord leaves out what the word that ends here should not have, and reports whether that was a
// mention.
func (c *cutter) endWord() (cut bool) {
	for {
		c.out = bytes.TrimRightFunc(c.out, isJoiner)
		if !c.cutName() {
			return cut
		}
		cut = true
	}
}

// cutName takes back a mention that was just written.
func (c *cutter) cutName() bool {
	for _, name := range c.names {
		at := len(c.out) - len(name)
		if at < 1 || !bytes.EqualFold(c.out[at:], name) {
			continue
		}
		sign, n := utf8.DecodeLastRune(c.out[:at])
		before := c.out[:at-n]
		if !isAt(sign) || !c.sure && len(before) > 0 && isAddress(rune(before[len(before)-1])) {
			continue
		}
		if !c.cut { // what comes before a later one is more
			_, c.leading = cutAddressees(string(before))
		}
		c.out, c.cut = before, true
		return true
	}
	return false
}

// atEdge reports whether nothing was written to which a joiner could join something.
func (c *cutter) atEdge() bool {
	last, _ := utf8.DecodeLastRune(c.out)
	return len(c.out) == 0 || unicode.IsSpace(last) || isAt(last)
}

// cutAddressees cuts the mentions off with which a text begins. all reports that there is nothing
// else.
func cutAddressees(text string) (rest string, all bool) {
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		m, ok := nextMention(text)
		if !ok || m.start != 0 {
			return text, text == ""
		}
		text = text[m.end:]
	}
}

// mention is a mention of any person in a text: text[start:end], from the sign to the end of the
// name.
type mention struct {
	start, end int
	name       string
	// marked means that the name is followed by the sign that WeChat puts there; otherwise a blank
	// ended it, or the end of the text, and a name with a blank in it is cut short.
	marked bool
}

// mentionEnd is the space that WeChat puts after a mention.
const mentionEnd = '\u2005'

// maxName bounds, in bytes, how far a name is looked for: WeChat allows 32 letters.
const maxName = 128

// nextMention finds the first mention in a text.
func nextMention(text string) (m mention, ok bool) {
	for at := 0; at < len(text); {
		i := strings.IndexFunc(text[at:], isAt)
		if i < 0 {
			return m, false
		}
		m.start = at + i
		_, n := utf8.DecodeRuneInString(text[m.start:])
		at = m.start + n
		if m.start > 0 && isAddress(rune(text[m.start-1])) {
			continue
		}
		m.end, m.marked = nameEnd(text, at)
		if m.name = text[at:m.end]; strings.TrimSpace(m.name) != "" {
			return m, true
		}
	}
	return m, false
}

// nameEnd finds the end of a name that begins at an offset.
func nameEnd(text string, begin int) (end int, marked bool) {
	blank := -1
	for i, r := range text[begin:min(len(text), begin+maxName)] {
		switch {
		case r == mentionEnd:
			return begin + i, true
		case isAt(r), r == '\n':
			if blank < 0 {
				blank = i
			}
			return begin + blank, false
		case blank < 0 && unicode.IsSpace(r):
			blank = i
		}
	}
	if blank >= 0 {
		return begin + blank, false
	}
	if i := strings.IndexFunc(text[begin:], func(r rune) bool { return isAt(r) || unicode.IsSpace(r) }); i >= 0 {
		return begin + i, false
	}
	return len(text), false
}

func isAt(r rune) bool { return r == '@' || r == '＠' }

// isAddress reports whether a letter before an @ makes it an e-mail address.
func isAddress(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-' || r == '+'
}

// isMark reports whether a rune cannot be seen and joins nothing: zero-width spaces, byte order
// marks, and the marks for the direction of writing.
func isMark(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r >= 0x2060 && r <= 0x206f, r >= 0x202a && r <= 0x202e:
		return true
	}
	switch r {
	case 0xad, 0x61c, 0x180e, 0x200b, 0x200e, 0x200f, 0xfeff:
		return true
	}
	return false
}

// isJoiner reports whether a rune cannot be seen, but shapes the letters or emoji that it stands
// between.
func isJoiner(r rune) bool { return r == 0x200c || r == 0x200d }

// isPlain reports whether a text has neither mentions nor marks.
func isPlain(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return isAt(r) || isMark(r) || isJoiner(r) }) < 0
}
