package simulator

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// The kinds of messages. The bot sends music, finder_feed and app as well.
const (
	KindText        = message.KindText
	KindQuote       = message.KindQuote // a text that answers a message
	KindImage       = message.KindImage
	KindVoice       = message.KindVoice
	KindVideo       = message.KindVideo
	KindEmoji       = message.KindEmoji
	KindFile        = message.KindFile       // a file, complete
	KindFileNotice  = message.KindFileNotice // the notice of an upload
	KindLink        = message.KindLink
	KindCard        = message.KindCard // of a person
	KindLocation    = message.KindLocation
	KindMiniProgram = message.KindMiniProgram
	KindRedPacket   = message.KindRedPacket // only people send it
	KindPat         = message.KindPat       // only people do it
	KindRaw         = message.KindRaw       // any message type, with any content
)

// The states of the callback of a message.
const (
	CallbackNone         = message.CallbackNone         // not posted, or in progress
	CallbackAcknowledged = message.CallbackAcknowledged // the bot answered HTTP 200
	CallbackFailed       = message.CallbackFailed       // it did not, and no retries are left
)

// Message is a message of a virtual person, or of the bot through the API.
type Message struct {
	Seq      int64  `json:"seq"` // counts all messages from 1
	MsgID    int64  `json:"msg_id"`
	NewMsgID uint64 `json:"new_msg_id,string"`
	// AppID is the account of a private chat, or the account that has sent an API message.
	AppID string `json:"app_id,omitempty"`
	// Conversation is the group, or the friend in a private chat.
	Conversation string `json:"conversation"`
	From         string `json:"from"`
	To           string `json:"to"`
	Kind         string `json:"kind"`
	// Text is what a person reads first: the text, the name of a file, the title of a link.
	Text    string `json:"text"`
	MsgType int    `json:"msg_type"`
	// Content is the message without a group prefix: the text or the XML, as it was sent.
	Content string   `json:"content"`
	At      []string `json:"at,omitempty"`
	Time    int64    `json:"time"` // Unix seconds
	// Callback is CallbackNone, CallbackAcknowledged or CallbackFailed.
	Callback string `json:"callback"`
	// CallbackError is the error of the last post of the callback.
	CallbackError string `json:"callback_error,omitempty"`
	// Endpoint is the API call that has sent the message, such as "/message/postText". Empty for
	// people.
	Endpoint string `json:"endpoint,omitempty"`
	// Revoked means that the message was revoked.
	Revoked bool `json:"revoked,omitempty"`
}

// ByBot reports whether the bot has sent the message through the API.
func (m Message) ByBot() bool { return m.Endpoint != "" }

// Draft is a message that a virtual person sends. It is the body of POST /sim/messages.
type Draft struct {
	// From is the sender: a wxid or another name of a contact. An account as sender means that its
	// owner types on the phone.
	From string `json:"from"`
	// To is the group, or the account for a private message. Empty means the only account, or that
	// of AppID. If From is the account, To is the friend.
	To string `json:"to"`
	// AppID is the account, if there are several and To does not determine it.
	AppID string `json:"app_id"`
	Kind  string `json:"kind"`
	// Text is for KindText and KindQuote, and the wish of a KindRedPacket.
	Text string `json:"text"`
	// At are the members that a text or an answer in a group mentions, or "notify@all". The text
	// does not change.
	At []string `json:"at"`
	// File is for KindFile and KindFileNotice. A KindImage, KindVoice or KindVideo may have one
	// with a Content: the picture, the sound, the video. A voice is SILK, or what Config.Voices
	// converts.
	File *File `json:"file"`
	// Link is for KindLink.
	Link *Link `json:"link"`
	// Quote is the Seq of the message that a KindQuote answers, in the same chat.
	Quote int64 `json:"quote"`
	// Seconds is the length of a KindVoice or KindVideo. 0 means 3 and 10.
	Seconds int64 `json:"seconds"`
	// Card is for KindCard: a contact or account by any name.
	Card string `json:"card"`
	// Pat is who is patted by a KindPat; in a group, a member.
	Pat string `json:"pat"`
	// Location is for KindLocation.
	Location *Location `json:"location"`
	// MiniProgram is for KindMiniProgram.
	MiniProgram *MiniProgram `json:"mini_program"`
	// MsgType and Content are for KindRaw. Content has no group prefix, which the simulator adds.
	MsgType int    `json:"msg_type"`
	Content string `json:"content"`
}

// File describes a file. Without a Content, the simulator makes up its bytes.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
	// MD5 is 32 hex digits. Empty means the md5 of the bytes. Made-up ones follow from name and
	// size.
	MD5 string `json:"md5"`
	// Content are the bytes of the file, in base64 in JSON. Size and MD5 follow from them.
	Content []byte `json:"content"`
}

// Location is a place.
type Location struct {
	Lat   float64 `json:"lat"`   // degrees
	Lng   float64 `json:"lng"`   // degrees
	Label string  `json:"label"` // the address
	Name  string  `json:"name"`
}

// MiniProgram is the card of a mini program. Title and AppID are required.
type MiniProgram struct {
	Title    string `json:"title"`
	Name     string `json:"name"`     // of the program
	AppID    string `json:"app_id"`   // "wx" and 16 hex digits
	Username string `json:"username"` // gh_…@app
	Page     string `json:"page"`     // the path of the page
	CoverURL string `json:"cover_url"`
}

// Link is a link card.
type Link struct {
	Title    string `json:"title"`
	Desc     string `json:"desc"`
	URL      string `json:"url"`
	ThumbURL string `json:"thumb_url"`
}

// Raw returns a draft of any message type, with the content as it is.
func Raw(msgType int, content string) Draft {
	return Draft{Kind: KindRaw, MsgType: msgType, Content: content}
}

// Post sends a message of a virtual person: POST /sim/messages as a method. It returns when the
// message is recorded and its callback is queued, not when the bot has received it; see Settle.
func (s *Simulator) Post(d Draft) (Message, error) {
	m, err := s.post(d)
	if err != nil {
		return Message{}, fmt.Errorf("simulator: %w", err)
	}
	return m, nil
}

func (s *Simulator) post(d Draft) (Message, error) {
	m, err := s.world.Post(message.Draft{
		From: d.From, To: d.To, AppID: d.AppID, Kind: d.Kind, Text: d.Text, At: d.At, File: (*message.File)(d.File),
		Link: (*message.Link)(d.Link), Quote: d.Quote, Seconds: d.Seconds, Card: d.Card, Pat: d.Pat,
		Location: (*message.Location)(d.Location), MiniProgram: (*message.MiniProgram)(d.MiniProgram),
		MsgType: d.MsgType, Content: d.Content,
	})
	return Message(m), err
}

// Again posts an old message again, as the service does after a login: with the same NewMsgId and
// time, to the same accounts. It is POST /sim/messages/{seq}/again as a method.
func (s *Simulator) Again(seq int64) error {
	if err := s.world.Again(seq); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

// Messages returns the messages of a conversation after a sequence number, oldest first. The
// conversation is a group or a friend, by id or name; empty means all.
func (s *Simulator) Messages(conversation string, after int64) ([]Message, error) {
	s.life.Lock()
	defer s.life.Unlock()
	id, err := s.world.ConversationID(conversation)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	return s.said(id, after), nil
}

// said returns the messages of a conversation. An empty conversation means all. The caller holds
// the lock.
func (s *Simulator) said(conversation string, after int64) []Message {
	messages := []Message{}
	for m := range s.world.MessagesAfter(conversation, after) {
		messages = append(messages, Message(m))
	}
	return messages
}

// postMessages is POST /sim/messages.
func (s *Simulator) postMessages(w http.ResponseWriter, r *http.Request) {
	var d Draft
	if err := readJSON(w, r, &d); err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	m, err := s.post(d)
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		Seq      int64  `json:"seq"`
		MsgID    int64  `json:"msg_id"`
		NewMsgID uint64 `json:"new_msg_id,string"`
	}{m.Seq, m.MsgID, m.NewMsgID})
}

// getMessages is GET /sim/messages.
func (s *Simulator) getMessages(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r, "conversation", "after", "wait")
	after, wait := q.after(), q.wait()
	if q.err != nil {
		fail(w, http.StatusBadRequest, q.err)
		return
	}
	s.life.Lock()
	conversation, err := s.world.ConversationID(q.values.Get("conversation"))
	s.life.Unlock()
	if err != nil {
		fail(w, http.StatusNotFound, err)
		return
	}
	var messages []Message
	look := func() bool { messages = s.said(conversation, after); return len(messages) > 0 }
	ctx, cancel := s.life.Until(r.Context())
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	if s.life.Wait(ctx, look) != nil {
		messages = []Message{} // no message came in time
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		Messages []Message `json:"messages"`
	}{messages})
}

// postAgain is POST /sim/messages/{seq}/again.
func (s *Simulator) postAgain(w http.ResponseWriter, r *http.Request) {
	seq, err := strconv.ParseInt(chi.URLParam(r, "seq"), 10, 64)
	if err == nil {
		err = s.world.Again(seq)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		OK bool `json:"ok"`
	}{true})
}
