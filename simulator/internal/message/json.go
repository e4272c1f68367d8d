package message

import (
	"bytes"
	"encoding/json"
)

// EncodeJSON writes JSON as the service does: "<" stays "<". What it is given can always be written.
func EncodeJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("{}")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
