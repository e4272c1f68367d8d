package message

import (
	"bytes"
	"encoding/json"
)

// EncodeJSON encodes JSON as the service does: "<" stays "<". v must be of a type that can be
// encoded.
func EncodeJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("{}")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
