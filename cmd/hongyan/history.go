package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
)

// openHistory opens the history of a bot, which may be running. The caller closes both.
func (d dataDir) openHistory(c console) (*history.File, store.Store, error) {
	dir, _, err := d.place(c)
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, history.FileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, phrase.Errorf("there is no history in %s: write history: {keep: 30d} into the file of the bot to keep "+
			"what is said",
			dir)
	}
	back, err := d.open(c)
	if err != nil {
		return nil, nil, err
	}
	f, err := history.Open(c.ctx, path, back, 0, c.time)
	if err != nil {
		return nil, nil, errors.Join(err, back.Close())
	}
	return f, back, nil
}

// historyCmd shows what was said.
type historyCmd struct {
	dataDir
	Words   string    `arg:"" optional:"" help:"Words to search for; without them, the latest messages."`
	Chat    string    `placeholder:"ID" help:"Only this chat, by its id."`
	Account string    `placeholder:"ID" help:"Only this account, by its appId."`
	Person  string    `placeholder:"WXID" help:"Only what this person has written."`
	From    time.Time `format:"2006-01-02" placeholder:"DAY" help:"Only from this day on, such as 2026-01-31."`
	To      time.Time `format:"2006-01-02" placeholder:"DAY" help:"Only before this day."`
	Around  string    `placeholder:"KEY" help:"The message of this key, and those around it."`
	Before  string    `placeholder:"CURSOR" help:"Only older messages than that of this cursor."`
	Limit   int       `default:"50" help:"How many at most, up to 500."`
}

// Run prints a line for each message, the latest at the end.
func (cmd *historyCmd) Run(c console) (err error) {
	f, back, err := cmd.openHistory(c)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), back.Close()) }()
	q := history.Query{
		Words: cmd.Words, Person: cmd.Person, From: cmd.From, To: cmd.To, Around: cmd.Around, Before: cmd.Before, Limit: cmd.Limit,
	}
	if cmd.Chat != "" {
		q.Chats = []string{cmd.Chat}
	}
	if cmd.Account != "" {
		q.Accounts = []string{cmd.Account}
	}
	var p history.Page
	if q.Words == "" && q.Person == "" {
		p, err = f.Messages(c.ctx, q)
	} else {
		for p, err = f.Search(c.ctx, q); err == nil && len(p.Messages) == 0 && p.Older != ""; p, err = f.Search(c.ctx, q) {
			q.Before = p.Older
		}
		slices.Reverse(p.Messages)
	}
	if err != nil {
		return err
	}
	if err := cmd.print(c, p.Messages); err != nil {
		return err
	}
	switch {
	case p.Older == "" || q.Around != "":
	case p.LookedBack.IsZero():
		c.say("there may be older ones: --before %s", p.Older)
	default:
		c.say("searched back to %s; it goes on with --before %s", p.LookedBack.Local().Format(time.DateTime), p.Older)
	}
	return nil
}

func (cmd *historyCmd) print(c console, messages []history.Message) error {
	if cmd.JSON {
		for _, m := range messages {
			line, err := marshal(m)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s\n", line)
		}
		return nil
	}
	if len(messages) == 0 {
		c.tell("nothing")
		return nil
	}
	t := c.table()
	t.head("TIME", "CHAT", "FROM", "KIND", "TEXT")
	for _, m := range messages {
		t.row(m.Time.Local().Format(time.DateTime), or(m.Chat.Name, m.Chat.ID), c.printer().Word(from(m)), m.Kind, m.Text)
	}
	return t.end()
}

// from is who has written a message.
func from(m history.Message) string {
	switch {
	case m.State == string(store.Unknown):
		return "bot (unknown)"
	case m.Self && m.State != "":
		return "bot"
	case m.Self:
		return "phone"
	}
	return or(m.Sender.Name, m.Sender.ID)
}

func or(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// forgetCmd takes a person out of what a bot keeps.
type forgetCmd struct {
	dataDir
	Wxid string `arg:"" help:"The wxid of the person."`
	Yes  bool   `help:"Do not ask."`
}

// Run deletes, and says what is left.
func (cmd *forgetCmd) Run(c console) (err error) {
	if !cmd.Yes {
		return phrase.Errorf("forget: what %s has written will be deleted for good: add --yes", cmd.Wxid)
	}
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	defer func() { err = errors.Join(err, back.Close()) }()
	dir, _, err := cmd.place(c)
	if err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	path := filepath.Join(dir, history.FileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		path = "" // the log of a cluster has it nonetheless
	}
	f, err := history.Open(c.ctx, path, back, 0, c.time)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	messages, err := f.Forget(c.ctx, cmd.Wxid)
	if err != nil {
		return err
	}
	events, err := gateway.Forget(c.ctx, back, cmd.Wxid)
	if err != nil {
		return err
	}
	if cmd.JSON {
		line, err := marshal(map[string]any{"wxid": cmd.Wxid, "messages": messages, "events": events})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\n", line)
		return nil
	}
	c.tell("%s: %d messages of the history and %d events of the gateway are deleted", cmd.Wxid, messages, events)
	c.say("what others have said of this person stays, as do downloaded files, the archive, the files of plugins, recordings and " +
		"backups; contacts are asked for again: see docs/en/history.md")
	return nil
}
