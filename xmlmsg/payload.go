package xmlmsg

// Message is the content of one message as the envelope carries it.
type Message struct {
	// Type is the MsgType of the envelope: 1 text, 3 image, 49 app message …
	// 0 (the flat dialect has no number) lets Parse look at the content.
	Type int
	// Content is text or XML. The group prefix "wxid_x:\n" must already be cut off.
	Content string
	// Source is the msgsource XML beside the content; often empty.
	Source string
	// Buffer is the decoded ImgBuf: a JPEG thumbnail of an image, or the sound of a short voice.
	Buffer []byte
}

// Kind is the word for what a message is. The words are those of the JSON that `hongyan decode` prints.
type Kind string

// The kinds that have a payload type in this package.
const (
	KindText          Kind = "text"
	KindImage         Kind = "image"
	KindFile          Kind = "file"
	KindFileNotice    Kind = "file_notice"
	KindLink          Kind = "link"
	KindGroupInvite   Kind = "group_invite"
	KindFriendRequest Kind = "friend_request"
	KindStatusSync    Kind = "status_sync"
	KindRaw           Kind = "raw"
)

// Payload is the content of a message in Go: a *Text, *Image, *File, *FileNotice, *Link,
// *GroupInvite, *FriendRequest, *StatusSync or *Raw. The set grows; a type switch wants a default case.
type Payload interface {
	// Kind names the payload. It is fixed for each type.
	Kind() Kind
}

// Parse makes a typed payload of a message with the default limits; see Parser.Parse.
func Parse(m Message) Payload { return Parser{}.Parse(m) }
