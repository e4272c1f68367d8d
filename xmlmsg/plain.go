package xmlmsg

import "strings"

// maxEscapes bounds how many times a content can have been escaped.
const maxEscapes = 4

// Plain undoes what relays do to the XML of a message: they escape the whole document again, once
// or several times, and write line breaks as <br/>. A content in WeChat's own form, or one that is
// not XML, is returned unchanged.
func Plain(content string) string {
	plain := content
	for range maxEscapes {
		if hasElement(plain) {
			return breaksToLines(plain)
		}
		if !strings.Contains(plain, "&") {
			break
		}
		plain = unescape(breaksToLines(plain))
	}
	if hasElement(plain) {
		return breaksToLines(plain)
	}
	return content
}

// plainText undoes what web clients do to a text: they escape it, and write line breaks as <br/>.
func plainText(text string) string { return unescape(breaksToLines(text)) }

// lineBreak returns the number of bytes of the line break at the start of s, in any of the forms
// that relays write: "\
// ", "\\r\
// ", <br/>, or an escaped <br/>. It returns 0 if there is none.
func lineBreak(s string) int {
	switch {
	case s == "":
		return 0
	case s[0] == '\n':
		return 1
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case s[0] == '<':
		return breakTag(s, "<", ">")
	case s[0] == '&':
		return breakTag(s, "&lt;", "&gt;")
	}
	return 0
}

// breakTag returns the length of the <br/> at the start of s, or 0.
func breakTag(s, open, end string) int {
	rest, found := strings.CutPrefix(s, open)
	if !found || len(rest) < 2 || !strings.EqualFold(rest[:2], "br") {
		return 0
	}
	rest = strings.TrimLeft(rest[2:], " ")
	rest = strings.TrimPrefix(rest, "/")
	if rest, found = strings.CutPrefix(rest, end); !found {
		return 0
	}
	return len(s) - len(rest)
}

// hasElement reports whether s contains a tag other than a line break.
func hasElement(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = s[i:]
		n := breakTag(s, "<", ">")
		if n == 0 {
			return true
		}
		s = s[n:]
	}
}

// hasBreak reports whether s contains what may be a <br/> outside of CDATA.
func hasBreak(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || len(s) < i+3 {
			return false
		}
		s = s[i+1:]
		switch {
		case s[0]|0x20 == 'b' && s[1]|0x20 == 'r':
			return true
		case strings.HasPrefix(s, cdataStart[1:]):
			_, s, _ = strings.Cut(s, cdataEnd)
		}
	}
}

// breaksToLines replaces each <br/> outside of CDATA by a line break.
func breaksToLines(s string) string {
	if !hasBreak(s) {
		return s
	}
	var b strings.Builder
	for {
		text, rest, isCDATA := strings.Cut(s, "<![CDATA[")
		for {
			i := strings.IndexByte(text, '<')
			if i < 0 {
				b.WriteString(text)
				break
			}
			b.WriteString(text[:i])
			text = text[i:]
			if n := breakTag(text, "<", ">"); n > 0 {
				b.WriteByte('\n')
				text = text[n:]
				continue
			}
			b.WriteByte('<')
			text = text[1:]
		}
		if !isCDATA {
			return b.String()
		}
		section, after, closed := strings.Cut(rest, "]]>")
		b.WriteString("<![CDATA[" + section)
		if !closed {
			return b.String()
		}
		b.WriteString("]]>")
		s = after
	}
}
