package replay

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/pmezard/go-difflib/difflib"
)

// Call is a call of the service that a bot would make, or, with an Error, a handler that failed.
type Call struct {
	// Event is the key of the event, or its number in the replay, as "#3", if it has none.
	Event string `json:"event"`
	// Route is whose handler calls.
	Route string `json:"route,omitempty"`
	// Endpoint is that of the service: "/message/postText".
	Endpoint string `json:"endpoint,omitempty"`
	// Body is what would be posted, with its members in the order of their names.
	Body json.RawMessage `json:"body,omitempty"`
	// Hold is why a person would have to decide first; empty if it would go out.
	Hold string `json:"hold,omitempty"`
	// Error is what a handler returned, or why a body cannot be read. There is no endpoint then.
	Error string `json:"error,omitempty"`
}

// fields are the members of a body that tell where it goes and what it says.
type fields struct {
	To      string `json:"toWxid"`
	Content string `json:"content"`
}

func (c Call) fields() fields {
	var f fields
	_ = json.Unmarshal(c.Body, &f) // a body without them has none
	return f
}

// To is the group or friend that the call sends to; empty if it does not send.
func (c Call) To() string { return c.fields().To }

// Text is the text of a /message/postText; empty for all others.
func (c Call) Text() string {
	if c.Endpoint != postText {
		return ""
	}
	return c.fields().Content
}

const postText = "/message/postText"

// String is the call as a line of JSON.
func (c Call) String() string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil { // a Body that another program has made
		return fmt.Sprintf(`{"error":%q}`, err.Error())
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// Golden is a list of calls as the text of a golden file: a line of JSON each.
func Golden(calls []Call) string {
	var b bytes.Buffer
	for _, c := range calls {
		b.WriteString(c.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Diff returns the unified diff of two texts; empty if they are equal.
func Diff(wantName, want, gotName, got string) string {
	if want == got {
		return ""
	}
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(want), B: difflib.SplitLines(got), FromFile: wantName, ToFile: gotName, Context: 2,
	})
	if err != nil { // writing to memory does not fail
		return err.Error()
	}
	return text
}

// canonical is a JSON document with its members in the order of their names, and all digits of its
// numbers.
func canonical(body []byte) json.RawMessage {
	var document any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&document) != nil {
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(document) != nil {
		return nil
	}
	return bytes.TrimSpace(b.Bytes())
}
