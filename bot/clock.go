package bot

import (
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
)

// Clock is the time of a bot: that of the machine, the virtual one of a simulator, or one of the
// user's own.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// NewTimer returns a channel that gets the time once, after d. stop ends the timer, and reports
	// whether it did so before the timer fired. The bot always calls it, after the work that the
	// timer started; a virtual clock does not move before that.
	NewTimer(d time.Duration) (c <-chan time.Time, stop func() bool)
}

// clockTracker counts what runs on the clock of the bot; nil if the clock does not ask for it.
func (b *Bot) clockTracker() *clock.Tracker { return clock.TrackerOf(b.config.Clock) }

// Now returns the time of the bot's clock, which tests move. In handlers, Context.Now is the same.
func (h *Handle) Now() time.Time { return h.bot.now() }

// now is the time in the zone of the bot.
func (b *Bot) now() time.Time {
	if b.config.Zone == nil {
		return b.config.Clock.Now()
	}
	return b.config.Clock.Now().In(b.config.Zone)
}

// Zone is the time zone of Config.Zone; that of the machine if there is none.
func (h *Handle) Zone() *time.Location { return h.bot.zone() }

func (b *Bot) zone() *time.Location {
	if b.config.Zone == nil {
		return time.Local //nolint:gosmopolitan // the configuration has no other
	}
	return b.config.Zone
}
