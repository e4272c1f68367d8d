package handover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// told is who is told, and when.
type told struct {
	chat  string
	hours *outbox.Hours // nil: always
}

// makeNotify reads who is told.
func (p *handover) makeNotify() (errs []error) {
	for i, t := range p.c.Notify {
		one := told{chat: t.Chat}
		if old, ok := p.c.NotifyHours[t.Chat]; ok {
			t.Hours = old
		}
		if t.Hours.From != t.Hours.To {
			var err error
			if one.hours, err = t.Hours.Hours(); err != nil {
				errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf("notify[%d].hours", i), Err: err})
			}
		}
		if strings.TrimSpace(t.Chat) == "" {
			err := errors.New("it is missing: write a chat, a person, or owners")
			errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf("notify[%d].chat", i), Err: err})
		}
		p.notify = append(p.notify, one)
	}
	for _, chat := range slices.Sorted(maps.Keys(p.c.NotifyHours)) {
		if !slices.Contains(p.everyone(), chat) {
			err := errors.New("notify has no such entry: write it there in the same words")
			errs = append(errs, &plugin.FieldError{Field: "notify_hours." + chat, Err: err})
		}
	}
	if len(p.notify) == 0 {
		p.notify = []told{{chat: plugin.Owners}}
	}
	return errs
}

// everyone are all who may be told.
func (p *handover) everyone() (all []string) {
	for _, t := range p.notify {
		all = append(all, t.chat)
	}
	return all
}

// told is the scope that tells those who are there at a time, and all if nobody is; there is false
// then, and outside of the hours of all.
func (p *handover) told(now time.Time) (told plugin.Scope, there bool) {
	for _, t := range p.notify {
		if t.hours == nil || t.hours.Contains(now) {
			told.Notify = append(told.Notify, t.chat)
		}
	}
	if len(told.Notify) == 0 {
		return plugin.Scope{Notify: p.everyone()}, false
	}
	return told, p.hours == nil || p.hours.Contains(now)
}

// isDesk reports whether a message is from where customers are taken over: a chat that is told.
func (p *handover) isDesk(s *match.Subject) bool {
	for _, name := range plugin.Chats(p.h, p.everyone()) {
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
