package handover

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// notify are those who may be told.
func (p *handover) notify() []string {
	if len(p.c.Notify) == 0 {
		return []string{plugin.Owners}
	}
	return p.c.Notify
}

// told is the scope that tells those who are there at a time, and all if nobody is; there is false
// then, and outside of the hours of all.
func (p *handover) told(now time.Time) (told plugin.Scope, there bool) {
	told = p.c.Scope
	told.Notify = nil
	for _, chat := range p.notify() {
		if hours := p.by[chat]; hours == nil || hours.Contains(now) {
			told.Notify = append(told.Notify, chat)
		}
	}
	if len(told.Notify) == 0 {
		return p.c.Scope, false
	}
	return told, p.hours == nil || p.hours.Contains(now)
}

// isDesk reports whether a message is from where customers are taken over: a chat that is told.
func (p *handover) isDesk(s *match.Subject) bool {
	for _, name := range plugin.Chats(p.h, p.notify()) {
		if name == s.Event.Conversation.ID {
			return true
		}
		if id, err := p.h.Contacts().Find(context.Background(), s.Event.AppID, name); err == nil && id == s.Event.Conversation.ID {
			return true
		}
	}
	return false
}

// openLate is how late the list of the open customers may come after the bot was down.
const openLate = time.Hour

// remind sends the list of the customers who wait or are taken over, by the account at which they
// are. A hand-over that everybody has forgotten is seen there.
func (p *handover) remind(j *bot.Job) error {
	all, err := p.update(j, func(all []customer) []customer { return all })
	if err != nil {
		return err
	}
	open := map[string][]string{}
	for _, x := range all {
		line, is, err := p.line(j, x)
		if err != nil {
			return err
		}
		if is {
			open[x.Account] = append(open[x.Account], line)
		}
	}
	told, _ := p.told(p.h.Now())
	var errs []error
	for _, account := range slices.Sorted(maps.Keys(open)) {
		lines := open[account]
		errs = append(errs, told.Tell(j, p.h, account, fmt.Sprintf("还有 %d 位客户在等人工，或由人工接待：\n%s\n发“放回 号”还给机器人。",
			len(lines), strings.Join(lines, "\n"))))
	}
	return router.Each(errs...)
}
