package api

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ID is an id, or another number, that the service writes as a number in one place and as a string in another. It is exact
// up to 2^64-1: ids exceed what a float64 can hold. It is written as a number.
type ID uint64

// String is the decimal form.
func (n ID) String() string { return strconv.FormatUint(uint64(n), 10) }

// UnmarshalJSONFrom reads a number, a number in a string, null, and the empty string; anything else is 0.
func (n *ID) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var t text
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	whole, _, _ := strings.Cut(strings.TrimSpace(string(t)), ".")
	v, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		v = 0
	}
	*n = ID(v)
	return nil
}

// text is a string that may be written as a number or a bool; null and everything else is "".
type text string

// UnmarshalJSONFrom reads any JSON value.
func (t *text) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case '"', '0', 't', 'f':
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		*t = text(token.String())
		return nil
	}
	*t = ""
	return dec.SkipValue()
}

// boolean is a bool that may be written as a number or a string.
type boolean bool

// UnmarshalJSONFrom reads any JSON value; what is neither true, "true", 1 nor "1" is false.
func (b *boolean) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var t text
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	*b = boolean(t == "1" || strings.EqualFold(string(t), "true"))
	return nil
}
