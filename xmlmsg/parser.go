package xmlmsg

import (
	"math"
	"strings"
)

// The defaults of Parser.
const (
	DefaultMaxBytes = 8 << 20
	DefaultMaxDepth = 256
	DefaultMaxNodes = 200_000
)

// Parser parses messages within limits. The zero value has the default limits; what is beyond them becomes a *Raw
// with ErrLimit. A Parser holds no state, and may be used by many goroutines at once.
type Parser struct {
	// MaxBytes bounds the content in bytes. 0 means DefaultMaxBytes.
	MaxBytes int
	// MaxDepth bounds how deep elements are nested. 0 means DefaultMaxDepth.
	MaxDepth int
	// MaxNodes bounds the number of elements. 0 means DefaultMaxNodes.
	MaxNodes int
}

func (p Parser) withDefaults() Parser {
	for _, limit := range []struct {
		value *int
		def   int
	}{{&p.MaxBytes, DefaultMaxBytes}, {&p.MaxDepth, DefaultMaxDepth}, {&p.MaxNodes, DefaultMaxNodes}} {
		if *limit.value == 0 {
			*limit.value = limit.def
		}
	}
	p.MaxBytes = min(p.MaxBytes, math.MaxInt32/2) // offsets are 32 bits
	return p
}

// The message types with a payload type, from the MsgType of the envelope.
const (
	typeText          = 1
	typeImage         = 3
	typeFriendRequest = 37
	typeApp           = 49
	typeStatusSync    = 51
	typeWeComRequest  = 65
)

// Parse makes a typed payload of a message. It never fails: what has no type here, or cannot be read, is
// a *Raw with the content untouched.
func (p Parser) Parse(m Message) Payload {
	if m.Type == 0 {
		m.Type = guessType(m.Content)
	}
	parse := parserOf(m.Type)
	switch {
	case m.Type == typeText:
		return parseText(m)
	case parse == nil:
		return &Raw{Type: m.Type, Content: m.Content}
	}
	t, err := p.read(m.Content)
	if err != nil {
		return &Raw{Type: m.Type, Content: m.Content, Err: err}
	}
	defer t.release()
	if payload := parse(t.root(), m); payload != nil {
		return payload
	}
	return &Raw{Type: m.Type, Content: m.Content, Err: ErrNoElement}
}

// parserOf is the function that reads the XML of a message type. It returns nil if an element is missing without which
// the message is not what its type says.
func parserOf(msgType int) func(doc element, m Message) Payload {
	switch msgType {
	case typeImage:
		return parseImage
	case typeApp:
		return parseApp
	case typeFriendRequest, typeWeComRequest:
		return parseFriendRequest
	case typeStatusSync:
		return parseStatusSync
	}
	return nil
}

// guessType is the message type that a content without one looks like: the flat dialect of the service names some
// messages by a word that says too little.
func guessType(content string) int {
	switch {
	case !strings.Contains(content, "<msg"):
		return typeText
	case strings.Contains(content, "<appmsg"):
		return typeApp
	case strings.Contains(content, "<img"):
		return typeImage
	}
	return 0
}
