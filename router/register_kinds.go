package router

import (
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The registrations of the less common kinds; register.go has the others.

// Voice registers a handler for voice messages.
func (g *Group) Voice(h func(*Context, *xmlmsg.Voice) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Video registers a handler for videos.
func (g *Group) Video(h func(*Context, *xmlmsg.Video) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Emoji registers a handler for stickers.
func (g *Group) Emoji(h func(*Context, *xmlmsg.Emoji) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Location registers a handler for places on the map.
func (g *Group) Location(h func(*Context, *xmlmsg.Location) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Card registers a handler for cards of contacts.
func (g *Group) Card(h func(*Context, *xmlmsg.Card) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// ChatRecord registers a handler for forwarded conversations.
func (g *Group) ChatRecord(h func(*Context, *xmlmsg.ChatRecord) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// MiniProgram registers a handler for cards of mini programs.
func (g *Group) MiniProgram(h func(*Context, *xmlmsg.MiniProgram) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Quote registers a handler for answers that quote a message, and reactions to one.
func (g *Group) Quote(h func(*Context, *xmlmsg.Quote) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Announcement registers a handler for announcements of a group, as notice or as card.
func (g *Group) Announcement(h func(*Context, *xmlmsg.Announcement) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Pat registers a handler for pats (拍一拍).
func (g *Group) Pat(h func(*Context, *xmlmsg.Pat) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// App registers a handler for app messages without a type of their own.
func (g *Group) App(h func(*Context, *xmlmsg.App) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// System registers a handler for notices of WeChat; see match.Notice and MemberJoined.
func (g *Group) System(h func(*Context, *xmlmsg.System) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Revoke registers a handler for messages that were withdrawn.
func (g *Group) Revoke(h func(*Context, *xmlmsg.Revoke) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// JoinRequest registers a handler for people who ask to bring others into a group.
func (g *Group) JoinRequest(h func(*Context, *xmlmsg.JoinRequest) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// MemberJoined registers a handler for people who came into a group, by invitation or by a QR code.
// See System.Joined and System.By for who.
func (g *Group) MemberJoined(h func(*Context, *xmlmsg.System) error, ms ...match.Matcher) *Route {
	return On(g, h, append(ms, match.Notice(xmlmsg.NoticeMemberInvited, xmlmsg.NoticeMemberJoinedQR))...)
}

// MemberRemoved registers a handler for people who were removed from a group.
func (g *Group) MemberRemoved(h func(*Context, *xmlmsg.System) error, ms ...match.Matcher) *Route {
	return On(g, h, append(ms, match.Notice(xmlmsg.NoticeMemberRemoved))...)
}

// GroupRenamed registers a handler for groups that have a new name.
func (g *Group) GroupRenamed(h func(*Context, *xmlmsg.System) error, ms ...match.Matcher) *Route {
	return On(g, h, append(ms, match.Notice(xmlmsg.NoticeRenamed))...)
}
