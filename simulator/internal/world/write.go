package world

import (
	"cmp"
	"fmt"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// The length of a voice message and of a video whose draft has none, in seconds.
const (
	voiceSeconds = 3
	videoSeconds = 10
)

// emojiSize is the size of the emoji that people send, in bytes.
const emojiSize = 20480

// write sets the content of a message.
func (w *World) write(e *Entry, d message.Draft) (err error) {
	e.Kind = d.Kind
	switch d.Kind {
	case message.KindText:
		e.MsgType, e.Text, e.Content = message.TypeText, d.Text, d.Text
	case message.KindQuote:
		err = w.writeQuote(e, d)
	case message.KindImage, message.KindVoice, message.KindVideo, message.KindEmoji:
		w.writeMedia(e, d)
	case message.KindFile, message.KindFileNotice:
		w.writeFile(e, *d.File)
	case message.KindLink:
		e.MsgType, e.Text = message.TypeApp, d.Link.Title
		e.Content = message.LinkXML(e.From, *d.Link)
	case message.KindCard:
		err = w.writeCard(e, d.Card)
	case message.KindLocation:
		e.MsgType, e.Text = message.TypeLocation, d.Location.Label
		e.Content = message.LocationXML(e.From, *d.Location)
	case message.KindMiniProgram:
		e.MsgType, e.Text = message.TypeApp, d.MiniProgram.Title
		e.Content = message.MiniProgramXML(e.From, *d.MiniProgram)
	case message.KindRedPacket:
		e.MsgType, e.Text = message.TypeApp, cmp.Or(d.Text, "恭喜发财，大吉大利")
		e.Content = message.RedPacketXML(e.From, e.Text, fmt.Sprintf("10000%d", e.NewMsgID), e.Time)
	case message.KindPat:
		err = w.writePat(e, d.Pat)
	case message.KindRaw:
		e.MsgType, e.Content = d.MsgType, d.Content
		_, e.Text = message.Describe(d.MsgType, d.Content)
	}
	return err
}

func (w *World) writeMedia(e *Entry, d message.Draft) {
	switch e.Kind {
	case message.KindImage:
		e.MsgType, e.Content = message.TypeImage, message.ImageXML(w.object(e, d, "jpg"))
	case message.KindVoice:
		e.MsgType = message.TypeVoice
		m := w.NewMedia(e.Time, 0, "", e.NewMsgID)
		if d.File != nil && d.File.Content != nil {
			m = w.object(e, d, "silk")
		}
		e.Content = message.VoiceXML(e.From, cmp.Or(d.Seconds, voiceSeconds)*1000, m)
	case message.KindVideo:
		e.MsgType = message.TypeVideo
		e.Content = message.VideoXML(e.From, cmp.Or(d.Seconds, videoSeconds), w.object(e, d, "mp4"))
	case message.KindEmoji:
		e.MsgType = message.TypeEmoji
		e.Content = message.EmojiXML(e.From, e.To, w.IDs.Digest("emoji", e.NewMsgID), emojiSize)
	}
}

// object makes the object of the cdn of a picture, a voice or a video: with the bytes of the draft,
// or with made-up ones.
func (w *World) object(e *Entry, d message.Draft, extension string) message.Media {
	of, size := []any{e.NewMsgID}, int64(message.MediaLength)
	if d.File != nil && d.File.Content != nil {
		size = int64(len(d.File.Content))
		of = append(of, w.keepContent(of, d.File.Content))
	}
	m := w.NewMedia(e.Time, size, extension, of...)
	m.Size = size
	return m
}

func (w *World) writeQuote(e *Entry, d message.Draft) error {
	quoted, ok := w.Messages.At(d.Quote)
	if !ok || !quoted.in(e.Conversation) {
		return fmt.Errorf(`"quote": there is no message %d in this chat, or it is forgotten`, d.Quote)
	}
	e.MsgType, e.Text = message.TypeApp, d.Text
	e.Content = message.QuoteXML(e.From, d.Text, quoted.Message, w.People.Nick(quoted.From))
	return nil
}

func (w *World) writeCard(e *Entry, name string) error {
	wxid, err := w.People.Person(name)
	if err != nil {
		return fmt.Errorf(`"card": %w`, err)
	}
	c, _ := w.People.Profile(wxid)
	e.MsgType, e.Text, e.Content = message.TypeCard, c.Nickname, CardXML(c)
	return nil
}

// writePat writes the notice about a pat. In a group, both are members.
func (w *World) writePat(e *Entry, name string) error {
	find := w.People.Person
	if g := w.People.GroupByID(e.Conversation); g != nil {
		find = func(name string) (string, error) { return w.People.Member(g, name) }
	}
	patted, err := find(name)
	if err != nil {
		return fmt.Errorf(`"pat": %w`, err)
	}
	e.MsgType, e.Content = message.TypeSystem, message.PatXML(e.From, patted, e.Conversation)
	e.Text = fmt.Sprintf("%q 拍了拍 %q", w.People.Nick(e.From), w.People.Nick(patted))
	return nil
}

// noticeKey identifies the notice that a file belongs to.
type noticeKey struct{ conversation, from, name string }

// writeFile writes the notice of an upload, or a file that replaces its notice.
func (w *World) writeFile(e *Entry, f message.File) {
	key := noticeKey{e.Conversation, e.From, f.Name}
	of := []any{f.Name, f.Size}
	if f.Content != nil {
		f.Size = int64(len(f.Content))
		of = append(of, w.keepContent(of, f.Content))
	}
	if f.MD5 == "" {
		_, f.MD5 = w.body(f.Size, FileExt(f.Ext()), of...)
	}
	e.MsgType, e.Text = message.TypeApp, f.Name
	if e.Kind == message.KindFileNotice {
		n := message.Notice{NewMsgID: e.NewMsgID, Token: w.IDs.UploadToken(), Md5: f.MD5}
		if len(w.notices) >= w.history {
			clear(w.notices) // uploads that were never finished
		}
		w.notices[key] = n
		e.Content = message.NoticeXML(e.From, f, n)
		return
	}
	n, announced := w.notices[key]
	delete(w.notices, key)
	if announced {
		f.MD5 = n.Md5
	} else {
		n.Token = w.IDs.UploadToken()
	}
	e.Content = message.FileXML(e.From, f, n, w.NewMedia(e.Time, f.Size, FileExt(f.Ext()), of...))
}
