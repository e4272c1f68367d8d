package main

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/doctor"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reach"
)

// doctorCmd checks what a bot needs.
type doctorCmd struct {
	accountFlags
}

// examination is a run of the checks, and what it has opened.
type examination struct {
	cmd      *doctorCmd
	c        console
	a        *account // nil if there is none
	findings []doctor.Finding
}

// Run runs the checks, in an order in which the first failure is usually the cause of the others.
// It fails if a check does; if everything that is wrong needs a person's decision, the exit code is
// exitPerson.
func (cmd *doctorCmd) Run(c console) error {
	d := &examination{cmd: cmd, c: c}
	d.examine()
	defer func() { _ = d.close() }()
	v := d.verdict()
	if err := cmd.print(c, v, func() error { d.tell(v); return nil }); err != nil {
		return err
	}
	switch v.Verdict {
	case verdictFailed:
		return quietError{}
	case verdictPerson:
		return quietError{exitPerson}
	}
	return nil
}

// close closes what the checks have opened.
func (d *examination) close() error {
	if d.a == nil {
		return nil
	}
	return d.a.Close()
}

// The verdicts of the doctor.
const (
	verdictFine   = "fine"
	verdictFailed = "failed"
	verdictPerson = "needs a person"
)

// diagnosis is what the doctor finds, as --json prints it.
type diagnosis struct {
	Verdict string           `json:"verdict"`
	Failed  int              `json:"failed"`
	Person  int              `json:"needs_person"`
	Checks  []doctor.Finding `json:"checks"`
}

// verdict is what all findings come to.
func (d *examination) verdict() diagnosis {
	v := diagnosis{Verdict: verdictFine, Checks: d.findings}
	for _, f := range d.findings {
		switch {
		case f.OK, f.Skipped:
		case f.Person:
			v.Person++
		default:
			v.Failed++
		}
	}
	switch {
	case v.Failed > 0:
		v.Verdict = verdictFailed
	case v.Person > 0:
		v.Verdict = verdictPerson
	}
	return v
}

func (d *examination) tell(v diagnosis) {
	for _, f := range d.findings {
		switch {
		case f.OK && !f.Note.IsZero():
			d.c.tell("✓ %v: %v", phrase.Word(f.Check), f.Note)
		case f.OK:
			d.c.tell("✓ %v", phrase.Word(f.Check))
		case f.Skipped:
			d.c.tell("– %v: %v", phrase.Word(f.Check), f.Note)
		default:
			p := d.c.printer()
			fmt.Fprintf(d.c.out, "✗ %s: %s\n  → %s\n", p.Word(f.Check), indented(p.Text(f.Cause), 4), p.Text(f.Do))
		}
	}
	switch v.Verdict {
	case verdictFailed:
		d.c.tell("\n%v", phrase.Count(v.Failed, "Verdict: the bot does not work, because of %d failure; begin with the first ✗.",
			"Verdict: the bot does not work, because of %d failures; begin with the first ✗."))
	case verdictPerson:
		d.c.tell("\n%v", phrase.Count(v.Person, "Verdict: the bot works, but you have to decide about %d thing.",
			"Verdict: the bot works, but you have to decide about %d things."))
	default:
		d.c.tell("\n%v", phrase.New("Verdict: everything works."))
	}
}

// examine opens client and store, and runs the checks. If they do not open, nothing else can be
// checked.
func (d *examination) examine() {
	cmd, c := d.cmd, d.c
	failed := func(cause, do phrase.Text) {
		d.findings = append(d.findings, doctor.Finding{Check: "configuration", Problem: &reach.Problem{Cause: cause, Do: do}})
	}
	file, err := cmd.settings(c)
	if err != nil {
		failed(phrase.New("%v", err), phrase.New("correct it; docs/en/config.md lists what there is"))
		return
	}
	a, err := cmd.open(c, false)
	if err != nil {
		failed(phrase.New("the store of %s does not open: %v", file.Bot.Data, err),
			phrase.New("do what it says; hongyan backup made a copy, if you let it"))
		return
	}
	d.a = a
	switch err := a.choose(c.ctx, cmd.AppID); {
	case errors.Is(err, errNoAccount):
		failed(phrase.New("no account is known"),
			phrase.New("log in with hongyan login, or name the account with --app-id or HONGYAN_APP_ID"))
	case err != nil:
		failed(phrase.New("%v", err), phrase.New("name the account with --app-id; hongyan login takes a new one in"))
	default:
		note := phrase.New("account %s", a.appID)
		if secret := secretNote(a.settings.Callback, a.ownSecret); !secret.IsZero() {
			note = phrase.New("%v; %v", note, secret)
		}
		d.findings = append(d.findings, doctor.Finding{Check: "configuration", OK: true, Note: note})
	}
	d.findings = append(d.findings, doctor.Run(c.ctx, a.subject(c), nil)...)
}

// subject is what the doctor looks at.
func (a *account) subject(c console) doctor.Subject {
	return doctor.Subject{
		Client: a.client, Store: a.store, Callback: a.settings.Callback.URL(), Data: a.settings.Data, AppID: a.appID, Device: a.device,
		Skew: a.clock.skew.Load, Now: c.time, Free: c.free, FirstNight: firstNight(),
	}
}

// secretNote says where the secret of the callback comes from; empty if one is configured.
func secretNote(c bot.Callback, own bool) phrase.Text {
	switch {
	case own:
		return phrase.New("callback.secret is not set: the bot has made one, and keeps it in its store")
	case c.MakesSecret():
		return phrase.New("callback.secret is not set: the bot makes one at its first start, and keeps it in its store")
	}
	return phrase.Text{}
}

// tellNeeds prints needs.
func tellNeeds(c console, needs []doctor.Need) {
	for _, n := range needs {
		c.tell("✗ %v: %v\n  → %v", phrase.Word(n.Check), n.Cause, n.Do)
	}
}
