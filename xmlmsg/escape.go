package xmlmsg

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape decodes character and entity references once. A bare & is kept; a reference to a
// character that XML does not allow is dropped.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	appendUnescaped(&b, s)
	return b.String()
}

// appendUnescaped appends what unescape returns: never more bytes than s has.
func appendUnescaped(b *strings.Builder, s string) {
	for {
		at := strings.IndexByte(s, '&')
		if at < 0 {
			b.WriteString(s)
			return
		}
		b.WriteString(s[:at])
		text, length := reference(s[at:])
		b.WriteString(text)
		s = s[at+length:]
	}
}

// maxReference is the length of the longest reference, &#x10FFFF;, plus leading zeros.
const maxReference = 16

// reference decodes the reference at the start of s. length is the number of bytes that it takes.
func reference(s string) (text string, length int) {
	end := strings.IndexByte(s[:min(len(s), maxReference)], ';')
	if end < 0 {
		return "&", 1
	}
	switch name := s[1:end]; {
	case name == "amp":
		return "&", end + 1
	case name == "lt":
		return "<", end + 1
	case name == "gt":
		return ">", end + 1
	case name == "quot":
		return `"`, end + 1
	case name == "apos":
		return "'", end + 1
	case name == "nbsp":
		return "\u00a0", end + 1
	case strings.HasPrefix(name, "#"):
		if text, ok := character(name[1:]); ok {
			return text, end + 1
		}
	}
	return "&", 1
}

// character decodes the number in a character reference.
func character(number string) (string, bool) {
	base := 10
	if hex, ok := strings.CutPrefix(strings.ToLower(number), "x"); ok {
		number, base = hex, 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil {
		return "", false
	}
	if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) || isControl(rune(n)) {
		return "", true
	}
	return string(rune(n)), true
}

// clean removes the control characters that XML does not allow.
func clean(s string) string {
	for i := range len(s) {
		if s[i] < ' ' && isControl(rune(s[i])) {
			return strings.Map(func(r rune) rune {
				if isControl(r) {
					return -1
				}
				return r
			}, s)
		}
	}
	return s
}

// isControl reports whether XML forbids the character.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// escape escapes a text for use in an element or an attribute.
func escape(s string) string { return escaper().Replace(clean(s)) }

func escaper() *strings.Replacer {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
}
