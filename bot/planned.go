package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/schedule"
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
	Paused   bool // Pause has been called; then none comes next

	schedules *schedule.Scheduler
}

// RunNow has the schedule run once now, also one that is paused; its other times stay. What the run
// sends counts as sent for the time of the call.
func (p PlannedSchedule) RunNow(ctx context.Context) error {
	return operated(p.schedules.RunNow(ctx, p.Name))
}

// Pause lets the schedule run no more until Resume, in all processes of the store and beyond a
// restart. A run that has begun goes on. Other processes follow within a minute.
func (p PlannedSchedule) Pause(ctx context.Context) error {
	return operated(p.schedules.Pause(ctx, p.Name))
}

// Resume ends a Pause. The times that have passed meanwhile are left out.
func (p PlannedSchedule) Resume(ctx context.Context) error {
	return operated(p.schedules.Resume(ctx, p.Name))
}

func operated(err error) error {
	if err != nil {
		return fmt.Errorf("bot: %w", err)
	}
	return nil
}

// Schedules lists the schedules of the bot and its plugins in the order of their names.
func (b *Bot) Schedules(ctx context.Context) ([]PlannedSchedule, error) {
	list, err := b.schedules.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	all := make([]PlannedSchedule, len(list))
	for i, p := range list {
		all[i] = PlannedSchedule{
			Name: p.Name, Times: p.Times, Next: p.Next, Last: p.Last, Due: p.Due, Attempts: p.Attempts, Paused: p.Paused,
			schedules: b.schedules,
		}
	}
	return all, nil
}
