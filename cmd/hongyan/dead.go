package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
)

// deadCmd looks after the dead letters: messages that were given up because their handler kept
// failing.
type deadCmd struct {
	List  deadListCmd  `cmd:"" help:"List the messages that were given up, and why."`
	Show  deadShowCmd  `cmd:"" help:"Print all that is known of one, with the stack of its failure."`
	Retry deadRetryCmd `cmd:"" help:"Hand messages to their handlers again, in their order."`
	Drop  deadDropCmd  `cmd:"" help:"Forget messages for good."`
}

// deadPage is how many dead letters are read at once.
const deadPage = 500

// eachDead calls f for each dead letter after a number, in order, until f returns true.
func eachDead(c console, in store.Inbox, after uint64, f func(store.DeadItem) (enough bool)) error {
	for {
		page, err := in.Dead(c.ctx, after, deadPage)
		if err != nil {
			return fmt.Errorf("dead: %w", err)
		}
		for _, d := range page {
			if after = d.Seq; f(d) {
				return nil
			}
		}
		if len(page) < deadPage {
			return nil
		}
	}
}

// deadView is a dead letter as --json prints it.
type deadView struct {
	Seq      uint64    `json:"seq"`
	Key      string    `json:"key"`
	Lane     string    `json:"lane"`
	Kind     string    `json:"kind"`
	Task     string    `json:"task,omitempty"` // the name of a task
	Attempts int       `json:"attempts"`
	Received time.Time `json:"received"`
	Buried   time.Time `json:"buried"`
	Reason   string    `json:"reason"`
	Stack    string    `json:"stack,omitempty"`
	Body     string    `json:"body,omitempty"`
}

func viewOfDead(d store.DeadItem) deadView {
	kind, name := "unreadable", ""
	if x, is, err := task.Parse(d.Body); is && err == nil {
		kind, name = "task", x.Name
	} else if e, err := callback.Decode(d.Body); err == nil {
		kind = string(e.Kind())
	}
	return deadView{
		Seq: d.Seq, Key: d.Key, Lane: d.Lane, Kind: kind, Task: name, Attempts: d.Attempts, Received: d.Received.UTC(),
		Buried: d.Buried.UTC(), Reason: d.Failure.Reason,
	}
}

// deadListCmd lists dead letters.
type deadListCmd struct {
	dataDir
	After uint64 `help:"Begin after this number, for the next page."`
	Limit int    `default:"100" help:"How many at most."`
}

// Run prints a line for each dead letter.
func (cmd *deadListCmd) Run(c console) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("dead: %w", err)
	}
	defer back.Close()
	var views []deadView
	err = eachDead(c, back.Inbox(), cmd.After, func(d store.DeadItem) bool {
		views = append(views, viewOfDead(d))
		return len(views) > cmd.Limit
	})
	if err != nil {
		return err
	}
	more := len(views) > cmd.Limit
	if more {
		views = views[:cmd.Limit]
	}
	if err := cmd.print(c, views); err != nil {
		return err
	}
	if more {
		c.say("there are more: --after %d", views[len(views)-1].Seq)
	}
	return nil
}

func (cmd *deadListCmd) print(c console, views []deadView) error {
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
	t.head("SEQ", "BURIED", "KIND", "TRIES", "CONVERSATION", "REASON")
	for _, v := range views {
		reason, _, _ := strings.Cut(v.Reason, "\n")
		t.row(v.Seq, v.Buried.Local().Format(time.DateTime), strings.TrimSpace(v.Kind+" "+v.Task), v.Attempts, v.Lane, reason)
	}
	return t.end()
}

// deadShowCmd prints one dead letter.
type deadShowCmd struct {
	dataDir
	Seq  uint64 `arg:"" help:"Number as list shows it."`
	Body bool   `help:"Print the callback as it was posted, too: it holds what was said."`
}

// Run prints the dead letter.
func (cmd *deadShowCmd) Run(c console) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("dead: %w", err)
	}
	defer back.Close()
	page, err := back.Inbox().Dead(c.ctx, cmd.Seq-1, 1)
	if err != nil {
		return fmt.Errorf("dead: %w", err)
	}
	if cmd.Seq == 0 || len(page) == 0 || page[0].Seq != cmd.Seq {
		return phrase.Errorf("dead: there is no dead letter %d: hongyan dead list shows the numbers", cmd.Seq)
	}
	v := viewOfDead(page[0])
	v.Stack = page[0].Failure.Stack
	if cmd.Body {
		v.Body = string(page[0].Body)
	}
	if cmd.JSON {
		line, err := marshal(v)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\n", line)
		return nil
	}
	for _, field := range []struct{ name, value string }{
		{"seq", strconv.FormatUint(v.Seq, 10)}, {"key", v.Key}, {"conversation", v.Lane}, {"kind", v.Kind}, {"task", v.Task},
		{"tries", strconv.Itoa(v.Attempts)},
		{"received", v.Received.Local().Format(time.DateTime)}, {"buried", v.Buried.Local().Format(time.DateTime)},
		{"reason", v.Reason}, {"stack", v.Stack}, {"body", v.Body},
	} {
		if field.value != "" {
			c.field(field.name, 13, indented(field.value, 14))
		}
	}
	return nil
}

// deadSeqs are the arguments of the commands that change dead letters.
type deadSeqs struct {
	dataDir
	Seqs []uint64 `arg:"" optional:"" name:"seq" help:"Numbers as list shows them."`
	All  bool     `help:"All of them."`
}

// Validate checks that something is named.
func (d deadSeqs) Validate() error {
	if d.All == (len(d.Seqs) > 0) {
		return errors.New("name the numbers that hongyan dead list shows, or --all")
	}
	return nil
}

// each calls do for each dead letter in order, and prints the result.
func (d deadSeqs) each(c console, do func(store.Inbox, uint64) error, done phrase.Text) error {
	back, err := d.open(c)
	if err != nil {
		return fmt.Errorf("dead: %w", err)
	}
	defer back.Close()
	seqs := d.Seqs
	if d.All {
		if err := eachDead(c, back.Inbox(), 0, func(x store.DeadItem) bool { seqs = append(seqs, x.Seq); return false }); err != nil {
			return err
		}
	}
	failed := false
	for _, seq := range seqs {
		err := do(back.Inbox(), seq)
		switch {
		case errors.Is(err, store.ErrNotFound):
			c.say("hongyan: there is no dead letter %d: hongyan dead list shows the numbers", seq)
		case err != nil:
			c.say("hongyan: %d: %v", seq, err)
		default:
			err = d.line(c, map[string]any{"seq": seq, "done": done}, "%d: %v", seq, done)
		}
		failed = failed || err != nil
	}
	if failed {
		return quietError{}
	}
	return nil
}

// deadRetryCmd hands dead letters to their handlers again.
type deadRetryCmd struct{ deadSeqs }

// Run revives.
func (cmd *deadRetryCmd) Run(c console) error {
	return cmd.each(c, func(in store.Inbox, seq uint64) error { return in.Revive(c.ctx, seq) },
		phrase.New("back in the inbox, after what waits in its conversation; a bot that runs handles it within seconds"))
}

// deadDropCmd deletes dead letters.
type deadDropCmd struct{ deadSeqs }

// Run drops.
func (cmd *deadDropCmd) Run(c console) error {
	return cmd.each(c, func(in store.Inbox, seq uint64) error { return in.Drop(c.ctx, seq) }, phrase.New("dropped"))
}
