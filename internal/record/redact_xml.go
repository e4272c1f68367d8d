package record

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlScanner redacts values and texts of XML in place. It treats what is not XML as text, and never
// fails: contents are often malformed.
type xmlScanner struct {
	*Redactor
	in       string
	depth    int
	onlyTags []string              // if not nil, all others are text
	phrases  bool                  // keep the phrases of notices
	words    func(s string) string // redacts the words between the tags; nil means that they are values of their elements

	out     strings.Builder
	element string // whose text follows
}

func (x *xmlScanner) run() string {
	for x.in != "" {
		switch {
		case strings.HasPrefix(x.in, "<![CDATA["):
			body, closed := x.until(len("<![CDATA["), "]]>")
			x.out.WriteString("<![CDATA[" + x.text(body))
			if closed {
				x.out.WriteString("]]>")
			}
		case strings.HasPrefix(x.in, "<!--"):
			x.until(len("<!--"), "-->") // dropped
		case strings.HasPrefix(x.in, "<!"):
			x.until(0, ">")
			x.out.WriteString("<!DOCTYPE msg>")
		case strings.HasPrefix(x.in, "<?"):
			x.until(0, "?>")
			x.out.WriteString(`<?xml version="1.0"?>`)
		case x.atTag():
			x.tag()
		default:
			end := 1 + strings.IndexByte(x.in[1:], '<')
			if end == 0 {
				end = len(x.in)
			}
			x.out.WriteString(escape(x.text(unescape(x.in[:end]))))
			x.in = x.in[end:]
		}
	}
	return x.out.String()
}

// until returns what is before the end mark, from an offset on.
func (x *xmlScanner) until(from int, end string) (body string, found bool) {
	body, x.in, found = strings.Cut(x.in[from:], end)
	return body, found
}

// atTag reports whether a tag begins.
func (x *xmlScanner) atTag() bool {
	if x.in[0] != '<' {
		return false
	}
	name := x.in[1:min(len(x.in), 66)]
	name = strings.TrimPrefix(name, "/")
	end := strings.IndexFunc(name, func(r rune) bool { return !isNameRune(r) })
	if end < 0 {
		end = len(name)
	}
	name = name[:end]
	if !isName(name) {
		return false
	}
	return x.onlyTags == nil || slices.Contains(x.onlyTags, name)
}

func isNameRune(r rune) bool { return sortOf(r) == ascii || r == '_' || r == '-' }

func (x *xmlScanner) name() string {
	end := strings.IndexFunc(x.in, func(r rune) bool { return !isNameRune(r) && r != ':' && r != '.' })
	if end < 0 {
		end = len(x.in)
	}
	name := x.in[:end]
	x.in = x.in[end:]
	return name
}

// tag copies a tag, with its attributes redacted. It ends at the next >, whatever is before it.
func (x *xmlScanner) tag() {
	x.in = x.in[1:]
	x.out.WriteByte('<')
	x.element = ""
	if strings.HasPrefix(x.in, "/") {
		x.in = x.in[1:]
		x.out.WriteString("/" + x.name())
	} else {
		x.element = x.name()
		x.out.WriteString(x.element)
	}
	element := x.element
	for x.in != "" {
		switch c := x.in[0]; {
		case c == '>':
			x.in = x.in[1:]
			x.out.WriteByte('>')
			return
		case c == '<': // the > is missing
			return
		case c == '/', c == ' ', c == '\t', c == '\n', c == '\r', c == '=':
			x.out.WriteByte(c)
			x.in = x.in[1:]
			if c == '/' {
				x.element = ""
			}
		case isNameRune(rune(c)):
			x.attribute(element)
		default:
			r, size := utf8.DecodeRuneInString(x.in)
			x.in = x.in[size:]
			if sortOf(r) == between && r != utf8.RuneError {
				x.out.WriteRune(r)
			}
		}
	}
}

func (x *xmlScanner) attribute(element string) {
	name := x.name()
	blank := len(x.in) - len(strings.TrimLeft(x.in, " \t\r\n"))
	if !strings.HasPrefix(x.in[blank:], "=") {
		x.out.WriteString(x.ID(name)) // not an attribute: redacted
		return
	}
	if isName(name) || strings.ContainsAny(name, ":.") && isName(strings.NewReplacer(":", "", ".", "").Replace(name)) {
		x.out.WriteString(name)
	} else {
		x.out.WriteString(x.ID(name))
	}
	x.out.WriteString("=")
	x.in = strings.TrimLeft(x.in[blank+1:], " \t\r\n")
	if x.in == "" {
		return
	}
	quote := x.in[:1]
	if quote != `"` && quote != "'" {
		end := strings.IndexAny(x.in, " \t\r\n>")
		if end < 0 {
			end = len(x.in)
		}
		x.out.WriteString(escape(x.leaf(element+"@"+name, unescape(x.in[:end]), x.depth)))
		x.in = x.in[end:]
		return
	}
	value, closed := x.until(1, quote)
	x.out.WriteString(quote + escape(x.leaf(element+"@"+name, unescape(value), x.depth)))
	if closed {
		x.out.WriteString(quote)
	}
}

// text redacts the text of an element.
func (x *xmlScanner) text(s string) string {
	if x.words != nil {
		return x.words(s)
	}
	if !x.phrases {
		return x.leaf(x.element, s, x.depth)
	}
	switch x.element {
	case "", "template", "plain", "content", "replacemsg", "text", "title", "a", "_wc_custom_link_":
		if !shapes().root.MatchString(strings.TrimSpace(s)) {
			return x.wechats(s).next(s)
		}
	}
	return x.leaf(x.element, s, x.depth)
}

// unescape resolves the entities of XML, and leaves anything else that begins with an ampersand.
func unescape(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			i = len(s)
		}
		b.WriteString(s[:i])
		if s = s[i:]; s == "" {
			break
		}
		end := strings.IndexByte(s[:min(len(s), 12)], ';')
		r, ok := rune(0), false
		if end > 0 {
			r, ok = entity(s[1:end])
		}
		if !ok {
			b.WriteByte('&')
			s = s[1:]
			continue
		}
		b.WriteRune(r)
		s = s[end+1:]
	}
	return b.String()
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(strings.ToLower(digits), "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), isNumber && err == nil
}

// escape escapes a value for attributes and texts.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&#39;")
		case r < ' ' && r != '\n' && r != '\t' && r != '\r':
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
