package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/catalogue"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// kind is the JSON type of a field.
type kind int

const (
	anything  kind = iota
	aText          // a string
	aNumber        // an integer that fits int64
	aUint64        // an integer that may exceed int64, and may be quoted
	aDigits        // a string of digits
	aFlag          // true or false
	aFlagText      // "true" or "false"
	aList          // an array of strings
	anObject
	objects // an array of objects
)

// kindOf returns the kind for a type of the catalogue.
func kindOf(name, format string) kind {
	switch {
	case name == "string" && format == "uint64-string":
		return aDigits
	case name == "string":
		return aText
	case name == "integer" && format == "uint64":
		return aUint64
	case name == "integer":
		return aNumber
	case name == "boolean":
		return aFlag
	case name == "array<string>":
		return aList
	case name == "object":
		return anObject
	case name == "array<object>":
		return objects
	default:
		return anything
	}
}

// or returns the other kind of a field whose type differs between the example and the table of the
// description.
func (k kind) or(name string) kind {
	switch {
	case k == aFlag && name == "string":
		return aFlagText
	case name == "integer":
		return aUint64
	case k == aUint64 || k == aNumber:
		return aDigits
	default:
		return kindOf(name, "")
	}
}

// String returns the name of the type in a refusal.
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
	case anObject:
		return "an object"
	case objects:
		return "an array of objects"
	default:
		return "a string"
	}
}

// field is a field of a request.
type field struct {
	name     string
	kinds    []kind // any of them; the first is that of the description
	optional bool
	blank    bool // may be empty
	hosted   bool // required by the hosted service only
	gewe     catalogue.Presence
	fields   []field // of an object
}

// request is a call of an endpoint.
type request struct {
	api      *API
	world    *world.World
	flavour  Flavour
	endpoint string
	host     string         // the Host of the client's request
	token    string         // from the header
	fromAfar bool           // the service cannot reach this machine's addresses
	account  *world.Account // nil for calls that concern the token or a device
	offline  bool
	body     map[string]any
	sent     uint64 // the message that the call has sent; 0 if none
}

// gewe reports whether the call came to the GeWe flavour, which has documentation of its own.
func (r *request) gewe() bool { return r.flavour.name == catalogue.GeWe }

// read decodes the body and checks the fields.
func (r *request) read(body []byte, e *endpoint) error {
	if len(body) == 0 && !slices.ContainsFunc(e.fields, func(f field) bool { return !f.optional }) {
		body = []byte("{}")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&r.body); err != nil || r.body == nil && !e.open {
		return refuse("the body is not a JSON object (请求体不是 JSON)")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse("something follows the JSON object of the body")
	}
	return r.check(e.fields, r.body, "")
}

func (r *request) check(fields []field, in map[string]any, inside string) error {
	for i := range fields {
		if err := r.checkField(&fields[i], in, inside); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) checkField(f *field, in map[string]any, inside string) error {
	name := inside + f.name
	optional, blank := f.wanted(r.flavour)
	v, given := in[f.name]
	if !given || v == nil {
		if optional {
			return nil
		}
		return refuse("%s 不可为空 (it is required)", name)
	}
	if empty := v == "" || slices.Contains(f.kinds, aList) && len(textsOf(v)) == 0 && isList(v); empty {
		switch {
		case optional:
			return nil // many clients send an empty text for a field that they leave out
		case !blank:
			return refuse("%s 不可为空 (it is required)", name)
		}
	}
	fits := func(k kind) bool { return k.fits(v) || r.flavour.name == gewechat && k.coerces(v) }
	if !slices.ContainsFunc(f.kinds, fits) {
		return refuse("%s: it must be %s", name, f.kinds[0])
	}
	for _, object := range objectsOf(v) {
		if err := r.check(f.fields, object, name+"."); err != nil {
			return err
		}
	}
	return nil
}

// wanted reports whether a flavour accepts a request without the field, and with an empty one.
func (f *field) wanted(by Flavour) (optional, blank bool) {
	if by.name == catalogue.GeWe {
		switch f.gewe {
		case catalogue.Optional, catalogue.Only:
			return true, true
		case catalogue.Present:
			return false, true
		case catalogue.Required:
			return false, false
		}
	}
	return f.optional || f.hosted && by.name == gewechat, f.blank
}

// fits reports whether a JSON value is of the kind.
func (k kind) fits(v any) bool {
	switch v := v.(type) {
	case string:
		return k.fitsText(v)
	case bool:
		return k == aFlag || k == anything
	case json.Number:
		if k == aUint64 {
			_, err := strconv.ParseUint(v.String(), 10, 64)
			return err == nil
		}
		n, ok := integer(v)
		return k == anything || k == aNumber && ok && n.whole
	case map[string]any:
		return k == anObject || k == anything
	case []any:
		texts := len(textsOf(v)) == len(v)
		return k == anything || k == aList && texts || k == objects && len(objectsOf(v)) == len(v)
	}
	return false
}

// coerces reports whether the self-hosted container converts a value to the kind. Its clients send
// quoted numbers and flags, numbers in place of texts, and numbers with a fraction.
func (k kind) coerces(v any) bool {
	switch v := v.(type) {
	case string:
		return k == aNumber && aNumber.fits(json.Number(v)) || k == aFlag && aFlagText.fitsText(v)
	case json.Number:
		_, ok := integer(v)
		return k == aText || k == aNumber && ok
	default:
		return false
	}
}

// parsed is the integer part of a number.
type parsed struct {
	value int64
	whole bool // the number has no fraction
}

// integer parses a number. "2500.0" is an integer: some languages write integers so, mostly
// durations.
func integer(n json.Number) (parsed, bool) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return parsed{i, true}, true
	}
	const exact = 1 << 53 // a float64 holds no larger integers exactly
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || !(math.Abs(f) <= exact) { // nor NaN
		return parsed{}, false
	}
	return parsed{int64(f), f == math.Trunc(f)}, true
}

func (k kind) fitsText(s string) bool {
	switch k {
	case aText, anything:
		return true
	case aFlagText:
		return s == "true" || s == "false"
	case aDigits:
		return s != "" && strings.Trim(s, "0123456789") == ""
	case aUint64:
		_, err := strconv.ParseUint(s, 10, 64)
		return err == nil
	default:
		return false
	}
}

func isList(v any) bool { _, ok := v.([]any); return ok }

// textsOf returns the strings of an array.
func textsOf(v any) []string {
	items, _ := v.([]any)
	var texts []string
	for _, item := range items {
		if s, ok := item.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// objectsOf returns an object, or the objects of an array.
func objectsOf(v any) []map[string]any {
	if one, ok := v.(map[string]any); ok {
		return []map[string]any{one}
	}
	items, _ := v.([]any)
	var all []map[string]any
	for _, item := range items {
		if o, ok := item.(map[string]any); ok {
			all = append(all, o)
		}
	}
	return all
}

// text returns a field as text, empty if it is missing. The texts of an array are joined by commas.
func (r *request) text(name string) string { return textOf(r.body[name]) }

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case []any:
		return strings.Join(textsOf(v), ",")
	default:
		return ""
	}
}

// number returns an integer field, 0 if it is missing.
func (r *request) number(name string) int64 {
	n, _ := integer(json.Number(r.text(name))) // 0 if it is not a number
	return n.value
}

// id returns a field that may exceed int64, 0 if it is missing.
func (r *request) id(name string) uint64 {
	i, err := strconv.ParseUint(r.text(name), 10, 64)
	if err != nil {
		return 0
	}
	return i
}

// flag returns a field that is true or false.
func (r *request) flag(name string) bool { return r.body[name] == true || r.body[name] == "true" }

// list returns the strings of an array, or of a text with commas.
func (r *request) list(name string) []string {
	if s, ok := r.body[name].(string); ok {
		return splitIDs(s)
	}
	return textsOf(r.body[name])
}
