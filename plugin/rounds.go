package plugin

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

// Rounds knows the chats in which a plugin has heard something, for a schedule that does something
// in each of them. The zero value is ready.
type Rounds struct{ known sync.Map }

const keyRounds = "groups"

// Note notes the chat of an event.
func (r *Rounds) Note(c *router.Context) error {
	if _, known := r.known.Load(c.ChatKey()); known {
		return nil
	}
	_, err := router.Update(c, c.Store(), keyRounds, 0, func(m map[string]string) (map[string]string, error) {
		if m == nil {
			m = map[string]string{}
		}
		if m[c.Conversation().ID] == "" { // of several accounts, the first
			m[c.Conversation().ID] = c.Account()
		}
		return m, nil
	})
	if err == nil {
		r.known.Store(c.ChatKey(), true)
	}
	return err //nolint:wrapcheck // it names the value
}

// Each asks for a task in each of the chats, gap after one another. data is that of the task, which
// is due that much later than the schedule.
func (r *Rounds) Each(j *bot.Job, task string, gap time.Duration, data func(delay time.Duration) any) error {
	chats := map[string]string{}
	if _, err := j.Store().Get(j, keyRounds, &chats); err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	var delay time.Duration
	for _, chat := range slices.Sorted(maps.Keys(chats)) {
		key := fmt.Sprintf("%s %s %d", chats[chat], chat, j.Due.Unix())
		if err := j.Later(task, key, delay, data(delay), bot.InChat(chats[chat], chat)); err != nil {
			return err //nolint:wrapcheck // it names the task
		}
		delay += gap
	}
	return nil
}

// Daily runs a function at times of the day, in a time zone or that of the bot, and late at most so
// much if the bot was down.
func Daily(h *bot.Handle, s Scope, at []Clock, late time.Duration, run func(*bot.Job) error, more ...bot.ScheduleOption) {
	for _, clock := range at {
		options := append([]bot.ScheduleOption{bot.CatchUp(late)}, more...)
		if len(s.Accounts) > 0 {
			options = append(options, bot.At(s.Accounts[0], ""))
		}
		h.Schedule(clock.name(), clock.Cron(), run, options...)
	}
}
