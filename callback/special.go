package callback

import "github.com/hongyan-go/hongyan/xmlmsg"

// The kinds of events that are not messages.
const (
	KindPing    xmlmsg.Kind = "ping"
	KindOffline xmlmsg.Kind = "offline"
	KindStatus  xmlmsg.Kind = "status"
	KindOther   xmlmsg.Kind = "other"
)

// Ping is a probe: the service tests whether the callback URL works, when the URL is set or tested
// in the console. It says nothing about the account, and never reaches a handler.
type Ping struct {
	// Token is the API token that some probes carry; a secret.
	Token string `json:"token,omitzero"`
}

// Kind is KindPing.
func (*Ping) Kind() xmlmsg.Kind { return KindPing }

// String omits the token.
func (*Ping) String() string { return "ping" }

// Offline means that the account is logged out. It does not occur when only the service's
// connection to WeChat is interrupted; see Status.
type Offline struct {
	Status string `json:"status,omitzero"` // the word of the flat dialect; empty in the wrapped one
}

// Kind is KindOffline.
func (*Offline) Kind() xmlmsg.Kind { return KindOffline }

// Status is the state of the service's connection to WeChat, such as reconnecting or connected.
// Only the flat dialect has it. It does not occur when the account is logged out, which is an
// Offline, and the wrapped dialect has an Other in its place.
type Status struct {
	Status string `json:"status"` // the word as posted, such as RECONNECT_SUCCESS
}

// Kind is KindStatus.
func (*Status) Kind() xmlmsg.Kind { return KindStatus }

// Other is an event of a type without its own Go type, such as one of Channels. Event.Body holds
// all of it. A message never is: one that cannot be read is an xmlmsg.Raw.
type Other struct {
	TypeName string `json:"-"`
}

// Kind is KindOther.
func (*Other) Kind() xmlmsg.Kind { return KindOther }

// probeText is the content of a probe that looks like a text message.
const probeText = "验证回调地址是否可用"

// The MsgTypes that the envelope depends on.
const (
	msgTypeText          = 1
	msgTypeFriendRequest = 37
	msgTypeApp           = 49
	msgTypeStatusSync    = 51
	msgTypeWeComRequest  = 65
	msgTypeNotice        = 10000
	msgTypeSystem        = 10002
)

func (e *Event) isProbe() bool { return isProbe(e.MsgType, e.Content) }

func isProbe(msgType int, content string) bool {
	return msgType == msgTypeText && content == probeText
}

func (e *Event) ping(token string) *Event { return e.noMessage(&Ping{Token: token}) }

func (e *Event) offline(word string) *Event { return e.noMessage(&Offline{Status: word}) }

func (e *Event) status(word string) *Event { return e.noMessage(&Status{Status: word}) }

func (e *Event) unknown() *Event { return e.noMessage(&Other{TypeName: e.TypeName}) }

func (e *Event) noMessage(p xmlmsg.Payload) *Event {
	e.special = p
	e.Conversation = Conversation{Type: None}
	return e
}

// correct sets what only the content determines: the sender of a friend request, the chat that
// another device has opened, and that a notice has no author. The content of the first two is
// parsed at once; they are rare, and middleware needs their senders.
func (e *Event) correct() {
	switch e.MsgType {
	case msgTypeNotice:
		e.Sender, e.Self = "", false
	case msgTypeSystem:
		if !hasAuthor(xmlmsg.SysMsgType(e.Content)) {
			e.Sender, e.Self = "", false
		}
	case msgTypeFriendRequest, msgTypeWeComRequest:
		if r, ok := e.Payload().(*xmlmsg.FriendRequest); ok && r.FromUsername != "" {
			e.Sender = r.FromUsername
		}
	case msgTypeStatusSync:
		if s, ok := e.Payload().(*xmlmsg.StatusSync); ok && s.Username != "" {
			e.Conversation = conversationWith(s.Username)
		}
	}
}

// hasAuthor reports whether a system message of this type reports something that a person wrote or
// did. A message of an unknown type counts as a notice.
func hasAuthor(sysMsgType string) bool {
	switch sysMsgType {
	case "revokemsg", "pat", "mmchatroombarannouncememt", "roomtoolstips", "mmchatroomtopmsg", "NewXmlChatRoomAccessVerifyApplication",
		"ilinkvoip", "voipmt", "multivoip":
		return true
	}
	return false
}
