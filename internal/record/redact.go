package record

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// KeySize is the size of a Redactor's key in bytes.
const KeySize = 32

// NewKey makes a random key.
func NewKey() []byte {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	return key
}

// Redactor removes from bodies what they reveal about people. The same id, name or word gets the
// same pseudonym in all bodies, so that quotes, recalls and mentions still refer to the right
// message or person. The same key gives the same pseudonyms; without it, what they stand for cannot
// be found out.
//
// It keeps the words of WeChat: the names of members and elements, types, flags, sizes, times,
// extensions of files, and the phrases of notices. Everything else becomes a pseudonym, unknown
// fields too.
type Redactor struct {
	// KeepText keeps what people wrote. Ids, long numbers, links and mentions in it are still
	// replaced; names are not.
	KeepText bool

	p pseudonyms
}

// NewRedactor makes a redactor with a key, usually one of NewKey.
func NewRedactor(key []byte) *Redactor { return &Redactor{p: pseudonyms{key: bytes.Clone(key)}} }

// Body returns a body without what it reveals about people. A body that is not JSON stays invalid,
// and all its words become pseudonyms.
func (r *Redactor) Body(body []byte) []byte {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf")))
	if !json.Valid(trimmed) {
		out := []byte(r.p.text(string(body)))
		if json.Valid(out) { // the mistake was redacted away: the body must stay invalid
			out = append(out, '{')
		}
		return out
	}
	w := walker{Redactor: r, content: r.words}
	if e, err := callback.Decode(trimmed); err == nil && e.IsMessage() {
		w.event, w.content = e, func(s string) string { return r.content(e, s) }
	}
	return w.json(trimmed)
}

// The types of messages whose content is not XML.
const (
	typeText   = 1
	typeNotice = 10000
)

// ID returns the pseudonym of an id, a name or any other text.
func (r *Redactor) ID(id string) string {
	if isService(id) {
		return id
	}
	return r.p.text(id)
}

// IDs replaces the ids in a text that can be recognized: wxid_…, gh_…, …@chatroom, …@openim, wx_….
// It is for the configuration of a bot that is to run with a recording. An old wxid that its owner
// has chosen cannot be recognized.
func (r *Redactor) IDs(text string) string {
	return shapes().ids.ReplaceAllStringFunc(text, r.ID)
}

// words replaces everything.
func (r *Redactor) words(s string) string { return r.p.text(s) }

// content redacts the content of a message, which may have its author before it. The result is as
// WeChat itself writes it, without the changes of relays.
func (r *Redactor) content(e *callback.Event, s string) string {
	if e.MsgType == typeNotice {
		return r.notice(s)
	}
	author, body := "", s
	if e.Conversation.IsGroup() {
		if author, body = xmlmsg.CutAuthor(s, e.MsgType); author != "" {
			author = r.p.text(author) + ":\n"
		}
	}
	if e.MsgType == typeText {
		return author + r.written(body)
	}
	return author + r.xml(body)
}

// written redacts what a person wrote.
func (r *Redactor) written(s string) string {
	if r.KeepText {
		return r.marked(s)
	}
	return r.p.text(s)
}

// probeText is the text with which the service checks whether a callback URL answers.
const probeText = "验证回调地址是否可用"

// marked replaces in a text that is kept what can be recognized as an id, a link or a mention.
func (r *Redactor) marked(s string) string {
	return shapes().marks.ReplaceAllStringFunc(s, func(m string) string { return r.p.text(m) })
}

// notice redacts the words of a notice, and its links.
func (r *Redactor) notice(s string) string {
	if system, ok := xmlmsg.Parse(xmlmsg.Message{Type: typeNotice, Content: s}).(*xmlmsg.System); ok && !strings.Contains(s, "<") {
		s = system.Text // not escaped again
	}
	tags := []string{"a", "img", "_wc_custom_link_"}
	var words strings.Builder
	read := xmlScanner{Redactor: r, in: s, onlyTags: tags, words: func(s string) string {
		words.WriteString(s)
		return ""
	}}
	read.run()
	redacted := r.wechats(words.String())
	x := xmlScanner{Redactor: r, in: s, onlyTags: tags, words: redacted.next}
	return x.run()
}

// xml redacts a content that is XML.
func (r *Redactor) xml(s string) string {
	s = xmlmsg.Plain(s)
	if !strings.HasPrefix(strings.TrimLeft(s, " \t\r\n\ufeff"), "<") {
		return r.p.text(s, phrases()...)
	}
	x := xmlScanner{Redactor: r, in: s, phrases: strings.Contains(s, "<sysmsg")}
	return x.run()
}
