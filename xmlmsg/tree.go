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

// Why a content cannot be read as XML; Raw.Err is one of these. None quotes the content.
var (
	ErrNotXML     = errors.New("xmlmsg: the content is not XML")
	ErrTruncated  = errors.New("xmlmsg: the XML is cut off")
	ErrMismatched = errors.New("xmlmsg: an end tag does not match its start tag")
	ErrDoctype    = errors.New("xmlmsg: the XML has a DOCTYPE, which is refused")
	ErrLimit      = errors.New("xmlmsg: the XML is beyond a limit of the Parser")
	ErrNoElement  = errors.New("xmlmsg: the XML lacks the element that its message type calls for")
)

// tree is a document in two flat lists. It holds no text: elements and attributes point into the content, and
// values are decoded when somebody asks for them. What is handed out are parts of the content, so that a tree
// can be used again for the next message.
type tree struct {
	content string
	nodes   []node // nodes[0] is the document
	attrs   []attr

	open   []int32 // while reading: the elements whose end tag is to come
	last   []int32 // while reading: the last child of each of them
	buffer []byte  // the content with a NUL behind it, for the tokenizer
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

type attr struct{ name, value span }

type span struct{ start, end int32 }

// offset is a place in a content, whose length a Parser bounds.
func offset(n int) int32 { return int32(n) } //nolint:gosec // see Parser.withDefaults

var trees = sync.Pool{New: func() any { return new(tree) }}

// release gives the tree back for the next message. Elements must not be used any more; strings may.
func (t *tree) release() {
	t.content = ""
	if cap(t.nodes) <= 1<<14 && cap(t.buffer) <= 1<<20 { // a giant would stay for ever
		trees.Put(t)
	}
}

// read makes a tree of a content. The caller releases it.
func (p Parser) read(content string) (*tree, error) {
	limits := p.withDefaults()
	if len(content) > limits.MaxBytes {
		return nil, ErrLimit
	}
	t := trees.Get().(*tree)
	if err := t.read(prepare(content), limits); err != nil {
		t.release()
		return nil, err
	}
	return t, nil
}

// prepare cuts off what stands before the first tag, undoes an escape of the whole document, and mends what
// the tokenizer cannot read.
func prepare(content string) string {
	if !utf8.ValidString(content) {
		content = strings.ToValidUTF8(content, "\ufffd")
	}
	if strings.IndexByte(content, 0) >= 0 {
		content = strings.ReplaceAll(content, "\x00", "")
	}
	content = Plain(content)
	if i := strings.IndexByte(content, '<'); i > 0 {
		content = content[i:]
	}
	return content
}

func (t *tree) read(content string, limits Parser) error {
	t.content = content
	t.nodes = append(t.nodes[:0], node{inner: span{0, offset(len(content))}})
	t.attrs = t.attrs[:0]
	t.open, t.last = append(t.open[:0], 0), append(t.last[:0], 0)
	t.buffer = append(append(t.buffer[:0], content...), 0)

	input := parse.NewInputBytes(t.buffer[:len(content)])
	lexer := xml.NewLexer(input)
	inProcessing := false // in <?…?>
	for {
		kind, data := lexer.Next()
		end := offset(input.Offset())
		start := end - offset(len(data))
		switch kind {
		case xml.StartTagToken:
			if len(t.nodes) >= limits.MaxNodes || len(t.open) > limits.MaxDepth {
				return ErrLimit
			}
			if len(data) < 2 { // a bare < in a text
				return ErrNotXML
			}
			t.begin(start, end)
		case xml.AttributeToken:
			if !inProcessing {
				if len(t.nodes)+len(t.attrs) >= limits.MaxNodes {
					return ErrLimit
				}
				t.attribute(start, end, data, len(lexer.AttrVal()))
			}
		case xml.StartTagCloseToken, xml.StartTagCloseVoidToken, xml.StartTagClosePIToken:
			if inProcessing { // ends at the first >, whatever stands before it
				inProcessing = false
				t.current().needsDecoding = true
				continue
			}
			t.current().inner = span{end, end}
			switch kind {
			case xml.StartTagCloseVoidToken:
				t.finish(end)
			case xml.StartTagClosePIToken: // <a ?>
				return ErrNotXML
			}
		case xml.EndTagToken:
			if data[len(data)-1] != '>' { // the tokenizer takes the end of the content for the end of the tag
				return ErrTruncated
			}
			if len(t.open) == 1 || t.slice(t.current().name) != string(lexer.Text()) {
				return ErrMismatched
			}
			t.current().inner.end = start
			t.finish(end)
		case xml.TextToken:
			if c := t.current(); !c.needsDecoding && strings.IndexByte(t.content[start:end], '&') >= 0 {
				c.needsDecoding = true
			}
		case xml.CDATAToken, xml.CommentToken:
			if kind == xml.CDATAToken && !closed(data, "<![CDATA[", "]]>") || kind == xml.CommentToken && !closed(data, "<!--", "-->") {
				return ErrTruncated
			}
			t.current().needsDecoding = true
		case xml.DOCTYPEToken:
			return ErrDoctype
		case xml.StartTagPIToken:
			inProcessing = true
		case xml.ErrorToken:
			if inProcessing {
				return ErrTruncated
			}
			return t.finished(lexer.Err())
		}
	}
}

// finished tells whether the document was complete when the tokenizer stopped.
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

// closed tells whether a token that the tokenizer ends at the end of the content has its end mark.
func closed(token []byte, start, end string) bool {
	return len(token) >= len(start)+len(end) && bytes.HasSuffix(token, []byte(end))
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

// attribute notes an attribute: white space, name, =, quoted value.
func (t *tree) attribute(start, end int32, data []byte, valueLength int) {
	name := span{start: start}
	for name.start < end && isSpace(data[name.start-start]) {
		name.start++
	}
	name.end = name.start
	for name.end < end && data[name.end-start] != '=' && !isSpace(data[name.end-start]) {
		name.end++
	}
	value := span{end - offset(valueLength), end}
	if quote := t.content[value.start:value.end]; len(quote) > 0 && (quote[0] == '"' || quote[0] == '\'') {
		value.start++
		if len(quote) > 1 && quote[len(quote)-1] == quote[0] {
			value.end--
		}
	}
	t.attrs = append(t.attrs, attr{name, value})
	t.current().attrs.end++
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
