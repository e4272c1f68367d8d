package guard

import (
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// What a removal comes to.
const (
	removeAction  = "已移出群"
	revokedAction = "已撤回，只警告"
)

// remove removes a member, if that is still right and the account may. Otherwise the people in
// charge are told, with what they need to decide.
func (g *guard) remove(t *bot.Task[offence]) error {
	c, o := t.Context, t.Data
	action, err := router.Remember(c, "action", func() (string, error) { return g.decide(t) })
	switch {
	case err != nil:
		return err
	case action == revokedAction:
		if err := g.warn(c, o, g.warning); err != nil {
			return err
		}
		return g.note(c, o, action)
	case action != removeAction:
		return g.report(c, o, action)
	}
	err = plugin.Step(c, "remove", func() error {
		return t.API().Group.RemoveMember(t, t.Account(), t.Conversation().ID, o.Person)
	})
	if err != nil {
		return err
	}
	if err := g.remember(c, o); err != nil {
		return err
	}
	return g.report(c, o, action)
}

// decide looks whether a member is to be removed, right before that.
func (g *guard) decide(t *bot.Task[offence]) (string, error) {
	if t.Data.Message != "" && t.Data.Reason != onBlacklist {
		if revoked, err := plugin.Revoked(t.Context, t.Data.Message); err != nil || revoked {
			return revokedAction, err
		}
	}
	list, err := t.API().Group.GetChatroomMemberList(t, t.Account(), t.Conversation().ID)
	if err != nil {
		return "", err //nolint:wrapcheck // it says what failed
	}
	switch own, theirs := roleIn(list, t.Event.Wxid), roleIn(list, t.Data.Person); {
	case theirs == router.RoleNone:
		return "人已经不在群里", nil
	case own < router.RoleAdmin:
		return "没有移出：本账号不是群主或管理员", nil
	case theirs >= own:
		return "没有移出：对方是群主或管理员", nil
	case g.h.Dry() || g.trial():
		return "试运行：本来会移出", nil
	}
	n, err := t.Store(router.ByChat).Window(t, "removed", 24*time.Hour)
	if err != nil {
		return "", err
	}
	if n > g.c.RemoveCap {
		return fmt.Sprintf("没有移出：24 小时内已经移出 %d 人", g.c.RemoveCap), nil
	}
	return removeAction, nil
}

// roleIn is what somebody is in a group.
func roleIn(list *api.ChatroomMemberList, wxid string) router.Role {
	switch {
	case wxid == list.Owner:
		return router.RoleOwner
	case slices.Contains(list.Admins, wxid):
		return router.RoleAdmin
	case slices.ContainsFunc(list.Members, func(m api.ChatroomMember) bool { return m.Wxid == wxid }):
		return router.RoleMember
	}
	return router.RoleNone
}
