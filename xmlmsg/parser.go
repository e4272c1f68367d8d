package xmlmsg

import (
	"math"
	"strings"
)

// The defaults of Parser.
const (
	defaultMaxBytes = 8 << 20
	defaultMaxDepth = 256
	defaultMaxNodes = 200_000
)

// Parser parses messages within limits. The zero value has the default limits. A message that
// exceeds one becomes a *Raw with ErrLimit. A Parser has no state; it is safe for concurrent use.
type Parser struct {
	// MaxBytes bounds the content, in bytes. 0 means 8 MiB.
	MaxBytes int
	// MaxDepth bounds the nesting of elements. 0 means 256.
	MaxDepth int
	// MaxNodes bounds the number of elements and attributes. 0 means 200,000.
	MaxNodes int
}

func (p Parser) withDefaults() Parser {
	for _, limit := range []struct {
		value *int
		def   int
	}{{&p.MaxBytes, defaultMaxBytes}, {&p.MaxDepth, defaultMaxDepth}, {&p.MaxNodes, defaultMaxNodes}} {
		if *limit.value == 0 {
			*limit.value = limit.def
		}
	}
	p.MaxBytes = min(p.MaxBytes, math.MaxInt32/2) // offsets are 32 bits
	return p
}

// The values of the envelope's MsgType that have a payload type.
const (
	typeText          = 1
	typeImage         = 3
	typeVoice         = 34
	typeFriendRequest = 37
	typeCard          = 42
	typeVideo         = 43
	typeEmoji         = 47
	typeLocation      = 48
	typeApp           = 49
	typeVoIP          = 50
	typeStatusSync    = 51
	typeVoIPNotify    = 52
	typeVoIPInvite    = 53
	typeShortVideo    = 62
	typeWeComRequest  = 65
	typeWeComCard     = 66
	typeWeComService  = 67
	typeNotice        = 10000
	typeSystem        = 10002
)

// Parse turns a message into a typed payload. It never fails: a message that has no type in this
// package, or that cannot be read, becomes a *Raw with its content unchanged.
func (p Parser) Parse(m Message) Payload { return p.parse(m, 0) }

// parse is Parse inside depth quotes.
func (p Parser) parse(m Message, depth int) Payload {
	if m.Type == 0 {
		m.Type = guessType(m.Content)
	}
	switch m.Type {
	case typeText:
		return parseText(m)
	case typeNotice:
		return parseNotice(m)
	case typeEmoji:
		if !strings.Contains(m.Content, "<") {
			if e := parseCompactEmoji(m.Content); e != nil {
				return e
			}
		}
	}
	if !isXML(m.Type) {
		return &Raw{Type: m.Type, Content: m.Content}
	}
	t, err := p.read(m.Content)
	if err != nil {
		return &Raw{Type: m.Type, Content: m.Content, Err: err}
	}
	defer t.release()
	if payload := p.parseXML(t.root(), m, depth); payload != nil {
		return payload
	}
	return &Raw{Type: m.Type, Content: m.Content, Err: ErrNoElement}
}

// isXML reports whether parseXML knows the message type.
func isXML(msgType int) bool {
	switch msgType {
	case typeImage, typeVoice, typeVideo, typeShortVideo, typeEmoji, typeLocation, typeCard, typeWeComCard, typeWeComService,
		typeFriendRequest,
		typeWeComRequest, typeVoIP, typeVoIPNotify, typeVoIPInvite, typeStatusSync, typeApp, typeSystem:
		return true
	}
	return false
}

// parseXML reads the XML of a message. It returns nil if the XML lacks an element that its message
// type requires.
func (p Parser) parseXML(doc element, m Message, depth int) Payload {
	switch m.Type {
	case typeImage:
		return parseImage(doc, m, p.mediaInfo(doc, depth))
	case typeVoice:
		return parseVoice(doc, m, p.mediaInfo(doc, depth))
	case typeVideo, typeShortVideo:
		return parseVideo(doc, p.mediaInfo(doc, depth))
	case typeEmoji:
		return parseEmoji(doc, p.mediaInfo(doc, depth))
	case typeLocation:
		return parseLocation(doc)
	case typeCard, typeWeComCard, typeWeComService:
		return parseCard(doc, m)
	case typeFriendRequest, typeWeComRequest:
		return parseFriendRequest(doc)
	case typeVoIP, typeVoIPNotify, typeVoIPInvite:
		return parseVoIP(doc)
	case typeStatusSync:
		return parseStatusSync(doc)
	case typeApp:
		return p.parseApp(doc, m, depth)
	default:
		return p.parseSysMsg(doc, m, depth)
	}
}

// guessType guesses the message type of a content that comes without one: the flat dialect of the
// service has words for message types, and some of them are too general.
func guessType(content string) int {
	switch {
	case strings.Contains(content, "<sysmsg"):
		return typeSystem
	case !strings.Contains(content, "<msg"):
		return typeText
	case strings.Contains(content, "<appmsg"):
		return typeApp
	case strings.Contains(content, "<img"):
		return typeImage
	case strings.Contains(content, "<voicemsg"):
		return typeVoice
	case strings.Contains(content, "<videomsg"):
		return typeVideo
	case strings.Contains(content, "<emoji"):
		return typeEmoji
	case strings.Contains(content, "<location"):
		return typeLocation
	}
	return 0
}
