// Package message has the kinds of messages, what people can send, and the XML of the service,
// written and read.
package message

// The message types that the simulator writes or reads.
const (
	TypeText     = 1
	TypeImage    = 3
	TypeVoice    = 34
	TypeRequest  = 37
	TypeCard     = 42
	TypeVideo    = 43
	TypeEmoji    = 47
	TypeLocation = 48
	TypeApp      = 49
	TypeSync     = 51
	TypeNotice   = 10000
	TypeSystem   = 10002
)

// The kinds of messages.
const (
	KindText        = "text"
	KindImage       = "image"
	KindFile        = "file"
	KindFileNotice  = "file_notice"
	KindLink        = "link"
	KindRaw         = "raw"
	KindVoice       = "voice"
	KindVideo       = "video"
	KindEmoji       = "emoji"
	KindLocation    = "location"
	KindCard        = "card"
	KindMiniProgram = "mini_program"
	KindQuote       = "quote"
	KindMusic       = "music"
	KindFinderFeed  = "finder_feed"
	KindApp         = "app"
	KindRedPacket   = "red_packet" // only people send it
	KindPat         = "pat"        // only people do it
)

// The states of the callback of a message.
const (
	CallbackNone         = "none"
	CallbackAcknowledged = "acknowledged"
	CallbackFailed       = "failed"
)

// Message is a message that was sent by a person, or by the bot through the API; see
// simulator.Message.
type Message struct {
	Seq           int64
	MsgID         int64
	NewMsgID      uint64
	AppID         string
	Conversation  string
	From          string
	To            string
	Kind          string
	Text          string
	MsgType       int
	Content       string
	At            []string
	Time          int64
	Callback      string
	CallbackError string
	Endpoint      string
	Revoked       bool
}
