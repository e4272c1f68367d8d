package callback

import (
	"strings"

	"github.com/hongyan-go/hongyan/internal/wxid"
)

// ConversationType is the kind of a conversation.
type ConversationType string

// The types of conversations.
const (
	Private    ConversationType = "private"    // a person
	Group      ConversationType = "group"      // …@chatroom, …@im.chatroom
	Official   ConversationType = "official"   // an official account, gh_…
	Enterprise ConversationType = "enterprise" // a WeCom person, …@openim
	FileHelper ConversationType = "filehelper" // the file transfer assistant; always own messages
	System     ConversationType = "system"     // weixin, fmessage and other service accounts: see IsService
	None       ConversationType = "none"       // no conversation: probes, states, contact lists
)

// Conversation is the chat that a message belongs to.
type Conversation struct {
	Type ConversationType
	// ID is the peer or the group. It is empty for None, and for a group whose id the flat dialect
	// left out: such a message cannot be answered.
	ID string
}

// IsPrivate reports whether the conversation is with a person.
func (c Conversation) IsPrivate() bool { return c.Type == Private }

// IsGroup reports whether the conversation is a group.
func (c Conversation) IsGroup() bool { return c.Type == Group }

// IsOfficial reports whether the conversation is with an official account.
func (c Conversation) IsOfficial() bool { return c.Type == Official }

// IsSystem reports whether the conversation is with one of WeChat's service accounts.
func (c Conversation) IsSystem() bool { return c.Type == System }

// ConversationOf returns the conversation with a person or a group by its id.
func ConversationOf(id string) Conversation { return conversationWith(id) }

// conversationWith returns the conversation with a peer.
func conversationWith(id string) Conversation {
	return Conversation{Type: typeOf(id), ID: id}
}

// typeOf returns the type of a conversation by the id of the peer. The id of a person has no
// pattern, so Private is the default.
func typeOf(id string) ConversationType {
	switch {
	case id == "":
		return None
	case IsGroup(id):
		return Group
	case id == "filehelper":
		return FileHelper
	case wxid.IsService(id):
		return System
	case strings.HasPrefix(id, "gh_"):
		return Official
	case strings.HasSuffix(id, "@openim"), strings.HasSuffix(id, "@kefu.openim"):
		return Enterprise
	case strings.HasSuffix(id, "@stranger"), strings.HasSuffix(id, "@finder"), strings.HasSuffix(id, "@findermsg"),
		strings.HasSuffix(id, "@findermsgstranger"), id == "notify@all", id == "announcement@all":
		return None
	}
	return Private
}

// IsGroup reports whether an id is that of a group.
func IsGroup(id string) bool {
	return strings.HasSuffix(id, "@chatroom") || strings.HasSuffix(id, "@im.chatroom")
}

// envelope holds the members that determine the conversation of a message. Identify and Decode fill
// it in different ways and share its logic.
type envelope struct {
	wxid, from, to string
	group          string // the flat dialect may name the group
	self           bool   // the flat dialect may say that the account wrote the message
	prefixed       bool   // the content starts with its author, as in groups; only in the flat dialect, where groups can lack their id
}

// conversation returns the conversation of the message, as far as the envelope determines it.
func (v envelope) conversation() Conversation {
	switch {
	case v.group != "":
		return Conversation{Type: Group, ID: v.group}
	case IsGroup(v.from):
		return Conversation{Type: Group, ID: v.from}
	case IsGroup(v.to):
		return Conversation{Type: Group, ID: v.to}
	case v.prefixed: // a message of an unknown group
		return Conversation{Type: Group}
	case v.from == v.wxid, v.from == "", v.self && v.to != "":
		return conversationWith(v.to)
	}
	return conversationWith(v.from)
}
