package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
)

// tasksCmd looks after the tasks that have not begun.
type tasksCmd struct {
	List   tasksListCmd   `cmd:"" help:"List the tasks that are to be done later, and those that wait for their plugin."`
	Cancel tasksCancelCmd `cmd:"" help:"Take a task away."`
	RunNow tasksRunNowCmd `cmd:"" name:"run-now" help:"Have a task done now."`
}

// tasksOf are the tasks in a store.
func tasksOf(back store.Store) *task.Tasks {
	return &task.Tasks{State: back.State(), Inbox: back.Inbox()}
}

// tasksPage is how many tasks are read at once.
const tasksPage = 500

// eachTask calls f for each task that has not begun, until f returns true.
func eachTask(c console, back store.Store, f func(task.Task) (enough bool)) error {
	for after := ""; ; {
		page, next, err := tasksOf(back).List(c.ctx, after, tasksPage)
		if err != nil {
			return err
		}
		for _, x := range page {
			if f(x) {
				return nil
			}
		}
		if after = next; after == "" {
			return nil
		}
	}
}

// taskView is a task as --json prints it.
type taskView struct {
	Name    string    `json:"name"`
	Key     string    `json:"key"`
	State   string    `json:"state"` // pending, due or waiting_for_plugin
	Due     time.Time `json:"due"`
	Account string    `json:"account,omitempty"`
	Chat    string    `json:"chat,omitempty"`
	Bytes   int       `json:"bytes"`
}

func viewOfTask(x task.Task, now time.Time) taskView {
	v := taskView{Name: x.Name, Key: x.Key, State: "pending", Due: x.Due.UTC(), Account: x.Account, Chat: x.Conversation, Bytes: x.Bytes}
	switch {
	case x.Parked:
		v.State = "waiting_for_plugin"
	case !x.Due.After(now):
		v.State = "due"
	}
	return v
}

// tasksListCmd lists tasks.
type tasksListCmd struct {
	dataDir
	Name  string `help:"Only the tasks of this name."`
	Limit int    `default:"100" help:"How many at most."`
}

// Run prints a line for each task.
func (cmd *tasksListCmd) Run(c console) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("tasks: %w", err)
	}
	defer back.Close()
	var views []taskView
	err = eachTask(c, back, func(x task.Task) bool {
		if cmd.Name == "" || x.Name == cmd.Name {
			views = append(views, viewOfTask(x, c.time()))
		}
		return len(views) > cmd.Limit
	})
	if err != nil {
		return fmt.Errorf("tasks: %w", err)
	}
	more := len(views) > cmd.Limit
	if more {
		views = views[:cmd.Limit]
	}
	if err := cmd.print(c, views); err != nil {
		return err
	}
	if more {
		c.say("there are more: raise --limit, or name them with --name")
	}
	return nil
}

func (cmd *tasksListCmd) print(c console, views []taskView) error {
	if cmd.JSON {
		for _, v := range views {
			line, err := marshal(v)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s\n", line)
		}
		return nil
	}
	if len(views) == 0 {
		c.tell("nothing")
		return nil
	}
	t := c.table()
	t.head("NAME", "KEY", "DUE", "STATE", "ACCOUNT", "CHAT")
	for _, v := range views {
		t.row(v.Name, v.Key, v.Due.Local().Format(time.DateTime), v.State, v.Account, v.Chat)
	}
	return t.end()
}

// oneTask is the arguments of the commands that change a task.
type oneTask struct {
	dataDir
	Name string `arg:"" help:"Name as list shows it."`
	Key  string `arg:"" help:"Key as list shows it."`
}

// change changes the task, and says that it was done.
func (cmd *oneTask) change(c console, done string, do func(*task.Tasks) (bool, error)) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("tasks: %w", err)
	}
	defer back.Close()
	found, err := do(tasksOf(back))
	switch {
	case err != nil:
		return fmt.Errorf("tasks: %w", err)
	case !found:
		return errors.New("tasks: there is no such task that has not begun: hongyan tasks list shows the names and keys")
	}
	return cmd.line(c, map[string]string{"name": cmd.Name, "key": cmd.Key, "state": done}, "%s %s: %v", cmd.Name, cmd.Key,
		phrase.Word(done))
}

// tasksCancelCmd takes a task away.
type tasksCancelCmd struct{ oneTask }

// Run cancels.
func (cmd *tasksCancelCmd) Run(c console) error {
	return cmd.change(c, "cancelled", func(t *task.Tasks) (bool, error) {
		pending, err := t.Cancel(c.ctx, cmd.Name, cmd.Key)
		if err != nil {
			return false, err
		}
		parked, err := t.CancelParked(c.ctx, cmd.Name, cmd.Key)
		return pending || parked, err
	})
}

// tasksRunNowCmd has a task done now.
type tasksRunNowCmd struct{ oneTask }

// Run makes the task due.
func (cmd *tasksRunNowCmd) Run(c console) error {
	return cmd.change(c, "due", func(t *task.Tasks) (bool, error) { return t.RunNow(c.ctx, cmd.Name, cmd.Key) })
}
