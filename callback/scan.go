package callback

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// The functions of this file find where a JSON value ends, and check its syntax on the way, in one
// pass. UTF-8 is not checked: what is invalid is read as U+FFFD. They return -1 for broken syntax;
// jsontext then tells the place.

// maxDepth bounds how deep objects and arrays are nested, as in jsontext.
const maxDepth = 10_000

// scanValue returns the length of the value at the start of b, which is inside depth others.
func scanValue(b []byte, depth int) int {
	switch {
	case len(b) == 0:
		return -1
	case b[0] == '"':
		return scanString(b)
	case b[0] == '{' || b[0] == '[':
		return scanContainer(b, depth)
	case b[0] == '-' || isDigit(b[0]):
		return scanNumber(b)
	}
	for _, literal := range [...]string{"null", "true", "false"} {
		if len(b) >= len(literal) && string(b[:len(literal)]) == literal {
			return len(literal)
		}
	}
	return -1
}

// scanContainer is scanValue for an object or an array.
func scanContainer(b []byte, depth int) int {
	if depth >= maxDepth {
		return -1
	}
	c := cursor{rest: b[1:], object: b[0] == '{', depth: depth}
	for c.next() {
		c.take()
	}
	if c.broken {
		return -1
	}
	return len(b) - len(c.rest) + 1
}

// scanString returns the length of the string at the start of b, with its quotes.
func scanString(b []byte) int {
	for i := 1; i < len(b); {
		if i += plain(b[i:]); i == len(b) {
			return -1
		}
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			n := scanEscape(b[i:])
			if n < 0 {
				return -1
			}
			i += n
		default: // a control character
			return -1
		}
	}
	return -1
}

// plain returns how many bytes at the start of b stand for themselves in a string. It looks at
// eight at a time: strings are most of a body.
func plain(b []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, backslash := x^'"'*ones, x^'\\'*ones
		// A byte below n has its top bit set in x - n*ones, if it was not set in x. A borrow sets
		// it in bytes after the first one only.
		if found := ((x-0x20*ones)&^x | (quote-ones)&^quote | (backslash-ones)&^backslash) & tops; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// scanEscape returns the length of the escape at the start of b.
func scanEscape(b []byte) int {
	if len(b) < 2 {
		return -1
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return -1
		}
		for _, c := range b[2:6] {
			if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
				return -1
			}
		}
		return 6
	}
	return -1
}

// scanNumber returns the length of the number at the start of b.
func scanNumber(b []byte) int {
	rest := bytes.TrimPrefix(b, []byte("-"))
	n := countDigits(rest)
	if n == 0 {
		return -1
	}
	if rest[0] == '0' {
		n = 1
	}
	rest = rest[n:]
	if len(rest) > 0 && rest[0] == '.' {
		if n = countDigits(rest[1:]); n == 0 {
			return -1
		}
		rest = rest[1+n:]
	}
	if len(rest) > 0 && rest[0]|0x20 == 'e' {
		rest = rest[1:]
		if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
			rest = rest[1:]
		}
		if n = countDigits(rest); n == 0 {
			return -1
		}
		rest = rest[n:]
	}
	return len(b) - len(rest)
}

func countDigits(b []byte) int {
	n := 0
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n' || b[0] == '\t' || b[0] == '\r') {
		b = b[1:]
	}
	return b
}
