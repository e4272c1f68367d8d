package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// kind is the JSON type of a field.
type kind int

const (
	aText   kind = iota // a string
	aChat               // a string: the wxid of a friend, or the id of a group that the account is in
	aNumber             // an integer that fits int64
	aUint64             // an integer that may exceed int64
	aDigits             // a string of digits
	aFlag               // true or false
	aList               // an array of strings
)

// String is how a refusal names the type.
func (k kind) String() string {
	switch k {
	case aNumber:
		return "an integer"
	case aUint64:
		return "an integer up to 2^64-1"
	case aDigits:
		return "a string of decimal digits"
	case aFlag:
		return "true or false"
	case aList:
		return "an array of strings"
	default:
		return "a string"
	}
}

// field is a field of a request.
type field struct {
	name     string
	kind     kind
	optional bool
	blank    bool // may be an empty string
}

func text(names ...string) []field { return fieldsOf(aText, names) }

func fieldsOf(k kind, names []string) []field {
	var fs []field
	for _, name := range names {
		fs = append(fs, field{name: name, kind: k})
	}
	return fs
}

// optional and blank change fields.
func optional(fs []field) []field {
	for i := range fs {
		fs[i].optional = true
	}
	return fs
}

func blank(fs []field) []field {
	for i := range fs {
		fs[i].blank = true
	}
	return fs
}

// request is a call that has the right shape.
type request struct {
	sim      *Simulator
	endpoint string
	account  *account // nil for calls about the token
	offline  bool
	body     map[string]any
}

// read decodes the body and checks the fields.
func (r *request) read(body []byte, e endpoint) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&r.body); err != nil || r.body == nil {
		return refuse("the body is no JSON object (请求体不是 JSON)")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse("something follows the JSON object of the body")
	}
	fields := optional(fieldsOf(aFlag, []string{"useProxy"}))
	if !e.token {
		fields = append(fields, text("appId")...)
	}
	for _, f := range append(fields, e.fields...) {
		if err := r.check(f); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) check(f field) error {
	v, given := r.body[f.name]
	if !given || v == nil {
		if f.optional {
			return nil
		}
		return refuse("%s 不可为空 (it is required)", f.name)
	}
	if !f.kind.fits(v) {
		return refuse("%s: it must be %s", f.name, f.kind)
	}
	if empty := v == "" || f.kind == aList && len(r.list(f.name)) == 0; empty && !f.optional && !f.blank {
		return refuse("%s 不可为空 (it is required)", f.name)
	}
	return nil
}

// fits tells whether a JSON value is of the kind.
func (k kind) fits(v any) bool {
	switch v := v.(type) {
	case string:
		return k == aText || k == aChat || k == aDigits && v != "" && strings.Trim(v, "0123456789") == ""
	case bool:
		return k == aFlag
	case json.Number:
		if k == aUint64 {
			_, err := strconv.ParseUint(v.String(), 10, 64)
			return err == nil
		}
		_, err := strconv.ParseInt(v.String(), 10, 64)
		return k == aNumber && err == nil
	case []any:
		for _, item := range v {
			if _, ok := item.(string); !ok {
				return false
			}
		}
		return k == aList
	}
	return false
}

// text is a string field; empty if it was left out.
func (r *request) text(name string) string {
	s, _ := r.body[name].(string)
	return s
}

// number is an integer field; 0 if it was left out.
func (r *request) number(name string) int64 {
	n, _ := r.body[name].(json.Number)
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return i
}

// digits is the decimal text of a number, whatever its size.
func (r *request) digits(name string) string {
	n, _ := r.body[name].(json.Number)
	return n.String()
}

// list is an array of strings.
func (r *request) list(name string) []string {
	items, _ := r.body[name].([]any)
	var texts []string
	for _, item := range items {
		if s, ok := item.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}
