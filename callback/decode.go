package callback

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The errors of a body that cannot be an event. The handler answers 400.
var (
	// ErrNotJSON means that the body is not a JSON object.
	ErrNotJSON = errors.New("callback: the body is not a JSON object")
	// ErrNoData means that a message has no Data object.
	ErrNoData = errors.New("callback: AddMsg without a Data object")
)

// Decoder decodes bodies to events. The zero value works.
type Decoder struct {
	// Wxid returns the wxid of an account, for bodies that leave it out; without it the direction
	// of a private message is unknown. nil means that wxids are unknown.
	Wxid func(appID string) string
	// Limits limits the parsing of contents. The zero value means the defaults of xmlmsg.Parser.
	Limits xmlmsg.Parser
}

// Decode decodes a body with the zero Decoder.
func Decode(b []byte) (*Event, error) { return (&Decoder{}).Decode(b) }

// Decode decodes a body to an event. It fails only if the body is not a JSON object, or for a
// message without Data; a content that cannot be parsed gives an event with an *xmlmsg.Raw payload.
// The event keeps a reference to b.
func (d *Decoder) Decode(b []byte) (*Event, error) {
	e := &Event{Body: b, limits: d.Limits}
	trimmed := trim(b)
	if len(trimmed) == 0 {
		e.Dialect = control
		return e.ping(""), nil
	}
	var v body
	if err := v.read(trimmed); err != nil {
		return nil, err
	}
	e.AppID, e.Wxid = v.appID.text(), v.wxid.text()
	if e.Wxid == "" && d.Wxid != nil {
		e.Wxid = d.Wxid(e.AppID)
	}
	switch v.dialect() {
	case flat:
		return d.flat(e, &v)
	case control:
		e.Dialect = control
		return e.ping(v.token.text()), nil
	default:
		return d.wrapped(e, &v)
	}
}

// notJSON returns an error with the position of a syntax error. It does not quote the body.
func notJSON(err error) error {
	if at, ok := syntaxOffset(err); ok {
		return fmt.Errorf("%w: syntax error at offset %d", ErrNotJSON, at)
	}
	return ErrNotJSON
}

// trim removes white space and a byte order mark from a body.
func trim(b []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(b), []byte("\xef\xbb\xbf")))
}
