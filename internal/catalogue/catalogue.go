// Package catalogue describes the endpoints of the service: their fields, their answers, and an
// example of each.
//
// catalogue.yaml holds the endpoints of the public description, extra.yaml those known from other
// sources only. catalogue.json contains both in a form that is fast to read.
package catalogue

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:generate go run ./gen

// Endpoint is one call of the service.
type Endpoint struct {
	Module  string   `json:"module"` // login, contacts, group …; download is the part of message that fetches media
	Path    string   `json:"path"`   // below the base URL: "/message/postText"
	Name    string   `json:"name"`   // Service.Method
	Title   string   `json:"title_zh"`
	Summary string   `json:"summary"`
	Notes   []string `json:"notes"`
	Traps   []string `json:"traps"`
	// Extra reports whether the endpoint is missing from the public description; AppliesTo and
	// Confidence then say how reliable it is.
	Extra      bool     `json:"extra"`
	AppliesTo  []string `json:"applies_to"` // videosapi, gewe, gewechat
	Confidence string   `json:"confidence"` // high, medium, low
	Deprecated bool     `json:"deprecated"`

	Request  []Field `json:"request"`
	Response *Field  `json:"response"` // the type of data; nil if there is none

	ExampleRequest  json.RawMessage `json:"example_request"`
	ExampleResponse json.RawMessage `json:"example_response"` // with the envelope

	// GeWeResponse and GeWeExampleResponse are set if the answer of GeWe has another shape.
	GeWeResponse        *Field          `json:"gewe_response"`
	GeWeExampleResponse json.RawMessage `json:"gewe_example_response"`
}

// GeWe is the name of the flavour that the vendor documents separately.
const GeWe = "gewe"

// Service returns the part of Name before the dot.
func (e *Endpoint) Service() string { service, _, _ := strings.Cut(e.Name, "."); return service }

// Method returns the part of Name after the dot: the Go name of the call.
func (e *Endpoint) Method() string { _, method, _ := strings.Cut(e.Name, "."); return method }

// Field is a field of a request or an answer.
type Field struct {
	Name     string  `json:"name"`
	Type     string  `json:"type"` // string, integer, number, boolean, object, any, array<…>
	Required bool    `json:"required"`
	Optional bool    `json:"optional"`
	Nullable bool    `json:"nullable"`
	Format   string  `json:"format"` // uint64, unix-seconds, xml, comma-separated …
	Unit     string  `json:"unit"`   // bytes, ms, s
	Doc      string  `json:"doc"`
	GeWe     string  `json:"gewe"` // the presence of a request field in GeWe; see Presence
	Enum     []Value `json:"enum"`
	Fields   []Field `json:"fields"` // of an object, or of the elements of an array<object>
	// ExampleType and TableType are set if the example and the table of the description disagree
	// about the type.
	ExampleType string `json:"example_type"`
	TableType   string `json:"table_type"`
}

// Presence says whether a flavour requires a field of a request.
type Presence string

// The values.
const (
	Optional Presence = "optional" // may be missing
	Present  Presence = "present"  // must be present, but may be empty
	Required Presence = "required"
	Only     Presence = "only" // may be missing; other flavours do not document it
)

// In returns the presence of the field in a flavour.
func (f *Field) In(flavour string) Presence {
	switch {
	case flavour == GeWe && f.GeWe != "":
		return Presence(f.GeWe)
	case f.Required:
		return Required
	default:
		return Optional
	}
}

// Value is one value of an enumeration.
type Value struct {
	Value   any    `json:"value"`
	Meaning string `json:"meaning"`
}

//go:embed catalogue.json
var compact []byte

// Entry is an endpoint that is not yet decoded.
type Entry struct {
	Path  string
	Extra bool
	line  []byte
}

// Entries returns all endpoints in the order of Endpoints, undecoded. It is for programs that start
// often and use few of them: decoding all takes milliseconds.
func Entries() []Entry {
	var all []Entry
	for line := range bytes.Lines(compact) {
		_, rest, found := bytes.Cut(line, []byte(`"path":"`)) // the file has an endpoint a line
		path, _, closed := bytes.Cut(rest, []byte(`"`))
		if found && closed {
			line = bytes.TrimRight(line, ",\n")
			all = append(all, Entry{Path: string(path), Extra: bytes.Contains(line, []byte(`"extra":true`)), line: line})
		}
	}
	return all
}

// Decode decodes the endpoint.
func (e Entry) Decode() (Endpoint, error) {
	var endpoint Endpoint
	if err := json.Unmarshal(e.line, &endpoint); err != nil {
		return Endpoint{}, fmt.Errorf("catalogue: %s: %w", e.Path, err)
	}
	return endpoint, nil
}

// Endpoints returns all endpoints: first those of the public description, in its order.
func Endpoints() ([]Endpoint, error) {
	var all []Endpoint
	if err := json.Unmarshal(compact, &all); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return all, nil
}
