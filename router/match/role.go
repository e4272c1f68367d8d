package match

import (
	"slices"

	"github.com/hongyan-go/hongyan/callback"
)

// Roles tells which orders the sender of an event may give. The Names of a Subject may implement
// it; without, nobody may give any.
type Roles interface {
	// SenderIsOwner reports whether the sender is a person in charge of the bot.
	SenderIsOwner() bool
	// SenderIsAdmin reports whether the sender owns or administers the group of the event. It may
	// ask the service.
	SenderIsAdmin() bool
}

// Owner matches what a person in charge of the bot writes: one of bot.Config.Owners, known by wxid.
// It matches in private chats, and in these groups: what is said in a group is read by all.
func Owner(groups ...string) Matcher {
	if len(groups) == 0 {
		return &is{name: "Owner", test: func(s *Subject) bool {
			return s.Event.Conversation.Type == callback.Private && s.senderIsOwner()
		}}
	}
	groups = slices.Clone(groups)
	return Func("Owner("+quoteAll(groups)+")", func(s *Subject) bool {
		c := s.Event.Conversation
		return (c.Type == callback.Private || slices.Contains(groups, c.ID)) && s.senderIsOwner()
	})
}

// Admin matches what the owner or an administrator of a group writes in it, and what a person in
// charge of the bot writes anywhere. It may ask the service who they are, so matchers that are
// quicker to tell belong before it.
func Admin() Matcher {
	return &is{name: "Admin", test: func(s *Subject) bool {
		if s.senderIsOwner() {
			return true
		}
		roles, ok := s.names.(Roles)
		return ok && s.Event.Sender != "" && s.Event.Conversation.IsGroup() && roles.SenderIsAdmin()
	}}
}

func (s *Subject) senderIsOwner() bool {
	roles, ok := s.names.(Roles)
	return ok && s.Event.Sender != "" && roles.SenderIsOwner()
}
