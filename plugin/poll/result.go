package poll

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	maxNames    = 10 // of those who have chosen something
	maxMentions = 20
)

// finish ends the poll for the one who has started it, or an administrator.
func (p *part) finish(c *router.Context) error {
	if c.ArgText() != "" { // the title of a poll
		return router.Next
	}
	x, err := last(c)
	if err != nil {
		return err
	}
	by := c.Event.Key()
	switch {
	case x.Closed != by && !x.open():
		return c.ReplyAt("现在没有投票。")
	case x.By != c.Sender() && !(plugin.Scope{From: []string{plugin.Admins, plugin.Owners}}).Handles(c, p.h):
		return c.ReplyAt("只有发起人和管理员可以结束投票。")
	}
	if !x.Ends.IsZero() {
		if _, err := c.CancelTask("end", c.ChatKey()+" "+x.ID); err != nil {
			return err
		}
	}
	return p.end(c, x.ID, by)
}

// due ends a poll whose time is over.
func (p *part) due(t *bot.Task[string]) error { return p.end(t.Context, t.Data, "time") }

// end ends a poll, and shows the result: also when it runs again for the same reason.
func (p *part) end(c *router.Context, id, by string) error {
	x, err := change(c, func(x poll) (poll, error) {
		if x.ID != id || x.Closed != "" && x.Closed != by {
			return x, errNone
		}
		x.Closed = by
		return x, nil
	})
	if errors.Is(err, errNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.Reply(p.result("投票结果："+x.Title, x), router.AsAnswer())
}

// show shows the count so far, or the last result.
func (p *part) show(c *router.Context) error {
	if c.ArgText() != "" {
		return router.Next
	}
	text, err := router.Remember(c, "result", func() (string, error) {
		x, err := last(c)
		switch {
		case err != nil || x.ID == "":
			return "现在没有投票。", err
		case x.open():
			return p.result("投票进行中："+x.Title, x), nil
		}
		return p.result("投票结果："+x.Title, x), nil
	})
	if err != nil {
		return err
	}
	return c.Reply(text)
}

// count shows the count while people vote.
func (p *part) count(t *bot.Task[string]) error {
	text, err := router.Remember(t.Context, "count", func() (string, error) {
		x, err := last(t.Context)
		if err != nil || !x.open() || x.ID != t.Data {
			return "", err
		}
		return p.result("投票进行中："+x.Title, x), nil
	})
	if err != nil || text == "" {
		return err
	}
	return t.Reply(text, router.TTL(countEvery))
}

// remind says that the poll ends soon.
func (p *part) remind(t *bot.Task[string]) error {
	x, err := last(t.Context)
	if err != nil || !x.open() || x.ID != t.Data {
		return err
	}
	text := "投票“" + x.Title + "”" + x.Ends.In(t.Now().Location()).Format("15:04") + " 截止，还没投的请回复数字。"
	if p.c.Remind.Whom == plugin.All {
		return t.Reply(text, router.TTL(p.c.Remind.Before))
	}
	people, err := router.Remember(t.Context, "people", func() (people []xmlmsg.Person, err error) {
		list, err := p.h.Contacts().Members(t, t.Account(), t.Conversation().ID)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what failed
		}
		for _, m := range list.Members {
			if _, voted := x.Votes[m.Wxid]; !voted && m.Wxid != t.Event.Wxid {
				people = append(people, xmlmsg.Person{Username: m.Wxid, Nickname: m.NickName})
			}
		}
		return people, nil
	})
	if err != nil || len(people) == 0 {
		return err
	}
	if more := len(people) - maxMentions; more > 0 {
		people, text = people[:maxMentions], fmt.Sprintf("等 %d 人：%s", len(people), text)
	}
	return t.Chat().Mention(people, text, router.TTL(p.c.Remind.Before))
}

// last is the poll of the chat, open or not.
func last(c *router.Context) (x poll, err error) {
	_, err = c.Store(router.ByChat).Get(c, key, &x)
	return x, err //nolint:wrapcheck // it names the value
}

// result is the count of the votes.
func (p *part) result(head string, x poll) string {
	count, names := make([]int, len(x.Choices)), make([][]string, len(x.Choices))
	voters := 0
	for _, v := range x.Votes {
		voters += 1 + v.Guests
		name := v.Name
		if v.Guests > 0 {
			name += fmt.Sprintf("+%d", v.Guests)
		}
		for _, i := range v.Choices {
			if i < len(count) {
				count[i] += 1 + v.Guests
				names[i] = append(names[i], name)
			}
		}
	}
	lines := []string{fmt.Sprintf("%s（%d 人）", head, voters)}
	for i, choice := range x.Choices {
		line := fmt.Sprintf("%d. %s：%d 票", i+1, choice, count[i])
		if !x.Anonymous && count[i] > 0 {
			slices.Sort(names[i])
			line += "（" + strings.Join(names[i][:min(len(names[i]), maxNames)], "、")
			if len(names[i]) > maxNames {
				line += "…"
			}
			line += "）"
		}
		lines = append(lines, line)
	}
	if voters < p.c.Least {
		lines = append(lines, fmt.Sprintf("不到 %d 人，不作数。", p.c.Least))
	}
	return strings.Join(lines, "\n")
}
