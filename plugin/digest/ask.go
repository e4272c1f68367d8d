package digest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ask makes a digest for the one who asks.
func (p *part) ask(c *router.Context, a struct {
	About string `arg:"时间或名字,rest,optional" help:"例如 3小时、9:00-12:00、@张三；不写就是一天"`
},
) error {
	if !(plugin.Scope{From: p.c.Ask.From}).Handles(c, p.h) {
		return router.Next
	}
	when, only := p.about(c, a.About)
	from, to, ok := period(when, c.Now().In(p.zone))
	if _, err := strconv.Atoi(only[:min(len(only), 1)]); !ok || err == nil { // no name begins so
		return c.ReplyAt(unclear)
	}
	left, err := c.Store(router.ByChat).Cooldown(c, "ask", p.c.Ask.Cooldown)
	if err != nil {
		return err
	}
	if left > 0 {
		return c.ReplyAt(fmt.Sprintf("刚总结过，%d 分钟后再来。", (left+time.Minute-1)/time.Minute))
	}
	r := request{From: from, Due: to, Until: c.Now().Add(time.Hour), Asked: true, Only: only}
	return c.Later("make", c.ChatKey()+" "+c.Event.Key(), 0, r)
}

// about splits what a digest is asked of into a time and a person of the group, of which either may
// be first: one who is mentioned, by wxid, or one who is written by name.
func (p *part) about(c *router.Context, text string) (when, only string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == mentionEnd })
	when, only = wholeDay, strings.Join(words, " ")
	for i := range words {
		before, after := strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		if _, _, ok := period(after, c.Now()); ok {
			when, only = after, before
			break
		}
		if _, _, ok := period(before, c.Now()); ok {
			when, only = before, after
		}
	}
	t, ok := c.Payload().(*xmlmsg.Text)
	for i := 0; ok && only != "" && i < len(t.At); i++ {
		if t.At[i] != p.h.Wxid(c.Account()) {
			return when, t.At[i]
		}
	}
	return when, strings.TrimPrefix(only, "@")
}

// unclear is the answer to what is neither a time nor a person.
const unclear = "没看懂时间：可以写 3小时、9:00-12:00，或者 @群友。"

// mentionEnd is behind the name of a mention.
const mentionEnd = '\u2005'

// wholeDay is what a digest covers that is asked for without a time.
const wholeDay = "1天"

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
