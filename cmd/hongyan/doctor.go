package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/reach"
)

// The bounds of the doctor.
const (
	maxSkew   = 30 * time.Second
	minSpace  = 256 << 20 // bytes
	slowQuery = 3 * time.Second
)

// doctorCmd checks what a bot needs.
type doctorCmd struct {
	accountFlags
}

// finding is the result of one check.
type finding struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Skipped bool   `json:"skipped,omitempty"` // it needs one that failed
	Person  bool   `json:"person,omitempty"`  // nothing is broken, but a person has to decide
	Note    string `json:"note,omitempty"`
	*reach.Problem
}

// doctor is a run of the checks.
type doctor struct {
	cmd      *doctorCmd
	c        console
	a        *account // nil if there is none
	findings []finding
	online   bool
	answers  bool // the service answers
}

// Run runs the checks, in an order in which the first failure is usually the cause of the others.
// It fails if a check does; if everything that is wrong needs a person's decision, the exit code is
// exitPerson.
func (cmd *doctorCmd) Run(c console) error {
	d := &doctor{cmd: cmd, c: c}
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
func (d *doctor) close() error {
	if d.a == nil {
		return nil
	}
	return d.a.Close()
}

// examine runs the checks.
func (d *doctor) examine() {
	d.configuration()
	if d.a != nil {
		d.account()
		d.callback()
		d.clock()
		d.disk()
		d.storage()
		d.zombie()
		d.needs()
	}
}

// The verdicts of the doctor.
const (
	verdictFine   = "fine"
	verdictFailed = "failed"
	verdictPerson = "needs a person"
)

// diagnosis is what the doctor finds, as --json prints it.
type diagnosis struct {
	Verdict string    `json:"verdict"`
	Failed  int       `json:"failed"`
	Person  int       `json:"needs_person"`
	Checks  []finding `json:"checks"`
}

// verdict is what all findings come to.
func (d *doctor) verdict() diagnosis {
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

// needs lists what needs a person's decision. A store that cannot be read was reported before.
func (d *doctor) needs() {
	needs, err := needsOf(d.c.ctx, d.a.store, d.a.settings.Data)
	if err != nil {
		return
	}
	for _, n := range needs {
		d.findings = append(d.findings, finding{Check: n.Check, Person: true, Problem: &reach.Problem{Cause: n.Cause, Do: n.Do}})
	}
}

func (d *doctor) tell(v diagnosis) {
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
		d.c.tell("\nVerdict: the bot does not work, because of %s; begin with the first ✗. 结论：有问题，先处理第一个 ✗。", some(v.Failed, "failure"))
	case verdictPerson:
		d.c.tell("\nVerdict: the bot works, but you have to decide about %s. 结论：机器人正常，但有事项需要你处理。", some(v.Person, "thing"))
	default:
		d.c.tell("\nVerdict: everything works. 结论：一切正常。")
	}
}

// report notes a result; an empty cause means that the check passed.
func (d *doctor) report(check, note, cause, do string) {
	f := finding{Check: check, OK: cause == "", Note: note}
	if cause != "" {
		f.Problem = &reach.Problem{Cause: cause, Do: do}
	}
	d.findings = append(d.findings, f)
}

func (d *doctor) skip(check, why string) {
	d.findings = append(d.findings, finding{Check: check, Skipped: true, Note: why})
}

// configuration opens client and store. If it fails, nothing else can be checked.
func (d *doctor) configuration() {
	file, err := d.cmd.settings(d.c)
	if err != nil {
		d.report("configuration", "", err.Error(), "correct it; docs/config.md lists what there is")
		return
	}
	a, err := d.cmd.open(d.c, false)
	if err != nil {
		d.report("configuration", "", "the store of "+file.Bot.Data+" does not open: "+err.Error(),
			"do what it says; hongyan backup made a copy, if you let it")
		return
	}
	d.a = a
	switch err := a.choose(d.c.ctx, d.cmd.AppID); {
	case errors.Is(err, errNoAccount):
		d.report("configuration", "", "no account is known",
			"log in with hongyan login, or name the account with --app-id or HONGYAN_APP_ID")
		return
	case err != nil:
		d.report("configuration", "", err.Error(), "name the account with --app-id; hongyan login takes a new one in")
		return
	}
	note := "account " + a.appID
	if secret := secretNote(a.settings.Callback, a.ownSecret); secret != "" {
		note += "; " + secret
	}
	d.report("configuration", note, "", "")
}

// account asks whether the account is online. The answer also shows whether the token works: the
// service has no call for that alone.
func (d *doctor) account() {
	id := d.a.appID
	if id == "" {
		id = "wx_unknown"
	}
	began := time.Now() // not the clock of the tests, which does not move during the call
	online, err := d.a.client.Login.CheckOnline(d.c.ctx, id)
	took := time.Since(began)
	d.answers = err == nil || reach.Refused(err)
	if err != nil && reach.Service(err).Final {
		d.answers = false
	}
	switch {
	case !d.answers:
		found := reach.Service(err)
		d.report("token", "", found.Cause, found.Do)
	case took > slowQuery:
		d.report("token", "",
			fmt.Sprintf("the service takes it, but answers slowly: %v for a question that it answers at once as a rule",
				took.Round(100*time.Millisecond)),
			"check the network, and the account's proxy if calls go through it; a send that takes too long ends as unknown")
	default:
		d.report("token", "", "", "")
	}
	switch {
	case !d.answers:
		d.skip("account online", "the service did not say")
	case d.a.appID == "":
		d.skip("account online", "no account is known")
	case errors.Is(err, api.ErrDeviceUnknown):
		d.report("account online", "", "the service does not know the device "+id,
			"check that token and appId are of the same service; if the device is gone: hongyan login --new-device")
	case err == nil && online:
		d.online = true
		d.report("account online", "", "", "")
	case d.a.device.FirstNight(d.c.time()):
		d.report("account online", "", "the account is offline: "+firstNight, "hongyan login")
	case err != nil && !errors.Is(err, api.ErrOffline):
		d.report("account online", "", "the service refuses the question whether the account is online: "+err.Error(),
			"try again in a minute; if that stays, ask those who run the service")
	default:
		d.report("account online", "", "the account is offline", "log in again with the same device: hongyan login --app-id "+id)
	}
}

// callback requests the URL as the service does. It does not register it: the service might post
// old messages again.
func (d *doctor) callback() {
	const check = "callback"
	known, err := bot.LastRegistration(d.c.ctx, d.a.store.State())
	if err != nil {
		d.report(check, "", err.Error(), "register it again: hongyan callback set URL")
		return
	}
	target := d.a.settings.Callback.URL()
	if target == "" && known.Host == "" {
		d.report(check, "", "no callback URL is configured, and none was registered from here",
			"set callback.public_url (HONGYAN_PUBLIC_URL), or run hongyan callback set URL")
		return
	}
	if target == "" {
		d.report(check, "registered "+known.Host+" on "+known.At.Format(time.DateTime)+"; hongyan callback check URL tries it", "", "")
		return
	}
	u, found := reach.Read(target)
	if found == nil && d.a.hosted(d.c.ctx) && reach.Local(d.c.ctx, u.Hostname()) {
		found = reach.Unreachable(u)
	}
	if found == nil {
		found = reach.Try(d.c.ctx, u)
	}
	if found != nil {
		d.report(check, "", found.Cause, found.Do)
		return
	}
	d.report(check, reach.Shown(u)+" answers; hongyan callback check asks the service to try it", "", "")
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

func (d *doctor) clock() {
	skew := d.a.clock.skew.Load()
	switch {
	case skew == nil:
		d.skip("clock", "the service did not tell the time")
	case skew.Abs() > maxSkew:
		d.report("clock", "", fmt.Sprintf("the clock of this machine and that of the service are %v apart", skew.Abs().Round(time.Second)),
			"set it by NTP (timedatectl set-ntp true): late messages are told by it")
	default:
		d.report("clock", "", "", "")
	}
}

func (d *doctor) disk() {
	free := d.c.free
	if free == nil {
		free = freeSpace
	}
	dir := d.a.settings.Data
	space, err := free(dir)
	switch {
	case err != nil:
		d.skip("disk", "not known: "+err.Error())
	case space < minSpace:
		d.report("disk", "", fmt.Sprintf("%s has %d MB of space left", dir, space>>20), "make room: without it no message is accepted")
	default:
		d.report("disk", fmt.Sprintf("%d MB free", space>>20), "", "")
	}
}

// storage reads from the store. A store that does not open was reported before.
func (d *doctor) storage() {
	ctx := d.c.ctx
	stats, err := d.a.store.Inbox().Stats(ctx)
	if err == nil {
		_, err = d.a.store.State().List(ctx, "", "", 1)
	}
	switch {
	case err != nil:
		d.report("store", "", err.Error(), "do what it says; hongyan backup made a copy, if you let it")
	case !d.a.store.Durable():
		d.report("store", "nothing is stored in "+d.a.settings.Data+" yet", "", "")
	default:
		d.report("store", fmt.Sprintf("%d waiting, %d dead", stats.Pending, stats.Dead), "", "")
	}
}

// zombie makes a call that only a living session answers.
func (d *doctor) zombie() {
	const check = "session alive"
	if !d.online {
		d.skip(check, "the account is not online")
		return
	}
	_, err := d.a.client.Personal.GetProfile(d.c.ctx, d.a.appID)
	var e *api.Error
	switch {
	case errors.As(err, &e) && e.HTTPStatus >= http.StatusInternalServerError: // from a gateway, not from the session
		d.report(check, "", reach.Service(err).Cause, "wait, and try again: the service may be down")
		return
	case err != nil:
		d.report(check, "", "the account looks online, and nothing works: the session is dead",
			"hongyan login --reconnect --app-id "+d.a.appID)
		return
	}
	d.report(check, "", "", "")
}
