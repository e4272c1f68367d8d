package digest

import (
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// ask makes a digest for the one who asks.
func (p *part) ask(c *router.Context, a struct {
	When string `arg:"时间,rest" default:"1天" help:"例如 3小时，或 9:00-12:00；不写就是一天"`
},
) error {
	if !(plugin.Scope{From: p.c.Ask.From}).Handles(c, p.h) {
		return router.Next
	}
	from, to, ok := period(a.When, c.Now().In(p.zone))
	if !ok {
		return c.ReplyAt("没看懂时间：可以写 3小时，或 9:00-12:00。")
	}
	left, err := c.Store(router.ByChat).Cooldown(c, "ask", p.c.Ask.Cooldown)
	if err != nil {
		return err
	}
	if left > 0 {
		return c.ReplyAt(fmt.Sprintf("刚总结过，%d 分钟后再来。", (left+time.Minute-1)/time.Minute))
	}
	r := request{From: from, Due: to, Until: c.Now().Add(time.Hour), Asked: true}
	return c.Later("make", c.ChatKey()+" "+c.Event.Key(), 0, r)
}

// away makes a digest of what the one who asks has missed since they last wrote: the messages of
// the others, by counting if the model may not be asked.
func (p *part) away(c *router.Context) error {
	if !(plugin.Scope{From: p.c.Ask.From}).Handles(c, p.h) {
		return router.Next
	}
	left, err := c.Store(router.BySender).Cooldown(c, "away", p.c.Ask.Cooldown)
	if err != nil {
		return err
	}
	if left > 0 {
		return c.ReplyAt(fmt.Sprintf("刚看过，%d 分钟后再来。", (left+time.Minute-1)/time.Minute))
	}
	from, err := router.Remember(c, "wrote", func() (from time.Time, err error) {
		_, err = c.Store(router.BySender).Get(c, keyWrote, &from)
		return from, err
	})
	if err != nil {
		return err
	}
	now := c.Now().Add(time.Second)
	if earliest := now.Add(-keep); from.Before(earliest) {
		from = earliest
	}
	r := request{From: from, Due: now, Until: now.Add(time.Hour), Asked: true, For: c.Sender()}
	return c.Later("make", c.ChatKey()+" "+c.Event.Key(), 0, r)
}

// period reads what a digest covers that somebody asks for: the time until now, or two times of the
// day, of which the last are meant that have begun.
func period(text string, now time.Time) (from, to time.Time, ok bool) {
	latest := now.Add(time.Second) // with what was said right before
	if d, ok := router.ParseDuration(text); ok {
		return latest.Add(-min(d, keep)), latest, d > 0
	}
	text = strings.NewReplacer("：", ":", "点半", ":30", "点", ":00", "到", "-", "至", "-", "～", "-", "~", "-", "—", "-").Replace(text)
	w, err := outbox.ParseWindow(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		return from, to, false
	}
	at := func(clock time.Duration, days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 0, int(clock.Minutes()), 0, 0, now.Location())
	}
	days := 0
	if at(w.From, 0).After(now) {
		days = -1
	}
	from, to = at(w.From, days), at(w.To, days)
	if w.To < w.From {
		to = at(w.To, days+1)
	}
	if to.After(latest) {
		to = latest
	}
	return from, to, true
}
