package xmlmsg

import "strings"

// element is one element of a tree. The zero element stands for a missing one: it has no children,
// no attributes and an empty text, so that a chain of calls needs no checks. If several elements
// have the same name, the first one counts.
type element struct {
	t *tree
	i int32
}

func (t *tree) root() element { return element{t, 0} }

// exists reports whether the element is present.
func (e element) exists() bool { return e.t != nil }

// hasChildren reports whether the element has child elements.
func (e element) hasChildren() bool { return e.t != nil && e.t.nodes[e.i].child != 0 }

// child returns the first child with this name.
func (e element) child(name string) element {
	for c := range e.children {
		if c.name() == name {
			return c
		}
	}
	return element{}
}

// path returns the descendant at a path of names.
func (e element) path(names ...string) element {
	for _, name := range names {
		e = e.child(name)
	}
	return e
}

// children calls yield for each child.
func (e element) children(yield func(element) bool) {
	if e.t == nil {
		return
	}
	for i := e.t.nodes[e.i].child; i != 0; i = e.t.nodes[i].next {
		if !yield(element{e.t, i}) {
			return
		}
	}
}

func (e element) name() string { return e.t.slice(e.t.nodes[e.i].name) }

// attr returns the decoded value of an attribute.
func (e element) attr(name string) string {
	if e.t == nil {
		return ""
	}
	at := e.t.nodes[e.i].attrs
	for _, a := range e.t.attrs[at.start:at.end] {
		if e.t.slice(a.name) == name {
			return clean(e.t.unescape(e.t.slice(a.value)))
		}
	}
	return ""
}

// text returns the decoded text of the first child with this name, trimmed.
func (e element) text(name string) string { return e.child(name).value() }

// firstText returns the first text that is not empty, of the children with these names.
func (e element) firstText(names ...string) string {
	for _, name := range names {
		if s := e.text(name); s != "" {
			return s
		}
	}
	return ""
}

// url is firstText for an address.
func (e element) url(names ...string) string { return address(e.firstText(names...)) }

// attrURL is attr for an address.
func (e element) attrURL(name string) string { return address(e.attr(name)) }

// address undoes extra escapes: clients and relays escape some addresses twice. No address contains
// a literal &amp;.
func address(s string) string {
	for range maxEscapes {
		if !strings.Contains(s, "&amp;") {
			return s
		}
		s = strings.ReplaceAll(s, "&amp;", "&")
	}
	return s
}

// value returns the decoded text of the element itself, without its children, trimmed.
func (e element) value() string {
	if e.t == nil {
		return ""
	}
	n := &e.t.nodes[e.i]
	if !n.needsDecoding {
		return clean(strings.TrimSpace(e.t.slice(n.inner)))
	}
	if text, ok := onlyCDATA(e.t.slice(n.inner)); ok {
		return clean(strings.TrimSpace(text))
	}
	b, before := e.t.builder(e.textLength())
	from := n.inner.start
	for c := range e.children {
		child := &e.t.nodes[c.i]
		appendText(b, e.t.content[from:child.start])
		from = child.end
	}
	appendText(b, e.t.content[from:n.inner.end])
	return clean(strings.TrimSpace(b.String()[before:]))
}

// textLength returns the length of the undecoded text of the element, without its children.
func (e element) textLength() int {
	n := &e.t.nodes[e.i]
	length := n.inner.end - n.inner.start
	for c := range e.children {
		child := &e.t.nodes[c.i]
		length -= child.end - child.start
	}
	return int(length)
}

// onlyCDATA returns the text of a content that is one CDATA section and white space.
func onlyCDATA(inner string) (text string, ok bool) {
	text, ok = strings.CutPrefix(strings.TrimSpace(inner), cdataStart)
	if !ok {
		return "", false
	}
	text, rest, closed := strings.Cut(text, cdataEnd)
	return text, closed && rest == ""
}

// inner returns the part between the tags, undecoded.
func (e element) inner() string {
	if e.t == nil {
		return ""
	}
	return e.t.slice(e.t.nodes[e.i].inner)
}

// outer returns the element with its tags, undecoded.
func (e element) outer() string {
	n := &e.t.nodes[e.i]
	return e.t.content[n.start:n.end]
}

// rawValue returns the decoded text of the element, untrimmed.
func (e element) rawValue() string {
	if e.t == nil {
		return ""
	}
	var b strings.Builder
	appendText(&b, e.inner())
	return clean(b.String())
}

// verbatim returns the decoded text of the element with the white space that belongs to it: the
// text in the CDATA section if there is one, otherwise all of it.
func (e element) verbatim() string {
	s := e.rawValue()
	if inner := strings.TrimSpace(e.inner()); strings.HasPrefix(inner, cdataStart) && strings.HasSuffix(inner, cdataEnd) {
		var b strings.Builder
		appendText(&b, inner)
		s = clean(b.String())
	}
	return s
}

// appendText decodes a piece of text without elements. CDATA is copied as it is; comments and
// processing instructions are skipped.
func appendText(b *strings.Builder, s string) {
	for {
		before, rest, found := strings.Cut(s, "<")
		appendUnescaped(b, before)
		if !found {
			return
		}
		switch {
		case strings.HasPrefix(rest, cdataStart[1:]):
			var verbatim string
			verbatim, s, _ = strings.Cut(rest[len(cdataStart[1:]):], cdataEnd)
			b.WriteString(verbatim)
		case strings.HasPrefix(rest, "!--"):
			_, s, _ = strings.Cut(rest, "-->")
		default:
			_, s, _ = strings.Cut(rest, ">")
		}
	}
}

func (e element) int(name string) int      { return toInt(e.text(name)) }
func (e element) int64(name string) int64  { return toInt64(e.text(name)) }
func (e element) uint(name string) uint64  { return ParseID(e.text(name)) }
func (e element) bool(name string) bool    { return e.int(name) != 0 }
func (e element) attrInt(name string) int  { return toInt(e.attr(name)) }
func (e element) attrInt64(n string) int64 { return toInt64(e.attr(n)) }
func (e element) attrUint(n string) uint64 { return ParseID(e.attr(n)) }
