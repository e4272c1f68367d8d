package xmlmsg

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/xml"
)

// The reasons why a content cannot be read as XML; Raw.Err is one of them. None quotes the content.
var (
	ErrNotXML     = errors.New("xmlmsg: the content is not XML")
	ErrTruncated  = errors.New("xmlmsg: the XML is cut off")
	ErrMismatched = errors.New("xmlmsg: an end tag does not match its start tag")
	ErrDoctype    = errors.New("xmlmsg: the XML has a DOCTYPE, which is refused")
	ErrLimit      = errors.New("xmlmsg: the XML is beyond a limit of the Parser")
	ErrNoElement  = errors.New("xmlmsg: the XML lacks the element that its message type calls for")
)

// tree is a document in two flat lists. It holds no text: elements and attributes point into the
// content, and values are decoded on demand. All strings that it returns are parts of the content
// or of decoded, so that a tree can be reused for the next message.
type tree struct {
	content string
	nodes   []node // nodes[0] is the document
	attrs   []attr

	decoded strings.Builder // the values that differ from their part of the content

	open   []int32 // while reading: the elements whose end tag has not been read
	last   []int32 // while reading: the last child of each element in open
	buffer []byte  // the content and a NUL, for the tokenizer
}

// node is one element. Offsets count bytes of the content.
type node struct {
	name          span
	start, end    int32 // of the whole element
	inner         span  // between the tags
	attrs         span  // of tree.attrs
	child, next   int32 // first child, next sibling; 0 means none
	needsDecoding bool  // the inner part holds more than plain text
}

// The marks of a CDATA section.
const (
	cdataStart = "<![CDATA["
	cdataEnd   = "]]>"
)

type attr struct{ name, value span }

type span struct{ start, end int32 }

// offset converts a place in a content, whose length a Parser bounds.
func offset(n int) int32 { return int32(n) } //nolint:gosec // see Parser.withDefaults

var trees = sync.Pool{New: func() any { return new(tree) }}

// release returns the tree to the pool. Its elements must not be used afterwards; its strings may.
func (t *tree) release() {
	t.content = ""
	t.decoded.Reset()                                    // the strings of this message keep its memory
	if cap(t.nodes) <= 1<<14 && cap(t.buffer) <= 1<<20 { // the pool would keep a huge tree for good
		trees.Put(t)
	}
}

// maxDecoded bounds by how much decoded grows beyond what the next value needs.
const maxDecoded = 16 << 10

// builder returns a builder with room for n bytes, and the length of what it holds already. The
// values of a message share few allocations; the first one, often the only one, is as large as
// that value.
func (t *tree) builder(n int) (b *strings.Builder, length int) {
	b = &t.decoded
	if size := b.Cap(); size-b.Len() < n {
		b.Reset()
		b.Grow(max(n, min(2*size, maxDecoded)))
	}
	return b, b.Len()
}

// unescape is the function unescape, but the result is a part of decoded.
func (t *tree) unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	b, before := t.builder(len(s))
	appendUnescaped(b, s)
	return b.String()[before:]
}

// read turns a content into a tree. The caller must release it.
func (p Parser) read(content string) (*tree, error) {
	if len(content) > p.withDefaults().MaxBytes {
		return nil, ErrLimit
	}
	return p.readValue(repair(content))
}

// readValue is read for a value of a tree, which is repaired already.
func (p Parser) readValue(content string) (*tree, error) {
	limits := p.withDefaults()
	if len(content) > limits.MaxBytes {
		return nil, ErrLimit
	}
	t := trees.Get().(*tree)
	if err := t.read(document(content), limits); err != nil {
		t.release()
		return nil, err
	}
	return t, nil
}

// repair removes what the tokenizer cannot read.
func repair(content string) string {
	if !utf8.ValidString(content) {
		content = strings.ToValidUTF8(content, "\ufffd")
	}
	if strings.IndexByte(content, 0) >= 0 {
		content = strings.ReplaceAll(content, "\x00", "")
	}
	return content
}

// document cuts off everything before the first tag, and undoes an escape of the whole document.
func document(content string) string {
	content = Plain(content)
	if i := strings.IndexByte(content, '<'); i > 0 {
		content = content[i:]
	}
	return content
}

// read fills the tree from a content that repair and document have prepared.
func (t *tree) read(content string, limits Parser) error {
	t.content = content
	t.nodes = append(t.nodes[:0], node{inner: span{0, offset(len(content))}})
	t.attrs = t.attrs[:0]
	t.open, t.last = append(t.open[:0], 0), append(t.last[:0], 0)
	t.buffer = append(append(t.buffer[:0], content...), 0)

	input := parse.NewInputBytes(t.buffer[:len(content)])
	lexer := xml.NewLexer(input)
	inTag := false
	for {
		if !inTag {
			if err := t.skipText(input); err != nil {
				return err
			}
		}
		kind, data := lexer.Next()
		inTag = kind == xml.StartTagToken || kind == xml.AttributeToken
		end := offset(input.Offset())
		start := end - offset(len(data))
		var err error
		switch kind {
		case xml.StartTagToken:
			err = t.startTag(start, end, limits)
		case xml.AttributeToken:
			err = t.attribute(start, end, offset(len(lexer.AttrVal())), limits)
		case xml.StartTagCloseToken:
			t.current().inner = span{end, end}
		case xml.StartTagCloseVoidToken:
			t.current().inner = span{end, end}
			t.finish(end)
		case xml.EndTagToken:
			err = t.endTag(start, end, lexer.Text())
		case xml.CommentToken:
			err = t.comment(data)
		case xml.StartTagPIToken:
			err = t.skipProcessing(lexer)
		case xml.StartTagClosePIToken: // <a ?>
			err = ErrNotXML
		case xml.DOCTYPEToken:
			err = ErrDoctype
		case xml.ErrorToken:
			return t.finished(lexer.Err())
		}
		if err != nil {
			return err
		}
	}
}

// startTag opens the element whose start tag begins with <name.
func (t *tree) startTag(start, end int32, limits Parser) error {
	if len(t.nodes) >= limits.MaxNodes || len(t.open) > limits.MaxDepth {
		return ErrLimit
	}
	if end-start < 2 { // a bare < in a text
		return ErrNotXML
	}
	t.begin(start, end)
	return nil
}

// endTag closes the innermost element, which must have this name.
func (t *tree) endTag(start, end int32, name []byte) error {
	if t.content[end-1] != '>' { // the tokenizer ends the tag at the end of the content
		return ErrTruncated
	}
	if len(t.open) == 1 || t.slice(t.current().name) != string(name) {
		return ErrMismatched
	}
	t.current().inner.end = start
	t.finish(end)
	return nil
}

// skipText moves the input over texts and CDATA sections to the next markup. The tokenizer would
// look at each of their bytes, of which a chat record has a hundred thousand.
func (t *tree) skipText(input *parse.Input) error {
	for {
		rest := t.content[input.Offset():]
		if rest == "" {
			return nil
		}
		length := strings.IndexByte(rest, '<')
		switch {
		case length < 0:
			length = len(rest)
			t.text(rest)
		case length > 0:
			t.text(rest[:length])
		case strings.HasPrefix(rest, cdataStart):
			_, after, closed := strings.Cut(rest[len(cdataStart):], cdataEnd)
			if !closed {
				return ErrTruncated
			}
			length = len(rest) - len(after)
			t.current().needsDecoding = true
		default:
			return nil
		}
		input.Move(length)
		input.Skip()
	}
}

// text notes whether a text contains references.
func (t *tree) text(text string) {
	if c := t.current(); !c.needsDecoding && strings.IndexByte(text, '&') >= 0 {
		c.needsDecoding = true
	}
}

// comment checks that a comment has its end mark: the tokenizer also ends one at the end of the
// content.
func (t *tree) comment(token []byte) error {
	if len(token) < len("<!---->") || !bytes.HasSuffix(token, []byte("-->")) {
		return ErrTruncated
	}
	t.current().needsDecoding = true
	return nil
}

// skipProcessing skips the rest of a processing instruction, <?…?>. It ends at the first > outside
// of quotes, with or without a question mark.
func (t *tree) skipProcessing(lexer *xml.Lexer) error {
	for {
		switch kind, _ := lexer.Next(); kind {
		case xml.StartTagCloseToken, xml.StartTagCloseVoidToken, xml.StartTagClosePIToken:
			t.current().needsDecoding = true
			return nil
		case xml.ErrorToken:
			return ErrTruncated
		}
	}
}

// finished reports whether the document was complete when the tokenizer stopped.
func (t *tree) finished(err error) error {
	switch {
	case len(t.nodes) == 1:
		return ErrNotXML
	case len(t.open) > 1:
		return ErrTruncated
	case err != nil && !errors.Is(err, io.EOF):
		return ErrNotXML
	}
	return nil
}

func (t *tree) current() *node { return &t.nodes[t.open[len(t.open)-1]] }

func (t *tree) slice(s span) string { return t.content[s.start:s.end] }

// begin opens an element.
func (t *tree) begin(start, end int32) {
	i := offset(len(t.nodes))
	level := len(t.open) - 1
	if previous := t.last[level]; previous != 0 {
		t.nodes[previous].next = i
	} else {
		t.nodes[t.open[level]].child = i
		t.nodes[t.open[level]].needsDecoding = true
	}
	t.last[level] = i
	at := offset(len(t.attrs))
	t.nodes = append(t.nodes, node{name: span{start + 1, end}, start: start, attrs: span{at, at}})
	t.open, t.last = append(t.open, i), append(t.last, 0)
}

// finish closes the innermost element.
func (t *tree) finish(end int32) {
	t.current().end = end
	t.open, t.last = t.open[:len(t.open)-1], t.last[:len(t.last)-1]
}

// attribute adds an attribute to the innermost element: white space, name, =, quoted value.
func (t *tree) attribute(start, end, valueLength int32, limits Parser) error {
	if len(t.nodes)+len(t.attrs) >= limits.MaxNodes {
		return ErrLimit
	}
	name := span{start: start}
	for name.start < end && isSpace(t.content[name.start]) {
		name.start++
	}
	name.end = name.start
	for name.end < end && t.content[name.end] != '=' && !isSpace(t.content[name.end]) {
		name.end++
	}
	value := span{end - valueLength, end}
	if quote := t.slice(value); len(quote) > 0 && (quote[0] == '"' || quote[0] == '\'') {
		value.start++
		if len(quote) > 1 && quote[len(quote)-1] == quote[0] {
			value.end--
		}
	}
	t.attrs = append(t.attrs, attr{name, value})
	t.current().attrs.end++
	return nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
