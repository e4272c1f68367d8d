package bot

import (
	"context"
	"fmt"
	"time"
)

// PlannedSchedule is a schedule and when it runs.
type PlannedSchedule struct {
	Name  string
	Times string    // as they were written, and their zone
	Next  time.Time // zero if none comes
	Last  time.Time // the latest time that is done; zero if none is
	// Due is the time that is running, or to be tried again; zero if none is. Attempts counts its
	// runs.
	Due      time.Time
	Attempts int
}

// Schedules lists the schedules of the bot and its plugins in the order of their names.
func (b *Bot) Schedules(ctx context.Context) ([]PlannedSchedule, error) {
	list, err := b.schedules.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	all := make([]PlannedSchedule, len(list))
	for i, p := range list {
		all[i] = PlannedSchedule(p)
	}
	return all, nil
}
