package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/schedule"
)

// schedulesCmd looks after what runs at its times.
type schedulesCmd struct {
	List   schedulesListCmd   `cmd:"" help:"List the schedules and when they run next. 列出定时。"`
	RunNow schedulesRunNowCmd `cmd:"" name:"run-now" help:"Have a schedule run once now. 立即运行一次。"`
	Pause  schedulesPauseCmd  `cmd:"" help:"Let a schedule run no more until it is resumed. 暂停定时。"`
	Resume schedulesResumeCmd `cmd:"" help:"Let a paused schedule go on. 恢复定时。"`
}

// scheduleView is a schedule as --json prints it.
type scheduleView struct {
	Name   string    `json:"name"`
	Times  string    `json:"times"`
	Next   time.Time `json:"next,omitzero"`
	Last   time.Time `json:"last,omitzero"`
	Paused bool      `json:"paused"`
}

// schedulesListCmd lists schedules.
type schedulesListCmd struct{ dataDir }

// Run prints a line for each schedule.
func (cmd *schedulesListCmd) Run(c console) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("schedules: %w", err)
	}
	defer back.Close()
	list, err := schedule.Operator{State: back.State()}.List(c.ctx)
	if err != nil {
		return fmt.Errorf("schedules: %w", err)
	}
	if cmd.JSON {
		for _, p := range list {
			line, err := marshal(scheduleView{p.Name, p.Times, p.Next, p.Last, p.Paused})
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s\n", line)
		}
		return nil
	}
	if len(list) == 0 {
		fmt.Fprintln(c.out, "nothing")
		return nil
	}
	t := c.table()
	t.row("NAME", "TIMES", "NEXT", "LAST")
	for _, p := range list {
		next := when(p.Next)
		if p.Paused {
			next = "paused"
		}
		t.row(p.Name, p.Times, next, when(p.Last))
	}
	return t.end()
}

// when is a time in a table.
func when(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Local().Format(time.DateTime)
}

// oneSchedule is the arguments of the commands that change a schedule.
type oneSchedule struct {
	dataDir
	Name string `arg:"" help:"Name as list shows it. list 显示的名称。"`
}

// change changes the schedule, and says that it was done.
func (cmd *oneSchedule) change(c console, done string, do func(schedule.Operator, context.Context, string) error) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("schedules: %w", err)
	}
	defer back.Close()
	err = do(schedule.Operator{State: back.State()}, c.ctx, cmd.Name)
	switch {
	case errors.Is(err, schedule.ErrNone):
		return errors.New("schedules: there is no such schedule: hongyan schedules list shows the names")
	case err != nil:
		return fmt.Errorf("schedules: %w", err)
	}
	return cmd.line(c, map[string]string{"name": cmd.Name, "state": done}, "%s: %s; a running bot follows within a minute", cmd.Name, done)
}

// schedulesRunNowCmd has a schedule run once.
type schedulesRunNowCmd struct{ oneSchedule }

// Run asks for a run.
func (cmd *schedulesRunNowCmd) Run(c console) error {
	return cmd.change(c, "due", schedule.Operator.RunNow)
}

// schedulesPauseCmd pauses a schedule.
type schedulesPauseCmd struct{ oneSchedule }

// Run pauses.
func (cmd *schedulesPauseCmd) Run(c console) error {
	return cmd.change(c, "paused", schedule.Operator.Pause)
}

// schedulesResumeCmd resumes a schedule.
type schedulesResumeCmd struct{ oneSchedule }

// Run resumes.
func (cmd *schedulesResumeCmd) Run(c console) error {
	return cmd.change(c, "resumed", schedule.Operator.Resume)
}
