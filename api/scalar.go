package api

import (
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ID is an id, or another number, that the service writes as a number in some places and as a
// string in others. It is exact up to 2^64-1; ids exceed the precision of a float64. It is written
// as a number.
type ID uint64

// String returns the decimal form.
func (n ID) String() string { return strconv.FormatUint(uint64(n), 10) }

// errID does not quote the value.
var errID = errors.New("api: an ID is a whole number from 0 to 18446744073709551615")

// UnmarshalJSONFrom reads a number, a number in a string, null, and the other forms that the
// service writes for a missing value. A fraction, an exponent or more than 64 bits is an error:
// such an id has passed through a float64 and has changed.
func (n *ID) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*n = 0
	if nothing(raw) {
		return nil
	}
	var t text
	if kind := raw.Kind(); kind == '[' || kind == '{' || json.Unmarshal(raw, &t) != nil {
		return errID
	}
	number := strings.TrimSpace(string(t))
	if number == "" {
		return nil
	}
	v, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return errID
	}
	*n = ID(v)
	return nil
}

// text is a string that may be written as a number or a bool; null and all other values are "".
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

// IDList is a list of ids that is one comma-separated string on the wire.
type IDList []ID

// MarshalJSONTo writes the list as one string.
func (l IDList) MarshalJSONTo(enc *jsontext.Encoder) error {
	return enc.WriteToken(jsontext.String(l.join()))
}

func (l IDList) join() string {
	texts := make([]string, len(l))
	for i, id := range l {
		texts[i] = id.String()
	}
	return strings.Join(texts, ",")
}

// UnmarshalJSONFrom reads a comma-separated string, a number, or an array; it skips what is not an
// id.
func (l *IDList) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*l = nil
	if dec.PeekKind() == '[' {
		var ids []ID
		if err := json.UnmarshalDecode(dec, &ids); err != nil {
			return err
		}
		*l = ids
		return nil
	}
	var t text
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	for part := range strings.SplitSeq(string(t), ",") {
		if id, err := strconv.ParseUint(strings.TrimSpace(part), 10, 64); err == nil {
			*l = append(*l, ID(id))
		}
	}
	return nil
}
