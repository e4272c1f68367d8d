package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

// reminder is what a person is to be reminded of, in the chat where it was asked for.
type reminder struct {
	ID    int       `json:"id"`
	At    time.Time `json:"at"`
	Text  string    `json:"text"`
	Event string    `json:"event"`           // the message that has asked for it
	Every every     `json:"every,omitempty"` // how it comes again; empty if it does not
	First time.Time `json:"first,omitzero"`  // of one that comes again: the 31st stays the 31st after February
}

// every is how a reminder comes again, as the command calls it.
type every string

const (
	daily    every = "每天"
	workdays every = "工作日"
	weekly   every = "每周"
	monthly  every = "每月"
)

// next is the first time after now of a reminder that comes again.
func (p *part) next(e every, first, now time.Time) time.Time {
	work, at := p.c.Days, first
	work.Days = []string{"workdays"}
	for i := 1; !at.After(now) || e == workdays && !work.Has(at); i++ {
		switch e {
		case weekly:
			at = first.AddDate(0, 0, 7*i)
		case monthly:
			at = first.AddDate(0, i, 0)
			if at.Day() != first.Day() { // February has no 30th: it is its last day
				at = at.AddDate(0, 0, -at.Day())
			}
		default:
			at = first.AddDate(0, 0, i)
		}
	}
	return at
}

// ask is the command that asks for a reminder.
type ask struct {
	At   time.Time `arg:"时间" help:"例如 18:00、明天 9点、半小时后、周五 18:00"`
	Text string    `arg:"内容,rest" help:"提醒什么"`
}

const (
	dayAndTime   = "01-02 15:04"
	furthest     = 366 * 24 * time.Hour
	keyReminders = "reminders"
	punctual     = time.Minute
)

func (p *part) reminders(h *bot.Handle) {
	h.Task("remind", p.remind, bot.RetryFor(p.c.Late))
	h.Command("提醒我", p.add(""), router.Help("到时提醒", "提醒我 18:00 开会", "提醒我 半小时后 取快递"))
	h.Command("每天提醒我", p.add(daily), router.Help("每天提醒", "每天提醒我 9:00 吃药"))
	h.Command("工作日提醒我", p.add(workdays), router.Help("每个工作日提醒", "工作日提醒我 8:50 打卡"))
	h.Command("每周提醒我", p.add(weekly), router.Help("每周提醒", "每周提醒我 周五 17:00 写周报"))
	h.Command("每月提醒我", p.add(monthly), router.Help("每月提醒", "每月提醒我 1月31日 10:00 交房租"))
	h.Command("我的提醒", p.list, router.Help("列出还没到的提醒"))
	h.Command("取消提醒", p.cancel, router.Help("取消一条提醒", "取消提醒 2"))
}

// add is the command that notes a reminder. The numbers are those of a person in a chat.
func (p *part) add(e every) func(c *router.Context, a ask) error {
	return func(c *router.Context, a ask) error {
		now, first := c.Now(), a.At
		if e != "" {
			a.At = p.next(e, a.At, now)
		}
		switch {
		case !a.At.After(now):
			return c.ReplyAt("这个时间已经过了：" + a.At.Format(dayAndTime))
		case a.At.Sub(now) > furthest:
			return c.ReplyAt("最多提前一年。")
		}
		return p.note(c, reminder{At: a.At, Text: a.Text, Event: c.Event.Key(), Every: e, First: first})
	}
}

// note notes a reminder.
func (p *part) note(c *router.Context, r reminder) error {
	full := false
	_, err := router.Update(c, c.Store(router.BySender), keyReminders, 0, func(list []reminder) ([]reminder, error) {
		if i := slices.IndexFunc(list, func(x reminder) bool { return x.Event == r.Event }); i >= 0 {
			r, full = list[i], false // the handler runs again
			return list, nil
		}
		r.ID = 1
		for _, x := range list {
			r.ID = max(r.ID, x.ID+1)
		}
		if full = p.c.Most > 0 && len(list) >= p.c.Most; full {
			return list, nil
		}
		return append(list, r), nil
	})
	switch {
	case err != nil:
		return err
	case full:
		return c.ReplyAt(fmt.Sprintf("你已经有 %d 条提醒，先取消一条：取消提醒 编号", p.c.Most))
	}
	if err := c.Later("remind", key(c, r.ID), r.At.Sub(c.Now()), r); err != nil {
		return err
	}
	again := ""
	if r.Every != "" {
		again = string(r.Every) + "提醒，下次 "
	}
	return c.ReplyAt(fmt.Sprintf("好的，%s%s 提醒你：%s（第 %d 条）", again, r.At.Format(dayAndTime), r.Text, r.ID))
}

func key(c *router.Context, id int) string { return fmt.Sprintf("%s/%d", c.SenderKey(), id) }

// remind reminds, if the reminder is still there.
func (p *part) remind(t *bot.Task[reminder]) error {
	store := t.Store(router.BySender)
	var list []reminder
	if _, err := store.Get(t, keyReminders, &list); err != nil {
		return err
	}
	same := func(x reminder) bool { return x.Event == t.Data.Event }
	if !slices.ContainsFunc(list, same) {
		return nil // it was cancelled
	}
	text := "提醒：" + t.Data.Text
	if t.Now().Sub(t.Data.At) > punctual {
		text = "提醒（本来是 " + t.Data.At.Format(dayAndTime) + "）：" + t.Data.Text
	}
	text, err := router.Remember(t.Context, "text", func() (string, error) { return text, nil })
	if err != nil {
		return err
	}
	if err := t.ReplyAt(text, router.AsAnswer()); err != nil { // the person has asked for this time
		return err
	}
	next := t.Data
	if next.Every != "" {
		next.At = p.next(next.Every, next.First.In(p.zone), t.Now())
		if err := t.Later("remind", t.Key, next.At.Sub(t.Now()), next); err != nil {
			return err
		}
	}
	_, err = router.Update(t, store, keyReminders, 0, func(list []reminder) ([]reminder, error) {
		if i := slices.IndexFunc(list, same); i >= 0 && next.Every != "" {
			list[i].At = next.At
			return list, nil
		}
		return slices.DeleteFunc(list, same), nil
	})
	return err
}

func (p *part) list(c *router.Context) error {
	var list []reminder
	if _, err := c.Store(router.BySender).Get(c, keyReminders, &list); err != nil {
		return err
	}
	if len(list) == 0 {
		return c.ReplyAt("你在这里没有提醒。")
	}
	slices.SortFunc(list, func(a, b reminder) int { return a.At.Compare(b.At) })
	lines := []string{"你的提醒："}
	for _, r := range list {
		lines = append(lines, strings.Join(strings.Fields(fmt.Sprintf("%d. %s %s", r.ID, r.Every,
			r.At.In(c.Now().Location()).Format(dayAndTime))), " ")+" "+r.Text)
	}
	return c.ReplyAt(strings.Join(lines, "\n"))
}

func (p *part) cancel(c *router.Context, a struct {
	ID int `arg:"编号" help:"“我的提醒”里的编号"`
},
) error {
	answer, err := router.Remember(c, "cancel", func() (string, error) {
		var text string
		_, err := router.Update(c, c.Store(router.BySender), keyReminders, 0, func(list []reminder) ([]reminder, error) {
			text = fmt.Sprintf("没有第 %d 条提醒。", a.ID)
			if i := slices.IndexFunc(list, func(r reminder) bool { return r.ID == a.ID }); i >= 0 {
				text = "已取消：" + list[i].Text
				list = slices.Delete(list, i, i+1)
			}
			return list, nil
		})
		return text, err
	})
	if err != nil {
		return err
	}
	if _, err := c.CancelTask("remind", key(c, a.ID)); err != nil {
		return err
	}
	return c.ReplyAt(answer)
}
