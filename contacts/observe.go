package contacts

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Observe updates the book from an event. A bot calls it for every event before the handlers run.
// It returns an error only if the state fails.
func (b *Book) Observe(ctx context.Context, e *callback.Event) error {
	switch p := e.Payload().(type) {
	case *callback.ContactModified:
		b.learn(e.AppID, &p.Contact)
		forget(b, b.lists, key{account: e.AppID}, askList)
	case *callback.ContactDeleted:
		forget(b, b.people, key{e.AppID, p.Username}, askProfile)
		forget(b, b.lists, key{account: e.AppID}, askList)
	case *callback.GroupModified:
		b.forgetGroup(e.AppID, p.Username)
		forget(b, b.lists, key{account: e.AppID}, askList)
		return b.see(ctx, e.AppID, p.Username, true)
	case *callback.GroupLeft:
		return b.left(ctx, e.AppID, p.Username)
	case *xmlmsg.System:
		return b.notice(ctx, e, p)
	}
	if e.Conversation.IsGroup() && e.Conversation.ID != "" {
		return b.see(ctx, e.AppID, e.Conversation.ID, true)
	}
	return nil
}

// forgetGroup removes what is known of a group.
func (b *Book) forgetGroup(appID, group string) {
	forget(b, b.groups, key{appID, group}, askGroup)
	forget(b, b.roles, key{appID, group}, askRoles)
}

// learn stores the profile in an event, which saves a request.
func (b *Book) learn(appID string, c *callback.Contact) {
	k := key{appID, c.Username}
	forget(b, b.people, k, askProfile)
	if c.Nickname == "" {
		return
	}
	b.people.Add(k, entry[api.ContactInfo]{&api.ContactInfo{
		UserName: c.Username, NickName: c.Nickname, Remark: c.Remark, Alias: c.Alias, Sex: api.Sex(c.Sex), Signature: c.Signature,
		Country: c.Country, Province: c.Province, City: c.City, BigHeadImgURL: c.BigHeadURL, SmallHeadImgURL: c.SmallHeadURL,
	}, b.config.Clock.Now().Add(b.config.TTL)})
}

// notice removes a group whose name or members have changed.
func (b *Book) notice(ctx context.Context, e *callback.Event, n *xmlmsg.System) error {
	group := e.Conversation.ID
	if !callback.IsGroup(group) {
		return nil
	}
	switch n.Notice {
	case xmlmsg.NoticeSelfRemoved, xmlmsg.NoticeDissolved:
		return b.left(ctx, e.AppID, group)
	case xmlmsg.NoticeRenamed, xmlmsg.NoticeMemberInvited, xmlmsg.NoticeMemberJoinedQR, xmlmsg.NoticeMemberRemoved,
		xmlmsg.NoticeSelfInvited, xmlmsg.NoticeOwnerChanged, xmlmsg.NoticeUnknown:
		b.forgetGroup(e.AppID, group)
	default: // not a change of the group
	}
	return b.see(ctx, e.AppID, group, true)
}

func (b *Book) left(ctx context.Context, appID, group string) error {
	b.forgetGroup(appID, group)
	forget(b, b.lists, key{account: appID}, askList)
	return b.see(ctx, appID, group, false)
}
