package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Line is a line of a recording: one body, and when it arrived.
type Line struct {
	Received time.Time       `json:"received,omitzero"`
	Body     json.RawMessage `json:"body,omitempty"`
	Base64   []byte          `json:"base64,omitempty"` // in place of Body, for a body that is not JSON
}

// NewLine makes the line of a body.
func NewLine(received time.Time, body []byte) Line {
	l := Line{Received: received}
	switch {
	case json.Valid(body):
		l.Body = body
	case len(body) > 0:
		l.Base64 = body
	}
	return l
}

// Encode returns the line as JSON, without a newline.
func (l Line) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
