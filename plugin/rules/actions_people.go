package rules

import (
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The bounds of what gets an account banned if it is done often; those of new accounts.
const (
	acceptsAtOnce = 2 // in tenMinutes
	acceptsADay   = 10
	invitesADay   = 20
	tenMinutes    = 10 * time.Minute
	aDay          = 24 * time.Hour
)

// errNobody means that an action needs a person.
var errNobody = router.Permanent(errors.New("rules: the message has no sender to act on"))

// errInvites bounds the invitations.
var errInvites = router.Permanent(phrase.Errorf("rules: more than %d invitations in a day: nobody is invited", invitesADay))

// person is the one whom the actions are about.
func person(c *router.Context) string {
	if f, ok := c.Payload().(*xmlmsg.FriendRequest); ok {
		return f.FromUsername
	}
	return c.Sender()
}

// accept accepts a friend request. waits is true for one that exceeds the bounds: it is tried again
// later, with all else that the rule does.
func (p *ruleset) accept(c *router.Context, r *active) (waits bool, err error) {
	f, ok := c.Payload().(*xmlmsg.FriendRequest)
	if !r.Accept || !ok || r.rehearsed(c, "accept a friend request") {
		return false, nil
	}
	for _, bound := range []struct {
		key  string
		most int
		per  time.Duration
	}{{"accepts at once", acceptsAtOnce, tenMinutes}, {"accepts", acceptsADay, aDay}} {
		n, err := c.Store(router.ByAccount).Window(c, bound.key, bound.per)
		if err != nil {
			return false, err
		}
		if n > bound.most {
			c.Logger().Info("a friend request waits: enough were accepted", zap.String("rule", r.Name), zap.Duration("for", bound.per))
			return true, c.Later(taskAct, eventKey(c, r.Name), bound.per, pending{Rule: r.Name})
		}
	}
	return false, c.Once("accept", func() error {
		err := c.API().Contacts.AddContact(c, api.AddContactRequest{
			AppID: c.Account(), Scene: api.Scene(f.Scene), Option: api.ContactAccept, V3: f.EncryptUsername, V4: f.Ticket,
		})
		if err != nil {
			return err
		}
		return p.h.Listen(c, f.FromUsername)
	})
}

// label gives the sender a label, besides those that they have.
func (p *ruleset) label(c *router.Context, r *active) error {
	if r.Label == "" || r.rehearsed(c, "set a label") {
		return nil
	}
	who := person(c)
	if who == "" {
		return errNobody
	}
	return c.Once("label", func() error {
		p.labels.Lock()
		defer p.labels.Unlock()
		label, err := c.API().Label.Add(c, c.Account(), r.Label)
		if err != nil {
			return err
		}
		known, err := c.API().Contacts.GetDetailInfo(c, c.Account(), who)
		if err != nil {
			return err
		}
		ids := api.IDList{}
		for i := range known {
			ids = append(ids, known[i].LabelList...)
		}
		if slices.Contains(ids, label.ID) {
			return nil
		}
		return c.API().Label.ModifyMemberList(c, api.ModifyMemberListRequest{
			AppID: c.Account(), Labels: append(ids, label.ID), Wxids: []string{who},
		})
	})
}

// remark gives the sender the name under which the account sees them.
func (p *ruleset) remark(c *router.Context, r *active) error {
	if r.Remark == "" || r.rehearsed(c, "set a remark") {
		return nil
	}
	who := person(c)
	if who == "" {
		return errNobody
	}
	text, err := r.render(c, "remark")
	if err != nil {
		return err
	}
	return c.Once("remark", func() error { return c.API().Contacts.SetFriendRemark(c, c.Account(), who, text) })
}

// invite invites the sender to a group.
func (p *ruleset) invite(c *router.Context, r *active) error {
	if r.Invite == "" || r.rehearsed(c, "invite to a group") {
		return nil
	}
	who := person(c)
	if who == "" {
		return errNobody
	}
	chat := c.To(r.Invite)
	if err := chat.Err(); err != nil {
		return err
	}
	n, err := c.Store(router.ByAccount).Window(c, "invites", aDay)
	if err != nil {
		return err
	}
	if n > invitesADay {
		return errInvites
	}
	return c.Once("invite", func() error {
		return c.API().Group.InviteMember(c, api.InviteMemberRequest{
			AppID: c.Account(), ChatroomID: chat.ID(), Wxids: api.WxidList{who},
		})
	})
}

// mute makes the bot silent in the chat, after all else.
func (p *ruleset) mute(c *router.Context, r *active) error {
	if r.Mute <= 0 || r.rehearsed(c, "mute the chat") {
		return nil
	}
	return c.Mute(r.Mute)
}
