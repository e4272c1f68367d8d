package history

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// logName is the log of what was said.
const logName = "history"

// What an entry of the log does.
const (
	opSay     = "say"     // a message
	opOutcome = "outcome" // of a message of the bot
	opRevoke  = "revoke"  // its author has withdrawn it
	opForget  = "forget"  // a person is to be forgotten
)

// maxText bounds a text in bytes; those of WeChat have 16 KB at most.
const maxText = 64 << 10

// maxBody bounds the body of a message in bytes. The file of one with a larger thumbnail cannot be
// downloaded once the gateway has forgotten the event.
const maxBody = 256 << 10

// entry is a line of the log.
type entry struct {
	Op      string                    `json:"op"`
	Key     string                    `json:"key"`
	Account string                    `json:"account,omitempty"`
	Chat    string                    `json:"chat,omitempty"`
	Type    callback.ConversationType `json:"type,omitempty"`
	Name    string                    `json:"name,omitempty"` // of the chat
	Sender  string                    `json:"sender,omitempty"`
	Called  string                    `json:"called,omitempty"` // the name of the sender
	Time    int64                     `json:"time,omitempty"`   // milliseconds
	Kind    xmlmsg.Kind               `json:"kind,omitempty"`
	Text    string                    `json:"text,omitempty"`
	Size    int64                     `json:"size,omitempty"`
	Self    bool                      `json:"self,omitempty"`
	Quote   string                    `json:"quote,omitempty"` // the key of the message that it quotes
	State   store.SendState           `json:"state,omitempty"`
	Source  string                    `json:"source,omitempty"`
	Sent    string                    `json:"sent,omitempty"` // the key of the message that was sent
	Attempt int                       `json:"attempt,omitempty"`
	Wxid    string                    `json:"wxid,omitempty"`
	Body    json.RawMessage           `json:"body,omitempty"` // from which the file of the message is downloaded
}

// said is the entry of an event; false if it says nothing that is kept.
func said(c *router.Context) (entry, bool) {
	e := c.Event
	payload := e.Payload()
	if r, ok := payload.(*xmlmsg.Revoke); ok && r.NewMsgID != 0 {
		return entry{Op: opRevoke, Key: messageKey(e.AppID, r.NewMsgID), Account: e.AppID, Chat: e.Conversation.ID}, true
	}
	if !e.IsMessage() || e.Key() == "" || e.Conversation.ID == "" || e.Sender == "" || e.Kind() == xmlmsg.KindFileNotice {
		return entry{}, false
	}
	x := entry{
		Op: opSay, Key: e.Key(), Account: e.AppID, Chat: e.Conversation.ID, Type: e.Conversation.Type, Sender: e.Sender,
		Called: c.SenderName(), Time: momentOf(e.Time, c.Received()).UnixMilli(), Kind: e.Kind(), Self: e.Self,
	}
	if e.Conversation.IsGroup() {
		x.Name = c.GroupName()
	} else if !e.Self {
		x.Name = x.Called
	}
	x.read(e.AppID, payload)
	if downloadable(payload) && json.Valid(e.Body) {
		x.Body, x.Wxid = e.Body, e.Wxid
	}
	return x, true
}

// momentOf is when a message was written. WeChat tells the second: the time at which the callback
// came puts it into its order with the messages of the bot in that second.
func momentOf(written, received time.Time) time.Time {
	if written.IsZero() {
		return received
	}
	if written.Nanosecond() != 0 {
		return written
	}
	return written.Add(max(0, min(received.Sub(written), time.Second-time.Millisecond)))
}

// leaving is the entry of a message of the bot.
func leaving(s store.Send, m api.Send, now time.Time) entry {
	x := entry{
		Op: opSay, Key: sendKey(s.Key), Account: s.Account, Chat: s.Target, Type: callback.Private, Time: now.UnixMilli(), Self: true,
		State: store.Sending, Source: s.Source, Attempt: s.Attempts,
	}
	if callback.IsGroup(s.Target) {
		x.Type = callback.Group
	}
	forwarded := func(msgType int, xml string) {
		p := xmlmsg.Parse(xmlmsg.Message{Type: msgType, Content: xml})
		x.Kind = p.Kind()
		x.read(s.Account, p)
	}
	switch m := m.(type) {
	case api.PostText:
		x.Kind, x.Text = xmlmsg.KindText, cut(m.Content)
	case api.PostFile:
		x.Kind, x.Text = xmlmsg.KindFile, cut(m.FileName)
	case api.PostImage, api.ForwardImage:
		x.Kind = xmlmsg.KindImage
	case api.PostVoice:
		x.Kind = xmlmsg.KindVoice
	case api.PostVideo, api.ForwardVideo:
		x.Kind = xmlmsg.KindVideo
	case api.PostLink:
		x.Kind, x.Text = xmlmsg.KindLink, cut(joined(m.Title, m.Desc, m.LinkURL))
	case api.PostNameCard:
		x.Kind, x.Text = xmlmsg.KindCard, cut(m.NickName)
	case api.PostMiniApp:
		x.Kind, x.Text = xmlmsg.KindMiniProgram, cut(joined(m.Title, m.DisplayName))
	case api.PostEmoji:
		x.Kind = xmlmsg.KindEmoji
	case api.PostLocation:
		forwarded(typeLocation, m.Content)
	case api.PostAppMsg:
		forwarded(typeApp, m.AppMsg)
	case api.ForwardFile:
		forwarded(typeApp, m.XML)
	case api.ForwardURL:
		forwarded(typeApp, m.XML)
	case api.ForwardMiniApp:
		forwarded(typeApp, m.XML)
	default:
		x.Kind = xmlmsg.KindRaw
	}
	return x
}

// The MsgTypes of what is built from XML.
const (
	typeLocation = 48
	typeApp      = 49
)

// read is what a payload says.
func (x *entry) read(account string, p xmlmsg.Payload) {
	switch p := p.(type) {
	case *xmlmsg.Text:
		x.Text = p.Body
	case *xmlmsg.Quote:
		x.Text = p.Text // what it quotes is a message of its own
		if p.Refer.NewMsgID != 0 {
			x.Quote = messageKey(account, p.Refer.NewMsgID)
		}
	case *xmlmsg.File:
		x.Text, x.Size = p.Name, p.Size
	case *xmlmsg.Image:
		x.Size = max(p.Length, p.HDLength)
	case *xmlmsg.Video:
		x.Size = p.Length
	case *xmlmsg.Voice:
		x.Size = p.Length
	case *xmlmsg.Link:
		x.Text = joined(p.Title, p.Desc, p.URL)
	case *xmlmsg.Location:
		x.Text = joined(p.POIName, p.Label)
	case *xmlmsg.MiniProgram:
		x.Text = joined(p.Title, p.DisplayName)
	case *xmlmsg.Card:
		x.Text = p.Nickname
	case *xmlmsg.ChatRecord:
		x.Text = joined(p.Title, p.Desc)
	case *xmlmsg.Note:
		x.Text = p.Title
	case *xmlmsg.Music:
		x.Text = p.Title
	case *xmlmsg.App:
		x.Text = p.Title
	case *xmlmsg.Solitaire:
		x.Text = p.Text
	}
	x.Text = cut(x.Text)
}

func joined(parts ...string) string {
	var list []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return strings.Join(list, "\n")
}

// cut bounds a text, and makes it valid UTF-8.
func cut(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}

// downloadable reports whether a message has a file to download.
func downloadable(p xmlmsg.Payload) bool {
	switch p.(type) {
	case *xmlmsg.File, *xmlmsg.Image, *xmlmsg.Video, *xmlmsg.Voice:
		return true
	}
	return false
}

// messageKey is the key of a message, as callback.Event.Key is.
func messageKey(account string, newMsgID uint64) string {
	return account + ":" + strconv.FormatUint(newMsgID, 10)
}

// sendPrefix begins the key of a message of the bot whose id in WeChat is not known.
const sendPrefix = "send/"

func sendKey(key string) string { return sendPrefix + key }

// person is whose message it is for Forget: its author, or whom the account writes to in private.
func (x *entry) person() string {
	switch {
	case x.Op != opSay:
		return ""
	case x.Type == callback.Group && x.Self:
		return ""
	case x.Type == callback.Group:
		return x.Sender
	}
	return x.Chat
}

// line is the line of the log. Its key is that of the person, for Forget.
func (x *entry) line(at time.Time) (store.Line, error) {
	l := store.Line{Key: x.person(), ID: x.Op + "/" + x.Key, Time: at}
	if x.State != "" {
		l.ID = fmt.Sprintf("%s/%s/%d", l.ID, x.State, x.Attempt)
	}
	if len(x.Body) > maxBody {
		x.Body = nil
	}
	var err error
	if l.Data, err = json.Marshal(x); err != nil {
		return l, fmt.Errorf("history: %w", err)
	}
	l.Key, l.ID = short(l.Key), short(l.ID)
	return l, nil
}

// short bounds a key that is longer than a store takes: ids of WeChat are not.
func short(key string) string { return key[:min(len(key), store.MaxKey)] }
