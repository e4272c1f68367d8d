package match

import (
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// In matches messages of these conversations: ids of groups ("…@chatroom") or of friends.
func In(ids ...string) Matcher {
	return indexedOneOf{newOneOf("In", func(s *Subject) string { return s.Event.Conversation.ID }, ids), matching.Conversation}
}

// From matches messages that one of these people wrote, by wxid. A nickname is never enough:
// anybody can take any.
func From(wxids ...string) Matcher {
	return indexedOneOf{newOneOf("From", func(s *Subject) string { return s.Event.Sender }, wxids), matching.Sender}
}

// Account matches events of these accounts, by appId.
func Account(appIDs ...string) Matcher {
	return newOneOf("Account", func(s *Subject) string { return s.Event.AppID }, appIDs)
}

// Kind matches payloads of these kinds. It is of use for handlers of any kind: a typed handler gets
// one kind anyhow.
func Kind(kinds ...xmlmsg.Kind) Matcher {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return newOneOf("Kind", func(s *Subject) string { return string(s.Event.Kind()) }, words)
}

// Private matches messages from a person to the account.
func Private() Matcher { return conversation("Private", callback.Private) }

// Group matches messages of groups.
func Group() Matcher { return conversation("Group", callback.Group) }

func conversation(name string, t callback.ConversationType) Matcher {
	return &is{name: name, test: func(s *Subject) bool { return s.Event.Conversation.Type == t }}
}

// AtMe matches group messages that mention the account by name; "@everybody" does not count.
func AtMe() Matcher { return &is{name: "AtMe", test: (*Subject).AtMe} }

// Self matches messages that the account itself wrote, on the phone for one. They reach a route
// only if the bot lets them pass: by default it drops them, so as not to talk to itself.
func Self() Matcher { return &is{name: "Self", test: func(s *Subject) bool { return s.Event.Self }} }
