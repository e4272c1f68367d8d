// Package content recognizes a message that repeats another one.
package content

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Content is what a message says or carries, as far as needed to recognize a repetition.
type Content struct {
	// Sum is the same for the same content: the same words, white space and case aside, or the same
	// file.
	Sum uint64
	// Text is what a text says, in lower case, with single blanks, and cut where it is long.
	Text string
	// Media is true for a file, the notice of one, a picture, a video and a voice.
	Media bool

	kind xmlmsg.Kind
}

// The bounds of what is compared.
const (
	maxContent   = 1 << 10 // bytes of a text
	minContained = 4       // characters of a text that are found in another one
)

// Telling reports whether a text is long enough for its repetition to mean something: a person
// answers a quiz with "A" and "1" again and again.
func (m Content) Telling() bool { return utf8.RuneCountInString(m.Text) >= minContained }

// Repeats reports whether the message has the content of another one or, for texts, contains it.
func (m Content) Repeats(other Content) bool {
	switch {
	case m.kind != other.kind:
		return false
	case m.Sum == other.Sum:
		return true
	}
	return other.Telling() && strings.Contains(m.Text, other.Text)
}

// Of reads a payload; body is what it was made of.
func Of(p xmlmsg.Payload, body string) Content {
	switch p := p.(type) {
	case *xmlmsg.Text:
		return textContent(p.Body)
	case *xmlmsg.Quote:
		return textContent(p.Text)
	case *xmlmsg.File:
		return otherContent(p.Kind(), p.MD5, p.Name, strconv.FormatInt(p.Size, 10))
	case *xmlmsg.Image:
		return otherContent(p.Kind(), p.MD5, body)
	case *xmlmsg.Video:
		return otherContent(p.Kind(), p.MD5, body)
	case *xmlmsg.Emoji:
		return otherContent(p.Kind(), p.MD5, body)
	}
	return otherContent(p.Kind(), "", body)
}

// OfSend is what the receiver of a message gets. What is neither a text, a sticker nor a
// forward is compared with other sends only.
func OfSend(m api.Send) Content {
	forwarded := func(msgType int, xml string) Content {
		return Of(xmlmsg.Parse(xmlmsg.Message{Type: msgType, Content: xml}), xml)
	}
	switch m := m.(type) {
	case api.PostText:
		return textContent(m.Content)
	case api.ForwardFile:
		return forwarded(msgTypeApp, m.XML)
	case api.ForwardImage:
		return forwarded(msgTypeImage, m.XML)
	case api.ForwardVideo:
		return forwarded(msgTypeVideo, m.XML)
	case api.PostEmoji:
		return otherContent(xmlmsg.KindEmoji, m.MD5)
	}
	body, _ := json.Marshal(m) // plain values
	return otherContent(xmlmsg.Kind(api.EndpointOf(m)), "", string(body))
}

// The MsgTypes of what is forwarded.
const (
	msgTypeImage = 3
	msgTypeVideo = 43
	msgTypeApp   = 49
)

func textContent(text string) Content {
	text = text[:min(len(text), 4*maxContent)]
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	text = strings.ToValidUTF8(text[:min(len(text), maxContent)], "")
	return Content{Sum: contentSum(text), Text: text, kind: xmlmsg.KindText}
}

// otherContent is known by its MD5, or by the other words where there is none.
func otherContent(kind xmlmsg.Kind, md5 string, others ...string) Content {
	if md5 != "" {
		others = []string{md5}
	}
	return Content{Sum: contentSum(string(kind), others...), Media: isMedia(kind), kind: kind}
}

func isMedia(kind xmlmsg.Kind) bool {
	return slices.Contains([]xmlmsg.Kind{xmlmsg.KindFile, xmlmsg.KindFileNotice, xmlmsg.KindImage, xmlmsg.KindVideo, xmlmsg.KindVoice},
		kind)
}

func contentSum(word string, more ...string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, word)
	for _, m := range more {
		_, _ = io.WriteString(h, "\x00"+m)
	}
	return h.Sum64()
}
