package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
)

// inboxCmd groups the commands for incoming messages.
type inboxCmd struct {
	Stats inboxStatsCmd `cmd:"" help:"Count what waits, what is being handled, and what was given up."`
}

// inboxStatsCmd counts the messages of the inbox.
type inboxStatsCmd struct {
	dataDir
}

// inboxView is the counts as --json prints them.
type inboxView struct {
	Pending int                     `json:"pending"`
	Leased  int                     `json:"leased"`
	Dead    int                     `json:"dead"`
	Keys    int                     `json:"keys"`
	Oldest  *time.Time              `json:"oldest,omitempty"`
	Tasks   map[string]int          `json:"tasks"` // those that have not begun, by name
	Sends   map[store.SendState]int `json:"sends"`
}

// maxCounted is how many tasks are counted.
const maxCounted = 100_000

// Run prints the counts of inbox and outbox.
func (cmd *inboxStatsCmd) Run(c console) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	defer back.Close()
	stats, err := back.Inbox().Stats(c.ctx)
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	sends, err := back.Ledger().Count(c.ctx)
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	v := inboxView{Pending: stats.Pending, Leased: stats.Leased, Dead: stats.Dead, Keys: stats.Keys, Sends: sends, Tasks: map[string]int{}}
	counted := 0
	err = eachTask(c, back, func(x task.Task) bool {
		v.Tasks[x.Name]++
		counted++
		return counted == maxCounted
	})
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	if !stats.Oldest.IsZero() {
		oldest := stats.Oldest.UTC()
		v.Oldest = &oldest
	}
	if cmd.JSON {
		line, err := marshal(v)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\n", line)
		return nil
	}
	for _, line := range []struct {
		name  string
		count int
	}{{"waiting", v.Pending}, {"being handled", v.Leased}, {"dead letters", v.Dead}, {"known keys", v.Keys}} {
		c.field(line.name, 14, strconv.Itoa(line.count))
	}
	if v.Oldest != nil {
		c.tell("oldest         %s, %v ago", v.Oldest.Local().Format(time.DateTime), time.Since(*v.Oldest).Round(time.Second))
	}
	for _, name := range slices.Sorted(maps.Keys(v.Tasks)) {
		c.tell("task %-9s %d to be done later", name, v.Tasks[name])
	}
	if counted == maxCounted {
		c.say("there are more tasks: %d were counted", counted)
	}
	for _, state := range []store.SendState{
		store.Queued, store.Held, store.Sending, store.Sent, store.Refused, store.Unknown, store.Expired,
	} {
		if n := sends[state]; n > 0 {
			c.tell("sends %-8s %d", state, n)
		}
	}
	return nil
}
