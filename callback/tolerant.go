package callback

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// lenient accepts the variants of a body that builds of the service and relays produce: keys in any
// case, duplicate keys (the last one wins), invalid UTF-8 (as U+FFFD).
var lenient = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
)

// text is a string that may be bare, wrapped as {"string": "…"}, null, {}, or a number.
type text string

// UnmarshalJSONFrom reads any JSON value; one without a string is "".
func (t *text) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		s, err := readScalar(dec)
		*t = text(s)
		return err
	}
	*t = ""
	return readObject(dec, "string", func() error {
		s, err := readScalar(dec)
		*t = text(s)
		return err
	})
}

// head is the start of a text, long enough for the author of a message or a whole probe. The whole
// text can have megabytes.
type head string

const maxHead = 512

// UnmarshalJSONFrom reads any JSON value; one without a string is "".
func (h *head) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*h = ""
	if dec.PeekKind() != '{' {
		return h.read(dec)
	}
	return readObject(dec, "string", func() error { return h.read(dec) })
}

func (h *head) read(dec *jsontext.Decoder) error {
	if kind := dec.PeekKind(); kind != '"' {
		s, err := readScalar(dec)
		*h = head(s)
		return err
	}
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if len(value) > maxHead {
		end := maxHead
		if i := bytes.LastIndexByte(value[end-12:end], '\\'); i >= 0 { // an escape sequence that may be cut, at worst a surrogate pair
			end -= 12 - i
			for value[end-1] == '\\' {
				end--
			}
		}
		value = append(bytes.Clone(value[:end]), '"')
	}
	unquoted, _ := jsontext.AppendUnquote(nil, value) // the error is about invalid UTF-8, which is accepted
	*h = head(unquoted)
	return nil
}

// word is a text that is nearly always "AddMsg".
type word string

// UnmarshalJSONFrom reads any JSON value; one without a string is "".
func (w *word) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == '"' {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if string(value) == `"AddMsg"` {
			*w = "AddMsg"
			return nil
		}
		return json.Unmarshal(value, (*string)(w), lenient)
	}
	var t text
	err := t.UnmarshalJSONFrom(dec)
	*w = word(t)
	return err
}

// readScalar reads a string, or a number as a string; any other value is "".
func readScalar(dec *jsontext.Decoder) (string, error) {
	switch dec.PeekKind() {
	case '"', '0':
		token, err := dec.ReadToken()
		if err != nil {
			return "", err
		}
		return token.String(), nil
	}
	return "", dec.SkipValue()
}

// readObject reads an object and calls read for the member with the name, in any case. It skips all
// other members.
func readObject(dec *jsontext.Decoder, name string, read func() error) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		member, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if strings.EqualFold(strings.Trim(string(member), `"`), name) {
			err = read()
		} else {
			err = dec.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// readNumber reads a number that may be written as a string or wrapped like one; anything else is
// "".
func readNumber(dec *jsontext.Decoder) (string, error) {
	if dec.PeekKind() != '0' {
		var t text
		err := t.UnmarshalJSONFrom(dec)
		return string(t), err
	}
	value, err := dec.ReadValue()
	return string(value), err
}

// id is an unsigned number up to 2^64-1 that may be written as a string or with an exponent. It is
// never converted to a float.
type id uint64

// UnmarshalJSONFrom reads any JSON value; one that is not such a number is 0.
func (n *id) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	number, err := readNumber(dec)
	*n = id(xmlmsg.ParseID(number))
	return err
}

// integer is a signed number that may be written as a string or with an exponent.
type integer int64

// UnmarshalJSONFrom reads any JSON value; one that is not such a number is 0.
func (n *integer) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	number, err := readNumber(dec)
	*n = integer(xmlmsg.ParseInt(number))
	return err
}

// flag is a bool that may be written as a string or a number.
type flag bool

// UnmarshalJSONFrom reads any JSON value; everything but true, "true", 1 and "1" is false.
func (f *flag) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == 't' {
		*f = true
		return dec.SkipValue()
	}
	var t text
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	*f = flag(strings.EqualFold(strings.TrimSpace(string(t)), "true") || xmlmsg.ParseInt(string(t)) == 1)
	return nil
}

// decodeBuffer decodes the base64 of an ImgBuf, or returns nil if it is invalid.
func decodeBuffer(s string) []byte {
	if s == "" {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		if b, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "=")); err != nil {
			return nil
		}
	}
	return b
}

// idList is a list of ids, or a string of ids separated by commas.
type idList []string

// UnmarshalJSONFrom reads any JSON value; one of another form is empty.
func (l *idList) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '[' {
		var t text
		if err := t.UnmarshalJSONFrom(dec); err != nil {
			return err
		}
		*l = nil
		if t != "" {
			*l = strings.Split(string(t), ",")
		}
		return nil
	}
	var ids []text
	if err := json.UnmarshalDecode(dec, &ids); err != nil {
		return err
	}
	*l = (*l)[:0]
	for _, s := range ids {
		*l = append(*l, string(s))
	}
	return nil
}

// snsInfo is the SnsBgobjectId in an SnsUserInfo.
type snsInfo uint64

// UnmarshalJSONFrom reads any JSON value; one without the id is 0.
func (s *snsInfo) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	return readObject(dec, "SnsBgobjectId", func() error { return (*id)(s).UnmarshalJSONFrom(dec) })
}
