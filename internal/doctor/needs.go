package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reach"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// Need is something in the store of a bot that needs a person's decision.
type Need struct { //nolint:errname // its Problem is one, it is not
	Check string `json:"check"`
	reach.Problem
}

// Needs lists the needs of all accounts of the bot. dir is the directory of the file STOP.
func Needs(ctx context.Context, back store.Store, dir string) ([]Need, error) {
	needs, err := pauses(ctx, back.State())
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, bot.PauseFile)
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		needs = append(needs, Need{"sending", reach.Problem{
			Cause: phrase.New("sending is stopped by the file %s", file), Do: phrase.New("hongyan outbox resume, which removes it"),
		}})
	}
	sends, err := back.Ledger().Count(ctx)
	if err != nil {
		return nil, err
	}
	if n := sends[store.Unknown]; n > 0 {
		needs = append(needs, Need{"unknown sends", reach.Problem{
			Cause: phrase.Count(n, "%d message may have been sent, or not", "%d messages may have been sent, or not"),
			Do: phrase.New("hongyan outbox list --state unknown shows the keys; look into the chat, then hongyan outbox sent, " +
				"resend or drop KEY"),
		}})
	}
	if n := sends[store.Held]; n > 0 {
		needs = append(needs, Need{"held sends", reach.Problem{
			Cause: phrase.Count(n, "%d message held until a person decides", "%d messages held until a person decides"),
			Do:    phrase.New("hongyan outbox list --state held, then hongyan outbox release or drop KEY"),
		}})
	}
	dead, err := deadLetters(ctx, back, sends[store.Unknown])
	if err != nil {
		return nil, err
	}
	if dead > 0 {
		needs = append(needs, Need{"dead letters", reach.Problem{
			Cause: phrase.Count(dead, "%d message given up, as the handler failed too often",
				"%d messages given up, as the handler failed too often"),
			Do: phrase.New("hongyan dead list says why; then hongyan dead retry or drop"),
		}})
	}
	return needs, nil
}

// pauses lists the accounts that do not work, and those whose sending is paused for another reason.
func pauses(ctx context.Context, s store.State) ([]Need, error) {
	open, err := monitor.Incidents(ctx, s)
	if err != nil {
		return nil, err
	}
	paused, err := outbox.Pauses(ctx, s)
	if err != nil {
		return nil, err
	}
	var needs []Need
	down := map[string]bool{}
	for _, i := range open {
		down[i.Account] = true
		needs = append(needs, Need{"account works", IncidentProblem(i)})
	}
	for _, p := range paused {
		if p.Reason == bot.PausedByMonitor && down[p.Account] {
			continue
		}
		needs = append(needs, Need{"sending", reach.Problem{
			Cause: phrase.New("sending is stopped for %v since %s: %v", WhoPaused(p), p.Since.Local().Format(time.DateTime),
				phrase.Word(p.Reason)),
			Do: phrase.New("hongyan outbox resume"),
		}})
	}
	return needs, nil
}

// IncidentProblem describes an incident and what to do about it.
func IncidentProblem(i monitor.Incident) reach.Problem {
	causes := map[monitor.Cause]phrase.Text{
		monitor.CauseOffline: phrase.New("it has been logged out"), monitor.CauseSends: phrase.New("its sends are refused"),
		monitor.CauseService: phrase.New("its sends get no proper answer"), monitor.CauseSilence: phrase.New("no callback arrives"),
	}
	p := reach.Problem{
		Cause: phrase.New("account %s is %v since %s: %v", i.Account, phrase.Word(string(i.State)),
			i.Since.Local().Format(time.DateTime), causes[i.Cause]),
		Do: phrase.New("the bot tries it again by itself; if that does not help: hongyan login --reconnect --app-id %s", i.Account),
	}
	switch i.State {
	case monitor.Offline:
		p.Do = phrase.New("log in again with the same device: hongyan login --app-id %s", i.Account)
	case monitor.Unknown:
		p.Do = phrase.New("wait for the service; hongyan doctor tells more")
	case monitor.Zombie, monitor.Online:
	}
	return p
}

// deadLetters counts the dead letters, without those that wait for an unknown send: the send is
// listed already, and one decision settles both.
func deadLetters(ctx context.Context, back store.Store, unknown int) (int, error) {
	stats, err := back.Inbox().Stats(ctx)
	if err != nil || stats.Dead == 0 || unknown == 0 {
		return stats.Dead, err
	}
	waiting, err := outbox.Waiting(ctx, back)
	return max(0, stats.Dead-len(waiting)), err
}

// WhoPaused names the accounts of a pause.
func WhoPaused(p outbox.ActivePause) phrase.Text {
	if p.Account == "" {
		return phrase.New("all accounts")
	}
	return phrase.New("%s", p.Account)
}
