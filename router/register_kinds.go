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

// VoIP registers a handler for calls and the signs of them.
func (g *Group) VoIP(h func(*Context, *xmlmsg.VoIP) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// ChatRecord registers a handler for forwarded conversations.
func (g *Group) ChatRecord(h func(*Context, *xmlmsg.ChatRecord) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Note registers a handler for shared notes.
func (g *Group) Note(h func(*Context, *xmlmsg.Note) error, ms ...match.Matcher) *Route {
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

// Transfer registers a handler for transfers of money, and their receipts.
func (g *Group) Transfer(h func(*Context, *xmlmsg.Transfer) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// RedPacket registers a handler for red packets.
func (g *Group) RedPacket(h func(*Context, *xmlmsg.RedPacket) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// GroupCollect registers a handler for collections of money in a group.
func (g *Group) GroupCollect(h func(*Context, *xmlmsg.GroupCollect) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// RedPacketCover registers a handler for covers for red packets.
func (g *Group) RedPacketCover(h func(*Context, *xmlmsg.RedPacketCover) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// FinderFeed registers a handler for videos and pictures of Channels.
func (g *Group) FinderFeed(h func(*Context, *xmlmsg.FinderFeed) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// FinderLive registers a handler for live broadcasts of Channels.
func (g *Group) FinderLive(h func(*Context, *xmlmsg.FinderLive) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// FinderCard registers a handler for cards of Channels accounts.
func (g *Group) FinderCard(h func(*Context, *xmlmsg.FinderCard) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Music registers a handler for songs.
func (g *Group) Music(h func(*Context, *xmlmsg.Music) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// Solitaire registers a handler for lists that go round a group (接龙).
func (g *Group) Solitaire(h func(*Context, *xmlmsg.Solitaire) error, ms ...match.Matcher) *Route {
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

// Gift registers a handler for gifts.
func (g *Group) Gift(h func(*Context, *xmlmsg.Gift) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// LocationShare registers a handler for live locations that a person begins to share.
func (g *Group) LocationShare(h func(*Context, *xmlmsg.LocationShare) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// AppImage registers a handler for pictures that an app sent.
func (g *Group) AppImage(h func(*Context, *xmlmsg.AppImage) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// AppEmoji registers a handler for stickers that an app sent.
func (g *Group) AppEmoji(h func(*Context, *xmlmsg.AppEmoji) error, ms ...match.Matcher) *Route {
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

// Todo registers a handler for to-dos of a group.
func (g *Group) Todo(h func(*Context, *xmlmsg.Todo) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// TopMessage registers a handler for messages that are pinned in a group.
func (g *Group) TopMessage(h func(*Context, *xmlmsg.TopMessage) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// JoinRequest registers a handler for people who ask to bring others into a group.
func (g *Group) JoinRequest(h func(*Context, *xmlmsg.JoinRequest) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// SysMsg registers a handler for system messages without a type of their own.
func (g *Group) SysMsg(h func(*Context, *xmlmsg.SysMsg) error, ms ...match.Matcher) *Route {
	return On(g, h, ms...)
}

// StatusSync registers a handler for what the account's own devices tell each other; it comes
// often.
func (g *Group) StatusSync(h func(*Context, *xmlmsg.StatusSync) error, ms ...match.Matcher) *Route {
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
