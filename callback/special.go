package callback

import "github.com/hongyan-go/hongyan/xmlmsg"

// The kinds of events that are no messages.
const (
	KindPing    xmlmsg.Kind = "ping"
	KindOffline xmlmsg.Kind = "offline"
	KindStatus  xmlmsg.Kind = "status"
	KindOther   xmlmsg.Kind = "other"
)

// Ping is a probe: the service tests whether the callback URL answers. It never reaches a handler.
type Ping struct {
	// Token is the API token that some probes carry; a secret.
	Token string `json:"token,omitzero"`
}

// Kind is KindPing.
func (*Ping) Kind() xmlmsg.Kind { return KindPing }

// String leaves the token out.
func (*Ping) String() string { return "ping" }

// Offline says that the account is logged out.
type Offline struct {
	Status string `json:"status,omitzero"` // the word of the flat dialect; empty in the wrapped one
}

// Kind is KindOffline.
func (*Offline) Kind() xmlmsg.Kind { return KindOffline }

// Status tells of the service's connection (flat dialect): reconnecting, connected, and so on.
type Status struct {
	Status string `json:"status"` // the word as posted, such as RECONNECT_SUCCESS
}

// Kind is KindStatus.
func (*Status) Kind() xmlmsg.Kind { return KindStatus }

// Other is an event of a type that has no Go type of its own. Event.Body holds all of it.
type Other struct {
	TypeName string `json:"-"`
}

// Kind is KindOther.
func (*Other) Kind() xmlmsg.Kind { return KindOther }

// probeText is the content of a probe in the shape of a text message.
const probeText = "验证回调地址是否可用"

// The MsgTypes that the envelope must know.
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

// correct fills in what only the content knows: who wants to be a friend, which chat another device has opened, and that nobody wrote
// a notice. The content is parsed at once for the first two; they are few, and their senders matter to middleware.
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

// hasAuthor tells whether somebody wrote, or did, what a system message of this type tells of. Where the type is not known, it is a notice.
func hasAuthor(sysMsgType string) bool {
	switch sysMsgType {
	case "revokemsg", "pat", "mmchatroombarannouncememt", "roomtoolstips", "mmchatroomtopmsg", "NewXmlChatRoomAccessVerifyApplication",
		"ilinkvoip", "voipmt", "multivoip":
		return true
	}
	return false
}
