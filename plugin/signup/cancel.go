package signup

import (
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// cancelled is what a cancellation has changed.
type cancelled struct{ Gone, Moved *entry }

// cancel takes a person out, and moves up the first who waits.
func (p *form) cancel(c *router.Context) error {
	done, err := router.Remember(c, "cancel", func() (done cancelled, err error) {
		_, err = router.Update(c, c.Store(), keyEntries, 0, func(all []entry) ([]entry, error) {
			done = cancelled{}
			for i, e := range slices.Backward(all) {
				if e.Wxid != c.Sender() {
					continue
				}
				done.Gone, all = &e, slices.Delete(all, i, i+1)
				if p.c.Places > 0 && i < p.c.Places && len(all) >= p.c.Places {
					moved := all[p.c.Places-1]
					done.Moved = &moved
				}
				break
			}
			return all, nil
		})
		return done, err
	})
	switch {
	case err != nil:
		return err
	case done.Gone == nil:
		return c.ReplyAt("你没有报名。")
	}
	if err := p.mark(c, *done.Gone, statusGone); err != nil {
		return err
	}
	if m := done.Moved; m != nil {
		if err := p.mark(c, *m, statusIn); err != nil {
			return err
		}
		if err := p.later(c, m.ID, "moved", m.ID, time.Second, *m); err != nil {
			return err
		}
	}
	if err := c.Store().Delete(c, rowPrefix+done.Gone.ID); err != nil {
		return err
	}
	return c.ReplyAt("已取消报名。")
}

// mark records that somebody has another status.
func (p *form) mark(c *router.Context, e entry, status string) error {
	var answers []string
	if _, err := c.Store().Get(c, rowPrefix+e.ID, &answers); err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	return p.record(c, p.header(), p.row(e, answers, status))
}

// moved tells somebody who has waited about the place, if they still have it.
func (p *form) moved(t *bot.Task[entry]) error {
	all, err := p.entries(t.Context)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e entry) bool { return e.ID == t.Data.ID })
	if i < 0 || i >= p.c.Places || callback.IsGroup(t.Data.Chat) && !p.h.On(t, t.Data.Account, t.Data.Chat) {
		return nil
	}
	return p.h.Chat(t, t.Data.Account, t.Data.Chat).Mention([]xmlmsg.Person{{Username: t.Data.Wxid, Nickname: t.Data.Name}},
		fmt.Sprintf("有人取消，你从候补转为正式报名，第 %d 位。", i+1), router.AsAnswer())
}
