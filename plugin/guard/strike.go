package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// keepAudit is how long the lines of the audit are kept.
const keepAudit = 180 * 24 * time.Hour

// entry is a line of the audit: what the plugin did about a message.
type entry struct {
	Message string // its id
	Person  string
	Reason  string
	Strike  int
	Action  string
	Text    string // what was said, for whoever complains
}

// hit is a message that is not allowed, for the task that removes its sender.
type hit struct {
	Reason string
	Strike int
}

// steps are the steps of a strike: the first one until the last strike, and then all others.
func (g *guard) steps(strike int) []string {
	switch {
	case len(g.c.Then) == 1 && g.c.Then[0] != remove:
		return g.c.Then
	case strike < g.c.Strikes.Count && g.c.Then[0] != remove:
		return g.c.Then[:1]
	case strike < g.c.Strikes.Count:
		return nil
	case len(g.c.Then) == 1:
		return g.c.Then
	}
	return g.c.Then[1:]
}

// inWords is what steps do.
func inWords(steps []string) string {
	var all []string
	for _, step := range steps {
		all = append(all, map[string]string{warn: "警告", notify: "通知", remove: "移出群"}[step])
	}
	if len(all) == 0 {
		return "只记录"
	}
	return strings.Join(all, "、")
}

// strike counts a message that is not allowed, and does what follows.
func (g *guard) strike(c *router.Context, reason string) error {
	n, err := c.Store(router.BySender).Window(c, "strikes", g.c.Strikes.In)
	if err != nil {
		return err
	}
	steps := g.steps(n)
	if g.trial() {
		if err := g.report(c, reason, n, "试运行：正式启用后会"+inWords(steps)); err != nil {
			return err
		}
		return router.Next // the other plugins get the message, as if this one were not there
	}
	if slices.Contains(steps, warn) {
		if err := g.warn(c, n); err != nil {
			return err
		}
	}
	switch {
	case slices.Contains(steps, remove): // the task tells what has become of it
		return c.Later("remove", c.Event.Key(), plugin.Draw(g.c.Wait), hit{reason, n})
	case slices.Contains(steps, notify):
		return g.report(c, reason, n, "没有移出，请处理")
	}
	return g.note(c, reason, n, "警告")
}

// warn warns the sender, without a word of what they have said.
func (g *guard) warn(c *router.Context, strike int) error {
	name := plugin.CleanName(c.SenderName(), "这位群友")
	text := g.warning.Fill(map[string]string{
		"Mention": "@" + name + "\u2005", "Name": name, "Strike": strconv.Itoa(strike), "Strikes": strconv.Itoa(g.c.Strikes.Count),
		"GroupName": plugin.CleanName(c.GroupName(), "本群"),
	})
	_, err := c.Chat().Send(api.PostText{Content: text, At: api.WxidList{c.Sender()}})
	return err
}

// report tells the people in charge: who, what, which message, why, and what was done.
func (g *guard) report(c *router.Context, reason string, strike int, action string) error {
	text, _ := said(c)
	line := fmt.Sprintf("%s：%s（%s）第 %d 次违规：%s\n消息 %d", plugin.CleanName(c.GroupName(), c.Conversation().ID),
		plugin.CleanName(c.SenderName(), c.Sender()), c.Sender(), strike, reason, c.Event.NewMsgID)
	if text != "" {
		line += "：“" + cut(text) + "”"
	}
	if err := g.note(c, reason, strike, action); err != nil {
		return err
	}
	return g.c.Tell(c, g.h, c.Account(), line+"\n"+action)
}

// cut shortens a text.
func cut(text string) string {
	const most = 100
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// note writes a line of the audit.
func (g *guard) note(c *router.Context, reason string, strike int, action string) error {
	text, _ := said(c)
	id := strconv.FormatUint(c.Event.NewMsgID, 10)
	g.h.Logger().Info("a message is not allowed", zap.String("group", c.Conversation().ID), zap.String("person", c.Sender()),
		zap.String("message", id), zap.String("reason", reason), zap.Int("strike", strike), zap.String("action", action))
	err := router.NewLog[entry](c.Store(router.ByChat), "audit", keepAudit).
		Append(c, entry{id, c.Sender(), reason, strike, action, cut(text)})
	if err != nil {
		return err
	}
	return plugin.Moderated(g.h).Append(c, plugin.Moderation{
		Plugin: g.h.Name(), Account: c.Account(), Group: c.Conversation().ID, Person: c.Sender(), Name: c.SenderName(), Message: id,
		Reason: reason, Action: action,
	})
}

// remove removes a member, if that is still right and the account may. Otherwise the people in
// charge are told, with what they need to decide.
func (g *guard) remove(t *bot.Task[hit]) error {
	action, err := router.Remember(t.Context, "action", func() (string, error) { return g.decide(t) })
	switch {
	case err != nil:
		return err
	case action == revokedAction:
		if err := g.warn(t.Context, t.Data.Strike); err != nil {
			return err
		}
		return g.note(t.Context, t.Data.Reason, t.Data.Strike, action)
	case action != removeAction:
		return g.report(t.Context, t.Data.Reason, t.Data.Strike, action)
	}
	err = t.Once("remove", func() error {
		err := t.API().Group.RemoveMember(t, t.Account(), t.Conversation().ID, t.Sender())
		if err != nil && api.ExecutedOf(err) != api.ExecutedNo {
			return router.Permanent(err) // a person has to look
		}
		return err
	})
	if err != nil {
		return err
	}
	return g.report(t.Context, t.Data.Reason, t.Data.Strike, action)
}

// What a removal comes to.
const (
	removeAction  = "已移出群"
	revokedAction = "已撤回，只警告"
)

// decide looks whether a member is to be removed, right before that.
func (g *guard) decide(t *bot.Task[hit]) (string, error) {
	var revoked bool
	if _, err := t.Store(router.ByChat).Get(t, revokedKey(t.Event.NewMsgID), &revoked); err != nil {
		return "", err
	}
	if revoked {
		return revokedAction, nil
	}
	list, err := t.API().Group.GetChatroomMemberList(t, t.Account(), t.Conversation().ID)
	if err != nil {
		return "", err //nolint:wrapcheck // it says what failed
	}
	switch own, theirs := roleIn(list, t.Event.Wxid), roleIn(list, t.Sender()); {
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
