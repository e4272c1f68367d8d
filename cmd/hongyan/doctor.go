package main

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/doctor"
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
		case f.OK && f.Note != "":
			d.c.tell("✓ %s: %s", f.Check, f.Note)
		case f.OK:
			d.c.tell("✓ %s", f.Check)
		case f.Skipped:
			d.c.tell("– %s: %s", f.Check, f.Note)
		default:
			fmt.Fprintf(d.c.out, "✗ %s: %s\n  → %s\n", f.Check, indented(f.Cause, 4), f.Do)
		}
	}
	switch v.Verdict {
	case verdictFailed:
		d.c.tell("\nVerdict: the bot does not work, because of %s; begin with the first ✗. 结论：有问题，先处理第一个 ✗。",
			doctor.Some(v.Failed, "failure"))
	case verdictPerson:
		d.c.tell("\nVerdict: the bot works, but you have to decide about %s. 结论：机器人正常，但有事项需要你处理。",
			doctor.Some(v.Person, "thing"))
	default:
		d.c.tell("\nVerdict: everything works. 结论：一切正常。")
	}
}

// examine opens client and store, and runs the checks. If they do not open, nothing else can be
// checked.
func (d *examination) examine() {
	cmd, c := d.cmd, d.c
	failed := func(cause, do string) {
		d.findings = append(d.findings, doctor.Finding{Check: "configuration", Problem: &reach.Problem{Cause: cause, Do: do}})
	}
	file, err := cmd.settings(c)
	if err != nil {
		failed(err.Error(), "correct it; docs/config.md lists what there is")
		return
	}
	a, err := cmd.open(c, false)
	if err != nil {
		failed("the store of "+file.Bot.Data+" does not open: "+err.Error(), "do what it says; hongyan backup made a copy, if you let it")
		return
	}
	d.a = a
	switch err := a.choose(c.ctx, cmd.AppID); {
	case errors.Is(err, errNoAccount):
		failed("no account is known", "log in with hongyan login, or name the account with --app-id or HONGYAN_APP_ID")
	case err != nil:
		failed(err.Error(), "name the account with --app-id; hongyan login takes a new one in")
	default:
		note := "account " + a.appID
		if secret := secretNote(a.settings.Callback, a.ownSecret); secret != "" {
			note += "; " + secret
		}
		d.findings = append(d.findings, doctor.Finding{Check: "configuration", OK: true, Note: note})
	}
	d.findings = append(d.findings, doctor.Run(c.ctx, a.subject(c), nil)...)
}

// subject is what the doctor looks at.
func (a *account) subject(c console) doctor.Subject {
	return doctor.Subject{
		Client: a.client, Store: a.store, Callback: a.settings.Callback.URL(), Data: a.settings.Data, AppID: a.appID, Device: a.device,
		Skew: a.clock.skew.Load, Now: c.time, Free: c.free, FirstNight: firstNight,
	}
}

// secretNote says where the secret of the callback comes from; empty if one is configured.
func secretNote(c bot.Callback, own bool) string {
	switch {
	case own:
		return "callback.secret is not set: the bot has made one, and keeps it in its store"
	case c.MakesSecret():
		return "callback.secret is not set: the bot makes one at its first start, and keeps it in its store"
	}
	return ""
}

// tellNeeds prints needs.
func tellNeeds(c console, needs []doctor.Need) {
	for _, n := range needs {
		c.tell("✗ %s: %s\n  → %s", n.Check, n.Cause, n.Do)
	}
}
