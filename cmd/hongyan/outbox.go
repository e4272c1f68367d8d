package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/doctor"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// outboxCmd groups the commands for outgoing messages.
type outboxCmd struct {
	List    outboxListCmd    `cmd:"" help:"List the messages that have not been sent, and why."`
	Sent    outboxSentCmd    `cmd:"" help:"Say that unknown messages have arrived: they are not sent again."`
	Resend  outboxResendCmd  `cmd:"" help:"Send messages again that are unknown, refused or expired."`
	Release outboxReleaseCmd `cmd:"" help:"Let held messages go on."`
	Drop    outboxDropCmd    `cmd:"" help:"Give messages up for good."`
	Pause   outboxPauseCmd   `cmd:"" help:"Stop all sending within a second, until resume."`
	Resume  outboxResumeCmd  `cmd:"" help:"Let sends go out again."`
}

// outboxListCmd lists sends.
type outboxListCmd struct {
	dataDir
	State   []string `help:"Only these states: queued, held, sending, sent, refused, unknown, expired. Default: all but sent."`
	Account string   `help:"Only this appId."`
	Target  string   `help:"Only to this friend or group."`
	After   uint64   `help:"Begin after this number, for the next page."`
	Limit   int      `default:"100" help:"How many at most."`
	Text    bool     `help:"Show what the messages say."`
}

// Help explains the states.
func (outboxListCmd) Help() string {
	return "unknown: the message may have been sent or not, as its connection broke; look into the chat, then say sent, resend or drop.\n" +
		"held: it waits for a person: release or drop. expired: its turn did not come in time.\n" +
		"refused: the service, a gate or a person said no."
}

// states returns the states to list.
func (cmd *outboxListCmd) states() ([]store.SendState, error) {
	if len(cmd.State) == 0 {
		return []store.SendState{store.Queued, store.Held, store.Sending, store.Refused, store.Unknown, store.Expired}, nil
	}
	var states []store.SendState
	for _, name := range cmd.State {
		switch s := store.SendState(name); s {
		case store.Queued, store.Held, store.Sending, store.Sent, store.Refused, store.Unknown, store.Expired:
			states = append(states, s)
		default:
			return nil, phrase.Errorf("outbox: there is no state %q: use queued, held, sending, sent, refused, unknown or expired", name)
		}
	}
	return states, nil
}

// Run prints a line for each send.
func (cmd *outboxListCmd) Run(c console) error {
	states, err := cmd.states()
	if err != nil {
		return err
	}
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer back.Close()
	if err := cmd.tellPauses(c, back); err != nil {
		return err
	}
	sends, err := back.Ledger().List(c.ctx, store.SendQuery{
		States: states, Account: cmd.Account, Target: cmd.Target, After: cmd.After, Limit: cmd.Limit + 1,
	})
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	more := len(sends) > cmd.Limit
	if more {
		sends = sends[:cmd.Limit]
	}
	if err := cmd.print(c, sends); err != nil {
		return err
	}
	if more {
		c.say("there are more: --after %d", sends[len(sends)-1].Seq)
	}
	return nil
}

func (cmd *outboxListCmd) print(c console, sends []store.Send) error {
	if cmd.JSON {
		for _, s := range sends {
			line, err := marshal(viewOf(s, cmd.Text))
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s\n", line)
		}
		return nil
	}
	if len(sends) == 0 {
		c.tell("nothing")
		return nil
	}
	t := c.table()
	t.head("TIME", "STATE", "CLASS", "ENDPOINT", "TARGET", "KEY", "REASON")
	for _, s := range sends {
		t.row(s.Updated.Local().Format(time.DateTime), s.State, outbox.ClassOf(s), s.Endpoint, s.Target, outbox.GivenKey(s),
			phrase.Word(s.Reason))
		if cmd.Text {
			t.row("", strconv.Quote(textOf(s)))
		}
	}
	return t.end()
}

// tellPauses prints the pauses that keep messages from going out.
func (cmd *outboxListCmd) tellPauses(c console, back store.Store) error {
	pauses, err := outbox.Pauses(c.ctx, back.State())
	if err != nil {
		return err
	}
	for _, p := range pauses {
		c.say("sending is stopped for %v since %s: %v", doctor.WhoPaused(p), p.Since.Local().Format(time.DateTime), phrase.Word(p.Reason))
	}
	tellPauseFile(c, cmd.dataDir)
	return nil
}

// tellPauseFile prints that the file STOP pauses all sending, if it exists.
func tellPauseFile(c console, d dataDir) {
	dir, _, err := d.place(c)
	if err != nil {
		return // the store of this configuration has been opened
	}
	file := filepath.Join(dir, bot.PauseFile)
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		c.say("sending is stopped by the file %s, until it is removed: hongyan outbox resume does", file)
	}
}

// sendView is a send as --json prints it.
type sendView struct {
	Seq      uint64          `json:"seq"`
	Key      string          `json:"key"`
	State    store.SendState `json:"state"`
	Class    outbox.Class    `json:"class"`
	Account  string          `json:"account"`
	Target   string          `json:"target"`
	Endpoint string          `json:"endpoint"`
	Source   string          `json:"source,omitempty"`
	Event    string          `json:"event,omitempty"`
	Attempts int             `json:"attempts"`
	Reason   string          `json:"reason,omitempty"`
	Created  time.Time       `json:"created"`
	Updated  time.Time       `json:"updated"`
	Expires  *time.Time      `json:"expires,omitempty"`
	Text     string          `json:"text,omitempty"`
}

func viewOf(s store.Send, text bool) sendView {
	v := sendView{
		Seq: s.Seq, Key: s.Key, State: s.State, Class: outbox.ClassOf(s), Account: s.Account, Target: s.Target, Endpoint: s.Endpoint,
		Source: s.Source, Event: s.Event, Attempts: s.Attempts, Reason: s.Reason, Created: s.Created.UTC(), Updated: s.Updated.UTC(),
	}
	if !s.Expires.IsZero() {
		expires := s.Expires.UTC()
		v.Expires = &expires
	}
	if text {
		v.Text = textOf(s)
	}
	return v
}

// textOf is the text of a message, or the body of its call if it has none.
func textOf(s store.Send) string {
	if m, err := api.DecodeSend(s.Endpoint, s.Body); err == nil {
		if text, ok := m.(api.PostText); ok {
			return text.Content
		}
	}
	if !json.Valid(s.Body) {
		return ""
	}
	return string(s.Body)
}

// outboxKeys are the arguments of the commands that change sends.
type outboxKeys struct {
	dataDir
	Keys []string `arg:"" name:"key" help:"Keys as list shows them: those that the author gave, if any."`
}

// each calls do for each key, and prints the result, also for the dead letters that waited for the
// send.
func (k outboxKeys) each(c console, do func(store.Ledger, string) (store.Send, error), done phrase.Text) error {
	back, err := k.open(c)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer back.Close()
	failed := false
	for _, key := range k.Keys {
		s, err := do(back.Ledger(), key)
		var letters outbox.Letters
		if err == nil {
			letters, err = outbox.Follow(c.ctx, back, s)
		}
		if err == nil {
			result := lettersOf(done, letters)
			err = k.line(c, map[string]any{"key": key, "state": s.State, "done": result}, "%s: %v", key, result)
		}
		if err != nil {
			c.fail(err)
			failed = true
		}
	}
	if failed {
		return quietError{}
	}
	return nil
}

// lettersOf adds what happened to dead letters.
func lettersOf(done phrase.Text, l outbox.Letters) phrase.Text {
	for _, part := range []struct {
		count int
		what  phrase.Text
	}{
		{l.Revived, phrase.New("the message that waited for it goes on")},
		{l.Dropped, phrase.New("the message that waited for it is given up, too")},
		{l.Waiting, phrase.New("its message waits for another send that is unknown")},
	} {
		if part.count > 0 {
			done = phrase.New("%v; %v", done, part.what)
		}
	}
	return done
}

// outboxSentCmd marks unknown sends as sent.
type outboxSentCmd struct{ outboxKeys }

// Run marks the sends.
func (cmd *outboxSentCmd) Run(c console) error {
	return cmd.each(c, func(l store.Ledger, key string) (store.Send, error) { return outbox.MarkSent(c.ctx, l, key) },
		phrase.New("sent, as you say"))
}

// outboxResendCmd puts sends back into the queue.
type outboxResendCmd struct{ outboxKeys }

// Run resends.
func (cmd *outboxResendCmd) Run(c console) error {
	return cmd.each(c, func(l store.Ledger, key string) (store.Send, error) { return outbox.Resend(c.ctx, l, key, 0) },
		phrase.New("in the queue; a bot that runs sends it within seconds, as soon as its pace allows"))
}

// outboxReleaseCmd lets held sends go on.
type outboxReleaseCmd struct{ outboxKeys }

// Run releases.
func (cmd *outboxReleaseCmd) Run(c console) error {
	return cmd.each(c, func(l store.Ledger, key string) (store.Send, error) { return outbox.Release(c.ctx, l, key) },
		phrase.New("released; a bot that runs sends it within seconds, as soon as its pace and its gates allow"))
}

// outboxDropCmd gives sends up.
type outboxDropCmd struct{ outboxKeys }

// Run drops.
func (cmd *outboxDropCmd) Run(c console) error {
	return cmd.each(c, func(l store.Ledger, key string) (store.Send, error) { return outbox.Drop(c.ctx, l, key) }, phrase.New("dropped"))
}
