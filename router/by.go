package router

// BySender and ByChat say which messages belong together: those of a person in a conversation, or
// all of a conversation.
const (
	BySender = ScopeSender
	ByChat   = ScopeConversation
)
