package callback

import (
	"bytes"
	"encoding/base64"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// lenient accepts what builds of the service and relays write into a body: keys twice (the last
// wins) and invalid UTF-8 (read as U+FFFD).
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// value is a JSON value as it stands in a body whose syntax has been checked. nil means that it is
// absent. Its methods read any JSON value: one that is not what they look for counts as absent.
type value []byte

// isObject reports whether the value is an object.
func (v value) isObject() bool { return len(v) > 0 && v[0] == '{' }

func (v value) isString() bool { return len(v) > 0 && v[0] == '"' }

func (v value) isNumber() bool { return len(v) > 0 && (v[0] == '-' || v[0] >= '0' && v[0] <= '9') }

// given reports whether the value is present and not null.
func (v value) given() bool { return len(v) > 0 && v[0] != 'n' }

// text reads a string that may be bare, wrapped as {"string": "…"}, null, {}, or a number.
func (v value) text() string { return v.unwrapped().scalar() }

// unwrapped returns the value itself, or what is in its wrapper.
func (v value) unwrapped() value {
	if v.isObject() {
		return v.member("string")
	}
	return v
}

// scalar reads a string, or a number as a string.
func (v value) scalar() string {
	switch {
	case v.isString():
		return unquote(v)
	case v.isNumber():
		return string(v)
	}
	return ""
}

// word is text for one that is nearly always the same: "AddMsg".
func (v value) word() string {
	if string(v) == `"AddMsg"` {
		return "AddMsg"
	}
	return v.text()
}

// maxHead bounds head, in bytes of the body.
const maxHead = 512

// head is the beginning of a text: enough of it for the author of a message, or for all of a probe.
// The whole can be megabytes.
func (v value) head() string {
	v = v.unwrapped()
	if !v.isString() || len(v) <= maxHead {
		return v.scalar()
	}
	end := maxHead
	if i := bytes.LastIndexByte(v[end-12:end], '\\'); i >= 0 { // an escape that may be cut in two, a pair of surrogates at worst
		end -= 12 - i
		for v[end-1] == '\\' {
			end--
		}
	}
	return unquote(append(bytes.Clone(v[:end]), '"'))
}

// id reads an unsigned number up to 2^64-1 that may be written as a string, or with an exponent. It
// never passes through a float.
func (v value) id() uint64 {
	if v.isNumber() {
		return xmlmsg.ParseID(string(v)) // needs no allocation
	}
	return xmlmsg.ParseID(v.text())
}

// integer reads a signed number that may be written as a string, or with an exponent.
func (v value) integer() int64 {
	if v.isNumber() {
		return xmlmsg.ParseInt(string(v))
	}
	return xmlmsg.ParseInt(v.text())
}

// flag reads a bool that may be written as a string or a number: true, "true", 1 or "1".
func (v value) flag() bool {
	if len(v) > 0 && v[0] == 't' {
		return true
	}
	s := v.text()
	return strings.EqualFold(strings.TrimSpace(s), "true") || xmlmsg.ParseInt(s) == 1
}

// list reads a list of ids, or one string with commas between them.
func (v value) list() []string {
	if len(v) > 0 && v[0] == '[' {
		var ids []string
		for e := v.elements(); e.next(); {
			ids = append(ids, e.take().text())
		}
		return ids
	}
	if s := v.text(); s != "" {
		return strings.Split(s, ",")
	}
	return nil
}

// member returns the last member with a folded name.
func (v value) member(name string) (found value) {
	for m := v.members(); m.next(); {
		if v := m.take(); string(m.name()) == name {
			found = v
		}
	}
	return found
}

// unquote decodes a string.
func unquote(v value) string {
	if inner := v[1 : len(v)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	buffer := buffers.Get().(*[]byte)
	b, ok := appendUnescaped((*buffer)[:0], v[1:len(v)-1])
	if !ok || !utf8.Valid(b) {
		b, _ = jsontext.AppendUnquote((*buffer)[:0], v) // it fails for invalid UTF-8, which is read all the same
	}
	s := string(b)
	if cap(b) <= maxBuffer { // the pool would keep a huge one for good
		*buffer = b
		buffers.Put(buffer)
	}
	return s
}

// appendUnescaped decodes the inner part of a string. It leaves \u to jsontext.
func appendUnescaped(dst, inner []byte) (decoded []byte, ok bool) {
	for {
		n := plain(inner)
		dst = append(dst, inner[:n]...)
		if n == len(inner) {
			return dst, true
		}
		escaped := inner[n+1]
		switch escaped {
		case 'n':
			escaped = '\n'
		case 't':
			escaped = '\t'
		case 'r':
			escaped = '\r'
		case 'b':
			escaped = '\b'
		case 'f':
			escaped = '\f'
		case 'u':
			return dst, false
		}
		dst = append(dst, escaped)
		inner = inner[n+2:]
	}
}

// buffers holds the *[]byte of unquote.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const maxBuffer = 64 << 10

// decodeBuffer decodes the base64 of an ImgBuf; what is none gives nil.
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
