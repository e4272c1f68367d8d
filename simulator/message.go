package simulator

import "strings"

// The kinds of messages that people can send. Messages of the bot can have more kinds: voice, video, card, location,
// emoji, mini_program, quote, music, finder_feed, app.
const (
	KindText       = "text"
	KindImage      = "image"
	KindFile       = "file"        // a file, complete
	KindFileNotice = "file_notice" // the notice that precedes a file: the upload has begun
	KindLink       = "link"
	KindRaw        = "raw" // any message type, with any content
)

// What became of the callback of a message.
const (
	CallbackNone         = "none"         // not posted, or not yet: no URL, account offline, the bot's own, still under way
	CallbackAcknowledged = "acknowledged" // the bot answered HTTP 200
	CallbackFailed       = "failed"       // it did not, and all retries are used up
)

// Message is something that was said: by a virtual person, or by the bot through the API.
type Message struct {
	Seq      int64  `json:"seq"` // counts all messages of the simulator from 1
	MsgID    int64  `json:"msg_id"`
	NewMsgID uint64 `json:"new_msg_id,string"`
	// AppID is the account of a private chat, and the account that sent an API message.
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
	// CallbackError is why the last post of the callback failed.
	CallbackError string `json:"callback_error,omitempty"`
	// Endpoint is the API call that sent the message: "/message/postText". Empty for people.
	Endpoint string `json:"endpoint,omitempty"`
	// Revoked means that the bot has withdrawn the message.
	Revoked bool `json:"revoked,omitempty"`
}

// ByBot tells whether the bot sent the message through the API.
func (m Message) ByBot() bool { return m.Endpoint != "" }

// Draft is what a virtual person says. It is the body of POST /sim/messages.
type Draft struct {
	// From is who says it: a wxid or another name of a contact. The account's own means typed on its phone.
	From string `json:"from"`
	// To is the group, or the account for a private message. Empty means the only account, or that of AppID. When
	// From is the account, To is the friend.
	To string `json:"to"`
	// AppID names the account when there are several and To does not tell.
	AppID string `json:"app_id"`
	Kind  string `json:"kind"`
	// Text is for KindText.
	Text string `json:"text"`
	// At are the members that a text in a group mentions, or "notify@all". The text is left as it is.
	At []string `json:"at"`
	// File is for KindFile and KindFileNotice.
	File *File `json:"file"`
	// Link is for KindLink.
	Link *Link `json:"link"`
	// MsgType and Content are for KindRaw. Content has no group prefix: the simulator adds it.
	MsgType int    `json:"msg_type"`
	Content string `json:"content"`
}

// File is a file that does not exist, but for its description.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
	// MD5 is 32 hex digits. Empty means one that belongs to name and size: the same file has the same md5 again.
	MD5 string `json:"md5"`
}

// ext is the extension without its dot.
func (f File) ext() string {
	if i := strings.LastIndexByte(f.Name, '.'); i > 0 {
		return f.Name[i+1:]
	}
	return ""
}

// Link is a link card.
type Link struct {
	Title    string `json:"title"`
	Desc     string `json:"desc"`
	URL      string `json:"url"`
	ThumbURL string `json:"thumb_url"`
}

// Raw is a draft of any message type, with the content as it is.
func Raw(msgType int, content string) Draft {
	return Draft{Kind: KindRaw, MsgType: msgType, Content: content}
}

// sighting is a message as an account numbers it.
type sighting struct {
	by         *account
	msgID, seq int64
}

// entry is a message in the log.
type entry struct {
	Message
	mirror  string     // the conversation as the other side has it, when both are accounts
	pending int        // callbacks on their way
	failed  bool       // one of them was given up
	created any        // createTime of the send answer
	only    *account   // for a notice: the account that it is for
	bare    bool       // From and To are posted as they are, and the content without a prefix
	seen    []sighting // by the accounts that it concerns
}

// in tells whether the message belongs to a conversation.
func (e *entry) in(conversation string) bool {
	return e.Conversation == conversation || e.mirror != "" && e.mirror == conversation
}
