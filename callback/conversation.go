package callback

import "strings"

// ConversationType says with whom a conversation is.
type ConversationType string

// The types of conversations.
const (
	Private    ConversationType = "private"    // a person
	Group      ConversationType = "group"      // …@chatroom, …@im.chatroom
	Official   ConversationType = "official"   // an official account, gh_…
	Enterprise ConversationType = "enterprise" // a WeCom person, …@openim
	FileHelper ConversationType = "filehelper" // the file transfer assistant; always own messages
	System     ConversationType = "system"     // weixin, fmessage and other service accounts
	None       ConversationType = "none"       // no conversation: probes, states, contact lists
)

// Conversation is where a message was said.
type Conversation struct {
	Type ConversationType
	// ID is the peer or the group. It is empty for None, and for a group whose id the flat dialect
	// left out: such a message cannot be answered.
	ID string
}

// IsPrivate tells whether the conversation is with a person.
func (c Conversation) IsPrivate() bool { return c.Type == Private }

// IsGroup tells whether the conversation is a group.
func (c Conversation) IsGroup() bool { return c.Type == Group }

// IsOfficial tells whether the conversation is with an official account.
func (c Conversation) IsOfficial() bool { return c.Type == Official }

// IsSystem tells whether the conversation is with one of WeChat's service accounts.
func (c Conversation) IsSystem() bool { return c.Type == System }

// conversationWith is the conversation with a peer.
func conversationWith(id string) Conversation {
	return Conversation{Type: typeOf(id), ID: id}
}

// typeOf tells the type of a conversation by the id of the peer. A person's id has no pattern, so it is what is left.
func typeOf(id string) ConversationType {
	switch {
	case id == "":
		return None
	case IsGroup(id):
		return Group
	case strings.HasPrefix(id, "gh_"):
		return Official
	case strings.HasSuffix(id, "@openim"), strings.HasSuffix(id, "@kefu.openim"):
		return Enterprise
	case id == "filehelper":
		return FileHelper
	case isService(id):
		return System
	case strings.HasSuffix(id, "@stranger"), strings.HasSuffix(id, "@finder"), strings.HasSuffix(id, "@findermsg"),
		id == "notify@all", id == "announcement@all":
		return None
	}
	return Private
}

// IsGroup tells whether an id is that of a group.
func IsGroup(id string) bool {
	return strings.HasSuffix(id, "@chatroom") || strings.HasSuffix(id, "@im.chatroom")
}

// isService tells whether an id is one of WeChat's own service accounts.
func isService(id string) bool {
	switch id {
	case "weixin", "fmessage", "newsapp", "newsapp_wechat", "tmessage", "qqmail", "mphelper", "qqsafe", "weibo",
		"qmessage", "floatbottle", "medianote", "notifymessage":
		return true
	}
	return false
}

// cutPrefix splits the content of a group message, "wxid_x:\nbody", at the first ":\n". What is before
// it is an author only if it can be an id.
func cutPrefix(content string) (author, body string, ok bool) {
	author, body, ok = strings.Cut(content, ":\n")
	if !ok || author == "" || strings.ContainsAny(author, "\n< \t\r") {
		return "", content, false
	}
	return author, strings.TrimLeft(body, "\n"), true
}
