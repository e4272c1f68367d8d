package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// keepAudit is how long the lines of the audit are kept.
const keepAudit = 180 * 24 * time.Hour

// maxShown is how many characters of a message people are shown.
const maxShown = 100

// entry is a line of the audit: what the plugin did about a message.
type entry struct {
	Message string // its id
	Person  string
	Reason  string
	Strike  int
	Action  string
	Text    string // what was said, for whoever complains
}

// offence is what somebody did that is not allowed.
type offence struct {
	Person, Name string
	Message      string // its id; empty if it is none
	Text         string // what it says
	Reason       string // does not repeat it
	Strike       int
}

// offenceOf is the message of an event that is not allowed.
func offenceOf(c *router.Context, reason string) offence {
	text, _ := said(c)
	return offence{
		Person: c.Sender(), Name: c.SenderName(), Message: plugin.MessageID(c), Text: plugin.Short(text, maxShown), Reason: reason,
	}
}

// last are the steps of the last strike, and of who is on the blacklist.
func (g *guard) last() []string {
	if len(g.c.Then) == 1 {
		return g.c.Then
	}
	return g.c.Then[1:]
}

// steps are the steps of a strike: the first one until the last strike, and then all others.
func (g *guard) steps(strike int) []string {
	switch {
	case strike >= g.c.Strikes.Count || len(g.c.Then) == 1 && g.c.Then[0] != remove:
		return g.last()
	case g.c.Then[0] != remove:
		return g.c.Then[:1]
	}
	return nil
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

// strike counts an offence, and does what follows.
func (g *guard) strike(c *router.Context, o offence) error {
	n, err := c.Store(router.ByChat).Window(c, "strikes/"+o.Person, g.c.Strikes.In)
	if err != nil {
		return err
	}
	o.Strike = n
	return g.act(c, o, g.steps(n), g.warning)
}

// act takes steps.
func (g *guard) act(c *router.Context, o offence, steps []string, warning plugin.Text) error {
	if g.trial() {
		if err := g.report(c, o, "试运行：正式启用后会"+inWords(steps)); err != nil {
			return err
		}
		return router.Next // the other plugins get the message, as if this one were not there
	}
	if err := plugin.Disallow(c, g.h, o.Message); err != nil {
		return err
	}
	if slices.Contains(steps, warn) {
		if err := g.warn(c, o, warning); err != nil {
			return err
		}
	}
	switch {
	case slices.Contains(steps, remove): // the task tells what has become of it
		return c.Later("remove", c.Event.Key()+"/"+o.Person, plugin.Draw(g.c.Wait), o)
	case slices.Contains(steps, notify):
		return g.report(c, o, "没有移出，请处理")
	}
	return g.note(c, o, inWords(steps))
}

// warn warns somebody, without a word of what they have said.
func (g *guard) warn(c *router.Context, o offence, warning plugin.Text) error {
	name := plugin.CleanName(o.Name, "这位群友")
	text := warning.Fill(map[string]string{
		"Mention": "@" + name + "\u2005", "Name": name, "Strike": strconv.Itoa(o.Strike), "Strikes": strconv.Itoa(g.c.Strikes.Count),
		"Count": strconv.Itoa(g.c.Votes.Count), "GroupName": plugin.CleanName(c.GroupName(), "本群"),
	})
	_, err := c.Chat().Send(api.PostText{Content: text, At: api.WxidList{o.Person}})
	return err
}

// report tells the people in charge: who, what, which message, why, and what was done.
func (g *guard) report(c *router.Context, o offence, action string) error {
	if err := g.note(c, o, action); err != nil {
		return err
	}
	count := ""
	if o.Strike > 0 {
		count = fmt.Sprintf("第 %d 次违规", o.Strike)
	}
	line := fmt.Sprintf("%s：%s（%s）%s：%s", plugin.CleanName(c.GroupName(), c.Conversation().ID),
		plugin.CleanName(o.Name, o.Person), o.Person, count, o.Reason)
	if o.Message != "" {
		line += "\n消息 " + o.Message
	}
	if o.Text != "" {
		line += "：“" + o.Text + "”"
	}
	return g.c.Tell(c, g.h, c.Account(), line+"\n"+action)
}

// note writes a line of the audit.
func (g *guard) note(c *router.Context, o offence, action string) error {
	g.h.Logger().Info("a message is not allowed", zap.String("group", c.Conversation().ID), zap.String("person", o.Person),
		zap.String("message", o.Message), zap.String("reason", o.Reason), zap.Int("strike", o.Strike), zap.String("action", action))
	err := router.NewLog[entry](c.Store(router.ByChat), "audit", keepAudit).
		Append(c, entry{o.Message, o.Person, o.Reason, o.Strike, action, o.Text})
	if err != nil {
		return err
	}
	return plugin.Moderated(g.h).Append(c, plugin.Moderation{
		Plugin: g.h.Name(), Account: c.Account(), Group: c.Conversation().ID, Person: o.Person, Name: o.Name, Message: o.Message,
		Reason: o.Reason, Action: action,
	})
}
