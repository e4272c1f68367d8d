package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/doctor"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// outboxPauseCmd pauses sending.
type outboxPauseCmd struct {
	dataDir
	Account string `help:"Only this appId."`
	Reason  string `default:"by hand" help:"Why, for those who wonder."`
}

// Run pauses sending. If the store cannot be written, such as on a full disk, it creates the file
// STOP.
func (cmd *outboxPauseCmd) Run(c console) error {
	err := cmd.pause(c)
	if err != nil {
		file, fileErr := cmd.pauseFile(c)
		if fileErr != nil || cmd.Account != "" {
			return err
		}
		if fileErr := os.WriteFile(file, nil, 0o600); fileErr != nil {
			return errors.Join(err, fmt.Errorf("outbox: %w", fileErr))
		}
		c.say("hongyan: %v; made the file %s instead", err, file)
	}
	return cmd.line(c, map[string]any{"paused": true, "account": cmd.Account},
		"sending stops within a second, and stays stopped over restarts, until hongyan outbox resume.")
}

func (cmd *outboxPauseCmd) pause(c console) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer back.Close()
	return outbox.Pause(c.ctx, back.State(), cmd.Account, cmd.Reason)
}

// pauseFile is the path of the file STOP in the data directory of a bot.
func (d dataDir) pauseFile(c console) (string, error) {
	dir, cluster, err := d.place(c)
	if err == nil && cluster == nil {
		_, err = os.Stat(filepath.Join(dir, sqlite.FileName))
	}
	return filepath.Join(dir, bot.PauseFile), err
}

// outboxResumeCmd ends a pause.
type outboxResumeCmd struct {
	dataDir
	Account string `help:"Only this appId. Default: all that is stopped, and the file STOP."`
}

// Run ends pauses, whether a person, the file STOP or the bot itself caused them, and prints those
// that remain.
func (cmd *outboxResumeCmd) Run(c console) error {
	back, err := cmd.open(c)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer back.Close()
	ended, left, err := cmd.resume(c, back)
	if err != nil {
		return err
	}
	removed, blocked, err := cmd.removePauseFile(c)
	if err != nil {
		return err
	}
	if err := cmd.warn(c, back.State()); err != nil {
		return err
	}
	switch {
	case left || blocked:
		return quietError{exitPerson}
	case ended || removed:
		return cmd.line(c, map[string]any{"resumed": true}, "resumed.")
	}
	return cmd.line(c, map[string]any{"resumed": false}, "nothing was stopped.")
}

// resume ends the pauses that are in the store.
func (cmd *outboxResumeCmd) resume(c console, back store.Store) (ended, left bool, err error) {
	pauses, err := outbox.Pauses(c.ctx, back.State())
	if err != nil {
		return false, false, err
	}
	for _, p := range pauses {
		switch {
		case cmd.Account == "" || p.Account == cmd.Account:
			if err := outbox.Resume(c.ctx, back.State(), p.Account); err != nil {
				return ended, left, err
			}
			ended = true
			err := cmd.line(c, map[string]any{"account": p.Account, "stopped": p.Since, "reason": p.Reason},
				"%v may send again, stopped since %s: %v", doctor.WhoPaused(p), p.Since.Local().Format(time.DateTime),
				phrase.Word(p.Reason))
			if err != nil {
				return ended, left, err
			}
		case p.Account == "":
			left = true
			c.say("all accounts are still stopped (%v): resume without --account ends that", phrase.Word(p.Reason))
		}
	}
	return ended, left, nil
}

// removePauseFile removes the file STOP, which pauses all accounts.
func (cmd *outboxResumeCmd) removePauseFile(c console) (removed, left bool, err error) {
	dir, _, err := cmd.place(c)
	if err != nil {
		return false, false, err
	}
	file := filepath.Join(dir, bot.PauseFile)
	if cmd.Account != "" {
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			c.say("all accounts are still stopped by the file %s: resume without --account removes it", file)
			return false, true, nil
		}
		return false, false, nil
	}
	switch err := os.Remove(file); {
	case errors.Is(err, fs.ErrNotExist):
		return false, false, nil
	case err != nil:
		c.say("all accounts are still stopped by the file %s, which cannot be removed: %v", file, err)
		return false, true, nil
	}
	err = cmd.line(c, map[string]any{"account": "", "file": file},
		"all accounts may send again, stopped by the file %s, which is removed", file)
	return true, false, err
}

// warn names the accounts that do not work: their next send is a test.
func (cmd *outboxResumeCmd) warn(c console, s store.State) error {
	open, err := monitor.Incidents(c.ctx, s)
	if err != nil {
		return err
	}
	for _, i := range open {
		if cmd.Account == "" || i.Account == cmd.Account {
			p := doctor.IncidentProblem(i)
			c.say("%v; its next send shows whether it works: if that fails, the bot pauses it again\n  → %v",
				p.Cause, p.Do)
		}
	}
	return nil
}
