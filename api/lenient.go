package api

import (
	"bytes"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var errOddValue = errors.New("unexpected kind")

// readLoosely reads a value that the service wrote as another JSON type than Go expects: a number
// as a string or a string as a number, [] or {} or "" for a missing value, and one object in place
// of an array. Package json reads everything else.
func readLoosely(dec *jsontext.Decoder, target any) error {
	switch target.(type) {
	case json.Unmarshaler, json.UnmarshalerFrom:
		return errors.ErrUnsupported
	}
	v, kind := reflect.ValueOf(target).Elem(), dec.PeekKind()
	if asWritten(v.Kind(), kind) {
		return errors.ErrUnsupported
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch {
	case nothing(raw):
		v.SetZero()
		return nil
	case v.Kind() == reflect.Slice && kind == '{':
		one := reflect.MakeSlice(v.Type(), 1, 1)
		if err := json.Unmarshal(raw, one.Index(0).Addr().Interface(), dec.Options()); err != nil {
			return err
		}
		v.Set(one)
		return nil
	case kind == '[' || kind == '{' || v.Kind() == reflect.Struct || v.Kind() == reflect.Map || v.Kind() == reflect.Slice:
		return errOddValue
	}
	var t text
	if err := json.Unmarshal(raw, &t, jsontext.AllowInvalidUTF8(true)); err != nil {
		return err
	}
	return setScalar(v, strings.TrimSpace(string(t)), string(t))
}

// asWritten reports whether package json can read JSON of this kind into a Go value of this kind.
func asWritten(v reflect.Kind, kind jsontext.Kind) bool {
	switch v {
	case reflect.String:
		return kind == '"' || kind == 'n'
	case reflect.Bool:
		return kind == 't' || kind == 'f' || kind == 'n'
	case reflect.Struct, reflect.Map:
		return kind == '{' || kind == 'n'
	case reflect.Slice:
		return kind == '[' || kind == 'n'
	case reflect.Interface, reflect.Pointer, reflect.Array:
		return true
	default:
		return kind == '0' || kind == 'n'
	}
}

// nothing reports whether JSON is an empty list, object or string.
func nothing(raw jsontext.Value) bool {
	switch raw.Kind() {
	case '[', '{', '"':
		return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
	}
	return false
}

// setScalar sets a Go value to a text; exact is the text with its spaces.
func setScalar(v reflect.Value, trimmed, exact string) error {
	if trimmed == "" && v.Kind() != reflect.String {
		v.SetZero()
		return nil
	}
	var err error
	switch {
	case v.Kind() == reflect.String:
		v.SetString(exact)
	case v.Kind() == reflect.Bool:
		var yes bool
		yes, err = strconv.ParseBool(strings.ToLower(trimmed))
		v.SetBool(yes)
	case v.CanInt():
		var n int64
		n, err = strconv.ParseInt(digits(trimmed), 10, v.Type().Bits())
		v.SetInt(n)
	case v.CanUint():
		var n uint64
		n, err = strconv.ParseUint(digits(trimmed), 10, v.Type().Bits())
		v.SetUint(n)
	case v.CanFloat():
		var n float64
		n, err = strconv.ParseFloat(trimmed, v.Type().Bits())
		v.SetFloat(n)
	default:
		return errOddValue
	}
	if err != nil {
		return errOddValue // the error of strconv would quote the value
	}
	return nil
}

// digits returns a bool as a number.
func digits(s string) string {
	switch s {
	case "true":
		return "1"
	case "false":
		return "0"
	}
	return s
}
