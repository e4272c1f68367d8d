package xmlmsg

// Message is the content of one message, as in the envelope.
type Message struct {
	// Type is the MsgType of the envelope: 1 text, 3 image, 49 app message and so on. If it is 0,
	// as in the flat dialect, which has no number, Parse goes by the content.
	Type int
	// Content is text or XML. The group prefix "wxid_x:\
	// " must already be cut off; see CutAuthor.
	Content string
	// Source is the msgsource XML of the message; often empty.
	Source string
	// Buffer is the decoded ImgBuf: the JPEG thumbnail of an image, or the sound of a short voice
	// message.
	Buffer []byte
}

// Kind names the type of a payload, as in the JSON that `hongyan decode` prints.
type Kind string

// The kinds that have a payload type in this package. Each is named after its type, whose comment
// says when it occurs and when not.
const (
	KindText           Kind = "text"
	KindImage          Kind = "image"
	KindVoice          Kind = "voice"
	KindVideo          Kind = "video"
	KindEmoji          Kind = "emoji"
	KindLocation       Kind = "location"
	KindCard           Kind = "card"
	KindFriendRequest  Kind = "friend_request"
	KindVoIP           Kind = "voip"
	KindStatusSync     Kind = "status_sync"
	KindLink           Kind = "link"
	KindGroupInvite    Kind = "group_invite"
	KindFile           Kind = "file"
	KindFileNotice     Kind = "file_notice"
	KindChatRecord     Kind = "chat_record"
	KindNote           Kind = "note"
	KindMiniProgram    Kind = "mini_program"
	KindQuote          Kind = "quote"
	KindTransfer       Kind = "transfer"
	KindRedPacket      Kind = "red_packet"
	KindGroupCollect   Kind = "group_collect"
	KindRedPacketCover Kind = "red_packet_cover"
	KindFinderFeed     Kind = "finder_feed"
	KindFinderLive     Kind = "finder_live"
	KindFinderCard     Kind = "finder_card"
	KindMusic          Kind = "music"
	KindSolitaire      Kind = "solitaire"
	KindAnnouncement   Kind = "announcement"
	KindPat            Kind = "pat"
	KindGift           Kind = "gift"
	KindLocationShare  Kind = "location_share"
	KindAppImage       Kind = "app_image"
	KindAppEmoji       Kind = "app_emoji"
	KindApp            Kind = "app"
	KindSystem         Kind = "system"
	KindRevoke         Kind = "revoke"
	KindTodo           Kind = "todo"
	KindTopMessage     Kind = "top_message"
	KindJoinRequest    Kind = "join_request"
	KindSysMsg         Kind = "sysmsg"
	KindRaw            Kind = "raw"
)

// Payload is the content of a message: a *Text, *Image, *File and so on, or a *Raw. New types may
// be added, so a type switch needs a default case.
type Payload interface {
	// Kind names the payload. It is the same for all values of a type.
	Kind() Kind
}

// Parse turns a message into a typed payload, with the default limits; see Parser.Parse.
func Parse(m Message) Payload { return Parser{}.Parse(m) }
