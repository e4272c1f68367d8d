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

// Run runs the checks, in an order in which the first failure is usually the cause of the others.
// It fails if a check does; if everything that is wrong needs a person's decision, the exit code is
// exitPerson.
func (cmd *doctorCmd) Run(c console) error {
	findings := cmd.check(c)
	if err := cmd.print(c, findings, func() error { tellFindings(c, findings); return nil }); err != nil {
		return err
	}
	code := 0
	for _, f := range findings {
		switch {
		case f.OK, f.Skipped:
		case !f.Person:
			return quietError{}
		default:
			code = exitPerson
		}
	}
	if code != 0 {
		return quietError{code}
	}
	return nil
}

func tellFindings(c console, findings []doctor.Finding) {
	for _, f := range findings {
		switch {
		case f.OK && f.Note != "":
			c.tell("✓ %s: %s", f.Check, f.Note)
		case f.OK:
			c.tell("✓ %s", f.Check)
		case f.Skipped:
			c.tell("– %s: %s", f.Check, f.Note)
		default:
			fmt.Fprintf(c.out, "✗ %s: %s\n  → %s\n", f.Check, indented(f.Cause, 4), f.Do)
		}
	}
}

// check opens client and store, and runs the checks. If they do not open, nothing else can be
// checked.
func (cmd *doctorCmd) check(c console) []doctor.Finding {
	failed := func(cause, do string) []doctor.Finding {
		return []doctor.Finding{{Check: "configuration", Problem: &reach.Problem{Cause: cause, Do: do}}}
	}
	file, err := cmd.settings(c)
	if err != nil {
		return failed(err.Error(), "correct it; docs/config.md lists what there is")
	}
	a, err := cmd.open(c, false)
	if err != nil {
		return failed("the store of "+file.Bot.Data+" does not open: "+err.Error(),
			"do what it says; hongyan backup made a copy, if you let it")
	}
	defer func() { _ = a.Close() }()
	err = a.choose(c.ctx, cmd.AppID)
	checks := func(first ...doctor.Finding) []doctor.Finding {
		return append(first, doctor.Run(c.ctx, a.subject(c), nil)...)
	}
	switch {
	case errors.Is(err, errNoAccount):
		return checks(failed("no account is known", "log in with hongyan login, or name the account with --app-id or HONGYAN_APP_ID")...)
	case err != nil:
		return checks(failed(err.Error(), "name the account with --app-id; hongyan login takes a new one in")...)
	}
	note := "account " + a.appID
	if secret := secretNote(a.settings.Callback, a.ownSecret); secret != "" {
		note += "; " + secret
	}
	return checks(doctor.Finding{Check: "configuration", OK: true, Note: note})
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
