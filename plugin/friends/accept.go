package friends

import (
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// afterwards is the range of the wait between the acceptance and the greeting.
func afterwards() outbox.Range { return outbox.Range{Min: time.Second, Max: 3 * time.Second} }

// accept accepts a request, and gives the new friend a remark and a label.
func (f *friends) accept(t *bot.Task[Rule]) error {
	r, ok := t.Event.Payload().(*xmlmsg.FriendRequest)
	if !ok {
		return router.Permanent(errors.New("friends: the request cannot be read any more"))
	}
	if f.h.Dry() {
		f.h.Logger().Info("dry run: a friend request would be accepted", zap.String("person", r.FromUsername))
		return nil
	}
	account, who := t.Account(), r.FromUsername
	err := plugin.Step(t.Context, "accept", func() error {
		return t.API().Contacts.AddContact(t, api.AddContactRequest{
			AppID: account, Scene: api.Scene(r.Scene), Option: api.ContactAccept, V3: r.EncryptUsername, V4: r.Ticket,
		})
	})
	if err != nil {
		return err
	}
	if err := f.h.Listen(t, who); err != nil {
		return err
	}
	if t.Data.Remark != "" {
		remark, err := f.fill(t, t.Data.Remark)
		if err == nil {
			err = t.Once("remark", func() error { return t.API().Contacts.SetFriendRemark(t, account, who, remark) })
		}
		if err != nil {
			return err
		}
	}
	if t.Data.Label != "" {
		err := t.Once("label", func() error {
			_, err := plugin.AddLabels(t, t.API(), account, who, t.Data.Label)
			return err
		})
		if err != nil {
			return err
		}
	}
	return t.Later("welcome", "welcome/"+who, plugin.Draw(afterwards()), t.Data)
}

// fill fills a text of a rule.
func (f *friends) fill(t *bot.Task[Rule], text string) (string, error) {
	parsed, err := plugin.ParseText("", text, "Name", "Date")
	if err != nil {
		return "", router.Permanent(err) // of another version of the program
	}
	r, _ := t.Event.Payload().(*xmlmsg.FriendRequest)
	date := t.Event.Time
	if date.IsZero() {
		date = t.Due
	}
	values := map[string]string{"Date": date.In(t.Now().Location()).Format(time.DateOnly)}
	if r != nil {
		values["Name"] = plugin.CleanName(r.FromNickname, r.FromUsername)
	}
	return parsed.Fill(values), nil
}

// welcome greets a new friend, and invites to a group.
func (f *friends) welcome(t *bot.Task[Rule]) error {
	var errs []error
	for _, text := range t.Data.Greet {
		text, err := f.fill(t, text)
		if err == nil {
			err = t.To(t.Sender()).SendText(text, router.AsAnswer())
		}
		errs = append(errs, err)
	}
	if err := router.Each(errs...); err != nil || len(t.Data.Invite) == 0 {
		return err
	}
	return f.invite(t)
}

// choice is the group that somebody is invited to.
type choice struct {
	Group string
	In    bool // they are in one of the groups already
}

// invite invites to the first group that has room. Above 40 members WeChat makes a card of it,
// which the person must accept.
func (f *friends) invite(t *bot.Task[Rule]) error {
	who := t.Sender()
	to, err := router.Remember(t.Context, "group", func() (choice, error) { return f.choose(t, who) })
	switch {
	case err != nil:
		return err
	case to.In && f.c.AlreadyIn != "":
		return t.To(who).SendText(f.c.AlreadyIn, router.AsAnswer())
	case to.In:
		return nil
	case to.Group == "":
		return f.c.Tell(t, f.h, t.Account(), "新好友 "+plugin.CleanName(t.SenderName(), who)+" 没有可进的群：都满了，或者取不到成员列表。")
	}
	first, err := t.Store(router.ByAccount).Claim(t, "invited/"+who, 7*24*time.Hour)
	if err != nil || !first {
		return err
	}
	return plugin.Step(t.Context, "invite", func() error {
		return t.API().Group.InviteMember(t, api.InviteMemberRequest{AppID: t.Account(), ChatroomID: to.Group, Wxids: api.WxidList{who}})
	})
}

// choose looks for a group with room.
func (f *friends) choose(t *bot.Task[Rule], who string) (to choice, err error) {
	for _, name := range t.Data.Invite {
		chat := t.To(name)
		if err := chat.Err(); err != nil {
			f.h.Logger().Warn("a group to invite to is not known", zap.String("group", name), zap.Error(err))
			continue
		}
		list, err := t.API().Group.GetChatroomMemberList(t, t.Account(), chat.ID())
		switch {
		case err != nil && api.ExecutedOf(err) != api.ExecutedNo:
			return choice{}, err //nolint:wrapcheck // it says what failed
		case err != nil:
			f.h.Logger().Warn("the members of a group to invite to are not known", zap.String("group", name), zap.Error(err))
			continue
		case slices.ContainsFunc(list.Members, func(m api.ChatroomMember) bool { return m.Wxid == who }):
			return choice{In: true}, nil
		case to.Group == "" && len(list.Members) < f.c.Full:
			to.Group = chat.ID()
		}
	}
	return to, nil
}

// invited accepts an invitation to a group from those who are listed.
func (f *friends) invited(c *router.Context, _ *xmlmsg.GroupInvite) error {
	listed := plugin.Scope{From: f.c.Invitations.From}
	if !listed.Handles(c, f.h) {
		f.h.Logger().Info("an invitation to a group is left alone: its sender is not listed", zap.String("person", c.Sender()))
		return router.Next
	}
	if err := c.Later("join", c.Event.Key(), plugin.Draw(f.c.Wait), nil); err != nil {
		return err
	}
	return router.Next
}

// join accepts an invitation to a group.
func (f *friends) join(t *bot.Task[any]) error {
	invitation, ok := t.Event.Payload().(*xmlmsg.GroupInvite)
	if !ok || f.h.Dry() {
		return nil
	}
	var group string
	err := plugin.Step(t.Context, "join", func() (err error) {
		group, err = t.API().Group.AcceptInvite(t, t.Account(), invitation.URL)
		return err
	})
	if err != nil || group == "" {
		return err
	}
	return f.h.Listen(t, group)
}
