// Command digest counts the messages in a group, and posts the count of each member at 22:00: to
// the group, with a copy to the owner. Days with few messages are left out. If the bot is not
// running at 22:00, it posts the digest when it starts, until 23:00.
//
//	HONGYAN_APP_ID=wx_… go run ./examples/digest
package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	group = "10000000001@chatroom"
	owner = "wxid_carol"
	zone  = "Asia/Shanghai"
	few   = 5 // days with fewer messages are left out
)

func main() {
	b := bot.Must(bot.FromEnv())
	b.Text(count, match.In(group)).Named("count")
	b.Schedule("digest", cmp.Or(os.Getenv("DIGEST_AT"), "0 22 * * *"), digest,
		bot.At("", group), bot.Zone(zone), bot.CatchUp(time.Hour))
	bot.Main(b)
}

// said has a line for each message of a chat: the name of the person who wrote it.
func said(chat *router.Store) *router.Log[string] {
	return router.NewLog[string](chat, "said", 48*time.Hour)
}

// count counts a message once, even if it is handled again after a crash.
func count(c *router.Context, _ *xmlmsg.Text) error {
	return said(c.Store(router.ByChat)).Append(c, c.SenderName())
}

func digest(j *bot.Job) error {
	shanghai, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	due := j.Due.In(shanghai)
	n, total := map[string]int{}, 0
	for line, err := range said(j.Chat().Store()).Range(j, midnight(due), time.Time{}) {
		if err != nil {
			return err
		}
		n[line.Data]++
		total++
	}
	if total < few {
		return nil
	}
	first, err := j.Store().Claim(j, "digest/"+due.Format(time.DateOnly), 48*time.Hour)
	if err != nil || !first { // one a day, but again if this run fails
		return err
	}
	lines := []string{}
	for _, name := range slices.Sorted(maps.Keys(n)) {
		lines = append(lines, fmt.Sprintf("%s %d", name, n[name]))
	}
	text := fmt.Sprintf("今天 %d 条消息：%s", total, strings.Join(lines, "，"))
	if err := j.SendText(text); err != nil {
		return err
	}
	return j.To(owner).SendText(text)
}

// midnight is the begin of a day.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
