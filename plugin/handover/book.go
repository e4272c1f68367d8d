package handover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/router"
)

// customer is one who waits for a person, or has one.
type customer struct {
	Number  int       `json:"number"`
	Account string    `json:"account"`
	Chat    string    `json:"chat"`
	Name    string    `json:"name"`
	Since   time.Time `json:"since"`
	By      string    `json:"by,omitempty"` // who has taken over
}

// The bounds of the book.
const (
	bookKey  = "customers"
	bookSize = 200
	bookKept = 24 * time.Hour // a customer nobody takes over is forgotten then
)

// untilKey is until when the chat of the store is quiet.
const untilKey = "until"

// isOpen reports whether the chat is handed over now.
func (p *handover) isOpen(c *router.Context) (bool, error) {
	until, err := p.until(c, c.Account(), c.Conversation().ID)
	return until.After(c.Now()), err
}

func (p *handover) until(ctx context.Context, account, chat string) (until time.Time, err error) {
	_, err = p.h.Store().Chat(account, chat).Get(ctx, untilKey, &until)
	return until, err //nolint:wrapcheck // it names the value
}

// hush makes the plugins quiet in a chat for a time from now, or for longer if they are already.
func (p *handover) hush(ctx context.Context, account, chat string, d time.Duration) error {
	now := p.h.Now()
	before, err := p.until(ctx, account, chat)
	if err != nil {
		return err
	}
	d = max(d, before.Sub(now))
	if err := p.quiet.Begin(ctx, account, chat, d); err != nil {
		return err //nolint:wrapcheck // it names the state
	}
	return p.h.Store().Chat(account, chat).Set(ctx, untilKey, now.Add(d), d) //nolint:wrapcheck // it names the value
}

// end gives a chat back to the bot.
func (p *handover) end(ctx context.Context, account, chat string) error {
	if err := p.quiet.End(ctx, account, chat); err != nil {
		return err //nolint:wrapcheck // it names the state
	}
	if err := p.h.Store().Chat(account, chat).Delete(ctx, untilKey); err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	_, err := p.update(ctx, func(all []customer) []customer {
		return slices.DeleteFunc(all, func(x customer) bool { return x.Account == account && x.Chat == chat })
	})
	return err
}

// enter gives the customer of an event a number, and counts who waits.
func (p *handover) enter(c *router.Context) (n, waiting int, err error) {
	all, err := p.update(c, func(all []customer) []customer {
		n = 1
		for _, x := range all {
			if x.Account == c.Account() && x.Chat == c.Conversation().ID {
				n = x.Number
				return all
			}
			n = max(n, x.Number+1)
		}
		all = append(all, customer{n, c.Account(), c.Conversation().ID, name(c), c.Now(), ""})
		return all[max(0, len(all)-bookSize):]
	})
	for _, x := range all {
		if x.By == "" {
			waiting++
		}
	}
	return n, waiting, err
}

// update changes the book.
func (p *handover) update(ctx context.Context, change func([]customer) []customer) ([]customer, error) {
	//nolint:wrapcheck // it names the value
	return router.Update(ctx, p.h.Store(), bookKey, bookKept, func(all []customer) ([]customer, error) {
		all = slices.DeleteFunc(all, func(x customer) bool { return p.h.Now().Sub(x.Since) > bookKept })
		return change(all), nil
	})
}

// find is the customer of a number; nil if there is none.
func (p *handover) find(c *router.Context, n int) (*customer, error) {
	all, err := p.update(c, func(all []customer) []customer { return all })
	i := slices.IndexFunc(all, func(x customer) bool { return x.Number == n })
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}

// take takes a customer over.
func (p *handover) take(c *router.Context, a number) error {
	x, err := p.find(c, a.N)
	if err != nil {
		return err
	}
	if x == nil {
		return c.Replyf("没有 %d 号，发“排队”看看谁在等。", a.N)
	}
	if err := p.hush(c, x.Account, x.Chat, p.c.Silence); err != nil {
		return err
	}
	by := c.SenderName()
	_, err = p.update(c, func(all []customer) []customer {
		for i := range all {
			if all[i].Number == a.N {
				all[i].By = by
			}
		}
		return all
	})
	if err != nil {
		return err
	}
	if err := p.askSummary(c, x); err != nil {
		return err
	}
	return c.Replyf("%d 号 %s 由 %s 接入，机器人安静 %s。发“放回 %d”提前恢复。", x.Number, x.Name, by, words(p.c.Silence), x.Number)
}

// giveBack gives a customer back to the bot.
func (p *handover) giveBack(c *router.Context, a number) error {
	x, err := router.Remember(c, "customer", func() (*customer, error) { return p.find(c, a.N) })
	if err != nil {
		return err //nolint:wrapcheck // it names the step
	}
	if x == nil {
		return c.Replyf("没有 %d 号，发“排队”看看谁在等。", a.N)
	}
	if err := p.end(c, x.Account, x.Chat); err != nil {
		return err
	}
	return c.Replyf("%d 号 %s 已放回给机器人。", x.Number, x.Name)
}

// list lists who waits and who is taken over.
func (p *handover) list(c *router.Context) error {
	all, err := p.update(c, func(all []customer) []customer { return all })
	if err != nil {
		return err
	}
	lines := make([]string, 0, len(all))
	for _, x := range all {
		line, _, err := p.line(c, x)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return c.Reply("没有人在等。")
	}
	return c.Reply(strings.Join(lines, "\n"))
}

// line is what a list says of a customer, and whether they are still in the hands of people: they
// wait, or the bot is quiet.
func (p *handover) line(ctx context.Context, x customer) (text string, open bool, err error) {
	state := "在等"
	if x.By != "" {
		state = x.By + " 已接入"
	}
	until, err := p.until(ctx, x.Account, x.Chat)
	if err != nil {
		return "", false, err
	}
	quiet := until.After(p.h.Now())
	if !quiet {
		state += "，机器人已恢复"
	}
	return fmt.Sprintf("%d 号 %s：%s（%s 起）", x.Number, x.Name, state, x.Since.Format("15:04")), quiet || x.By == "", nil
}

// words is a time as people say it.
func words(d time.Duration) string {
	if d < time.Hour {
		return fmt.Sprintf("%d 分钟", int(d.Minutes()))
	}
	return fmt.Sprintf("%g 小时", d.Hours())
}
