package xmlmsg

import (
	"encoding/json"
	"strconv"
	"strings"
)

// maxQuoteDepth bounds how deep quotes are nested.
const maxQuoteDepth = 16

// Quote is a message that quotes another one (appmsg type 57), or a reaction to one (type 1 with a
// refermsg). Media that answers a message, such as a voice message, keeps its own kind; see
// MediaInfo.
type Quote struct {
	Text  string `json:"text"`  // the text of the answer
	Refer Refer  `json:"refer"` // the quoted message

	AppInfo
}

// Kind returns KindQuote.
func (*Quote) Kind() Kind { return KindQuote }

// String leaves the quoted content out.
func (q *Quote) String() string { return "quote" }

// Refer is the quoted message.
type Refer struct {
	Type       int    `json:"type"`              // its MsgType; clients also write other numbers, even negative ones
	NewMsgID   uint64 `json:"new_msg_id,string"` // its NewMsgId, from svrid
	Chat       string `json:"chat"`              // the conversation: group id, or a person
	Sender     string `json:"sender"`            // author
	Name       string `json:"name"`              // author as displayed
	CreateTime int64  `json:"create_time"`       // Unix seconds; 0 if absent
	Content    string `json:"-"`                 // as quoted, without the group prefix
	Source     string `json:"-"`                 // its msgsource

	// PartialText is the part of the quoted text that the answer refers to; empty if it refers to
	// all of it.
	PartialText string `json:"partial_text"`

	// Payload is the quoted message. It is a *Raw if it cannot be read, or is nested too deep.
	Payload Payload `json:"-"`
}

// parseQuote reads an answer inside depth quotes.
func (p Parser) parseQuote(app element, info AppInfo, depth int) Payload {
	return &Quote{Text: app.child("title").verbatim(), Refer: p.parseRefer(app.child("refermsg"), depth), AppInfo: info}
}

// parseRefer reads the quoted message.
func (p Parser) parseRefer(r element, depth int) Refer {
	refer := Refer{
		Type: r.int("type"), NewMsgID: r.uint("svrid"), Chat: r.text("fromusr"), Sender: r.text("chatusr"), Name: r.text("displayname"),
		CreateTime: r.int64("createtime"), Source: r.text("msgsource"),
	}
	content := r.child("content")
	refer.Content = content.value()
	if refer.Content == "" {
		refer.Content = strings.TrimSpace(content.inner()) // in rare cases, real child elements
	}
	if refer.Sender == "" && !strings.HasSuffix(refer.Chat, "chatroom") {
		refer.Sender = refer.Chat
	}
	if author, body := CutAuthor(refer.Content, refer.Type); author != "" && (author == refer.Sender || refer.Type != typeText) {
		refer.Content = body
	}
	refer.PartialText = partialText(r.child("partialtext"), refer.Content)
	refer.Payload = p.quoted(&refer, depth)
	return refer
}

// partialText returns the quoted part of a text, which is given either in full or by its beginning
// and end.
func partialText(partial element, content string) string {
	if !partial.hasChildren() {
		return partial.value()
	}
	start, end := partial.text("start"), partial.text("end")
	if _, rest, found := strings.Cut(content, start); found && end != "" {
		if middle, _, found := strings.Cut(rest, end); found {
			return start + middle + end
		}
	}
	return start
}

func (p Parser) quoted(r *Refer, depth int) Payload {
	if depth >= maxQuoteDepth {
		return &Raw{Type: r.Type, Content: r.Content, Err: ErrLimit}
	}
	return p.parse(Message{Type: r.Type, Content: r.Content, Source: r.Source}, depth+1)
}

// Kind returns the kind of the quoted message. If the content is missing, it goes by the type.
func (r *Refer) Kind() Kind {
	if r.Content != "" || r.Payload == nil {
		if r.Payload == nil {
			return ""
		}
		return r.Payload.Kind()
	}
	switch r.Type {
	case typeText:
		return KindText
	case typeImage:
		return KindImage
	case typeVoice:
		return KindVoice
	case typeVideo, typeShortVideo:
		return KindVideo
	case typeEmoji:
		return KindEmoji
	case typeLocation:
		return KindLocation
	case typeCard, typeWeComCard, typeWeComService:
		return KindCard
	}
	return KindRaw
}

// referView is a Refer in JSON, with a summary of the quoted message.
type referView struct {
	Type       int    `json:"type"`
	NewMsgID   string `json:"new_msg_id"`
	Chat       string `json:"chat"`
	Sender     string `json:"sender"`
	Name       string `json:"name"`
	CreateTime int64  `json:"create_time"`
	Kind       Kind   `json:"kind"`
	Text       string `json:"text,omitempty"`
	Title      string `json:"title,omitempty"`
	Size       int64  `json:"size,omitempty"`
	MD5        string `json:"md5,omitempty"`
	AESKey     string `json:"aes_key,omitempty"`
	DurationMS int    `json:"duration_ms,omitempty"`
	Partial    string `json:"partial_text,omitempty"`
}

// MarshalJSON writes the fields of a Refer with a summary of the quoted message.
func (r Refer) MarshalJSON() ([]byte, error) {
	v := referView{
		Type: r.Type, NewMsgID: strconv.FormatUint(r.NewMsgID, 10), Chat: r.Chat, Sender: r.Sender, Name: r.Name, CreateTime: r.CreateTime,
		Kind:    r.Kind(),
		Partial: r.PartialText,
	}
	switch p := r.Payload.(type) {
	case *Text:
		v.Text = p.Body
	case *Image:
		v.AESKey, v.MD5, v.Size = p.AESKey, p.MD5, p.Length
	case *Voice:
		v.AESKey, v.DurationMS, v.Size = p.AESKey, p.DurationMS, p.Length
	case *Video:
		v.AESKey, v.MD5, v.Size = p.AESKey, p.MD5, p.Length
	case *Emoji:
		v.AESKey, v.MD5, v.Size = p.AESKey, p.MD5, p.Length
	case *File:
		v.Title, v.AESKey, v.MD5, v.Size = p.Name, p.AESKey, p.MD5, p.Size
	case *FileNotice:
		v.Title, v.MD5, v.Size = p.Name, p.MD5, p.Size
	case *Quote:
		v.Title = p.Text
	case *Raw:
		v.Text = p.Content
	default:
		v.Title = titleOf(p)
	}
	return json.Marshal(v)
}

// titleOf returns the title of an app message, or an empty string.
func titleOf(p Payload) string {
	switch p := p.(type) {
	case *Link:
		return p.Title
	case *GroupInvite:
		return p.Title
	case *ChatRecord:
		return p.Title
	case *Note:
		return p.Title
	case *MiniProgram:
		return p.Title
	case *Music:
		return p.Title
	case *RedPacketCover:
		return p.Title
	case *LocationShare:
		return p.Title
	case *App:
		return p.Title
	case *AppImage:
		return p.Title
	case *Solitaire:
		return p.Text
	}
	return ""
}
