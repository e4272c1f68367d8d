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

// counts is the number of messages of each member.
type counts map[string]int

func main() {
	b := bot.Must(bot.FromEnv())
	b.Text(count, match.In(group)).Named("count")
	b.Schedule("digest", cmp.Or(os.Getenv("DIGEST_AT"), "0 22 * * *"), digest,
		bot.At("", group), bot.Zone(zone), bot.CatchUp(time.Hour))
	bot.Main(b)
}

// count counts a message once, even if it is handled again after a crash.
func count(c *router.Context, _ *xmlmsg.Text) error {
	return c.Once("count", func() error {
		shanghai, err := time.LoadLocation(zone)
		if err != nil {
			return err
		}
		_, err = router.Update(c.Session(), key(c.Event.Time.In(shanghai)), 48*time.Hour, func(n counts) (counts, error) {
			if n == nil {
				n = counts{}
			}
			n[c.SenderName()]++
			return n, nil
		})
		return err
	})
}

// key is the key of the counts of a day.
func key(t time.Time) string { return "count/" + t.Format(time.DateOnly) }

func digest(j *bot.Job) error {
	var n counts
	if _, err := j.Session(group).Get(key(j.Due), &n); err != nil {
		return err
	}
	total := 0
	lines := []string{}
	for _, name := range slices.Sorted(maps.Keys(n)) {
		total += n[name]
		lines = append(lines, fmt.Sprintf("%s %d", name, n[name]))
	}
	if total < few {
		return nil
	}
	text := fmt.Sprintf("今天 %d 条消息：%s", total, strings.Join(lines, "，"))
	if err := j.SendText(text); err != nil {
		return err
	}
	if err := j.SendTextTo(owner, text); err != nil {
		return err
	}
	return j.Session(group).Delete(key(j.Due))
}
