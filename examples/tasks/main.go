// Command tasks does work that outlives its message. "提醒我 30分钟 喝水" is answered now and again in
// half an hour, also if the bot is restarted meanwhile; "取消提醒" takes the reminder back. What else
// a person writes to it in several messages is answered once.
package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func main() {
	b := bot.Must(bot.FromEnv())
	b.Text(remind, match.Regexp(`^提醒我\s*(?P<n>\d+)\s*(?P<unit>秒|分钟|小时)\s*(?P<what>.+)$`)).Named("remind")
	b.Text(forget, match.Exact("取消提醒")).Named("forget")
	b.Task("reminder", func(t *bot.Task[string]) error {
		return t.ReplyAt("该"+t.Data+"了", router.AsAnswer()) // the person has asked for it: quiet hours do not matter
	})
	b.Where(match.Private()).Batch(router.BySender, time.Second, listen, router.FlushOn(match.Kind(xmlmsg.KindImage))).Named("listen")
	bot.Main(b)
}

// remind has one reminder for each person: a new one takes the place of the old.
func remind(c *router.Context, _ *xmlmsg.Text) error {
	n, err := strconv.Atoi(c.Capture("n"))
	if err != nil || n > 10_000 {
		return c.Reply("太久了，我记不住")
	}
	unit := map[string]time.Duration{"秒": time.Second, "分钟": time.Minute, "小时": time.Hour}[c.Capture("unit")]
	if err := c.Later("reminder", c.SenderKey(), time.Duration(n)*unit, c.Capture("what")); err != nil {
		return err
	}
	return c.Replyf("好的，%d %s后提醒你%s", n, c.Capture("unit"), c.Capture("what"))
}

func forget(c *router.Context, _ *xmlmsg.Text) error {
	found, err := c.CancelTask("reminder", c.SenderKey())
	switch {
	case err != nil:
		return err
	case !found:
		return c.Reply("没有提醒")
	}
	return c.Reply("取消了")
}

// listen answers a turn: all that a person wrote until there was silence for a second.
func listen(c *router.Context, turn []*router.Context) error {
	words := make([]string, len(turn))
	for i, m := range turn {
		words[i] = m.Said()
	}
	return c.Reply(fmt.Sprintf("你说了 %d 句：%s", len(turn), strings.Join(words, "；")))
}
