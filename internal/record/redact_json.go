package record

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/push"
)

// walker redacts a JSON document, member by member: their order and repeated members stay.
type walker struct {
	*Redactor
	depth   int
	event   *callback.Event     // the document as an event; nil if it is not a message
	content func(string) string // redacts the content of a message; nil if the document is not a message
	dec     *json.Decoder
	out     bytes.Buffer
}

// json redacts a valid document.
func (w *walker) json(document []byte) []byte {
	w.dec = json.NewDecoder(bytes.NewReader(document))
	w.dec.UseNumber()
	w.value("")
	return w.out.Bytes()
}

// value redacts the next value, which belongs to a member with the name.
func (w *walker) value(name string) {
	token, err := w.dec.Token()
	if err != nil { // not in a valid document
		return
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			w.object(name)
		} else {
			w.array(name)
		}
	case string:
		w.string(w.text(name, token))
	case json.Number:
		w.number(name, token.String())
	case bool:
		if token {
			w.out.WriteString("true")
		} else {
			w.out.WriteString("false")
		}
	default:
		w.out.WriteString("null")
	}
}

func (w *walker) object(name string) {
	w.out.WriteByte('{')
	for i := 0; w.dec.More(); i++ {
		if i > 0 {
			w.out.WriteByte(',')
		}
		token, err := w.dec.Token()
		if err != nil {
			return
		}
		member, _ := token.(string)
		w.string(w.member(member))
		w.out.WriteByte(':')
		if strings.EqualFold(member, "string") && name != "" { // {"string": …} stands for a bare string
			member = name
		}
		w.value(member)
	}
	_, _ = w.dec.Token()
	w.out.WriteByte('}')
}

func (w *walker) array(name string) {
	w.out.WriteByte('[')
	for i := 0; w.dec.More(); i++ {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.value(name)
	}
	_, _ = w.dec.Token()
	w.out.WriteByte(']')
}

// member returns the name of a member, or its pseudonym if it is an id: a map may have ids as
// names.
func (w *walker) member(name string) string {
	if isName(name) {
		return name
	}
	return w.ID(name)
}

func (w *walker) text(name, value string) string {
	name = plainName(name)
	switch {
	case w.content == nil:
	case value == probeText:
		return value
	case strings.EqualFold(name, "content"):
		return w.content(value)
	case strings.EqualFold(name, "pushcontent"):
		return w.push(value)
	case strings.EqualFold(name, "buffer"):
		return blob(value)
	}
	return w.leaf(name, value, w.depth)
}

// plainName returns the name of a member in the form by which it is looked up: type_name is
// TypeName.
func plainName(name string) string { return strings.NewReplacer("_", "", "-", "").Replace(name) }

// push redacts the text of a phone's notification: "name : text".
func (w *walker) push(s string) string {
	if s == "" {
		return s
	}
	if name, text, ok := strings.Cut(s, " : "); ok && w.KeepText {
		return w.p.text(name) + " : " + w.marked(text)
	}
	if words, _ := push.Words(s); words != "" && w.event != nil && (w.event.AtMe() || w.event.AtAll()) {
		return w.p.text(s[:strings.LastIndex(s, words)]) + words
	}
	return w.p.text(s)
}

func (w *walker) number(name, digits string) {
	redacted := w.leaf(plainName(name), digits, w.depth)
	if !json.Valid([]byte(redacted)) {
		redacted = "0"
	}
	w.out.WriteString(redacted)
}

func (w *walker) string(s string) {
	enc := json.NewEncoder(&w.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can always be encoded
	w.out.Truncate(w.out.Len() - 1)
}
