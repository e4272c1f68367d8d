// Package doctor checks what a bot needs, and says what to do: for the command line, and for the
// page of the console.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/internal/reach"
	"github.com/hongyan-go/hongyan/store"
)

// The bounds of the doctor.
const (
	maxSkew  = 30 * time.Second
	minSpace = 256 << 20 // bytes
)

// SlowQuery is how long the service may take for a question that it answers at once as a rule.
const SlowQuery = 3 * time.Second

// Finding is the result of one check.
type Finding struct { //nolint:errname // its Problem is one, it is not
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Skipped bool   `json:"skipped,omitempty"` // it needs one that failed
	Person  bool   `json:"person,omitempty"`  // nothing is broken, but a person has to decide
	Note    string `json:"note,omitempty"`
	*reach.Problem
}

// Subject is what is checked. Client, Store and Now are required.
type Subject struct {
	Client *api.Client
	Store  store.Store
	// Callback is the URL to which the service posts, a secret; empty if it is not configured.
	Callback string
	// Data is the data directory; empty if there is none.
	Data string
	// AppID is the account, Device what is remembered of it. Empty means that none is known.
	AppID  string
	Device login.Device
	// Skew is how far the clock of the service is ahead of that of this machine; nil if that is not
	// known. A nil function means the same.
	Skew func() *time.Duration
	Now  func() time.Time
	// Free is the free space of a directory. nil means FreeSpace.
	Free func(dir string) (uint64, error)
	// FirstNight explains the logout of a new device.
	FirstNight string
}

// run is a run of the checks.
type run struct {
	Subject
	ctx      context.Context //nolint:containedctx // of the run
	found    func(Finding)
	findings []Finding
	online   bool
	answers  bool // the service answers
}

// Run runs the checks, in an order in which the first failure is usually the cause of the others.
// It calls found, unless that is nil, with each finding as soon as it is there. It registers and
// sends nothing.
func Run(ctx context.Context, s Subject, found func(Finding)) []Finding {
	if found == nil {
		found = func(Finding) {}
	}
	if s.Skew == nil {
		s.Skew = func() *time.Duration { return nil }
	}
	d := &run{Subject: s, ctx: ctx, found: found}
	d.account()
	d.callback()
	d.clock()
	d.disk()
	d.storage()
	d.zombie()
	d.needs()
	return d.findings
}

func (d *run) add(f Finding) {
	d.findings = append(d.findings, f)
	d.found(f)
}

// needs lists what needs a person's decision. A store that cannot be read was reported before.
func (d *run) needs() {
	needs, err := Needs(d.ctx, d.Store, d.Data)
	if err != nil {
		return
	}
	for _, n := range needs {
		d.add(Finding{Check: n.Check, Person: true, Problem: &reach.Problem{Cause: n.Cause, Do: n.Do}})
	}
}

// report notes a result; an empty cause means that the check passed.
func (d *run) report(check, note, cause, do string) {
	f := Finding{Check: check, OK: cause == "", Note: note}
	if cause != "" {
		f.Problem = &reach.Problem{Cause: cause, Do: do}
	}
	d.add(f)
}

func (d *run) skip(check, why string) { d.add(Finding{Check: check, Skipped: true, Note: why}) }

// account asks whether the account is online. The answer also shows whether the token works: the
// service has no call for that alone.
func (d *run) account() {
	id := d.AppID
	if id == "" {
		id = "wx_unknown"
	}
	began := time.Now() // not the clock of the tests, which does not move during the call
	online, err := d.Client.Login.CheckOnline(d.ctx, id)
	took := time.Since(began)
	d.answers = err == nil || reach.Refused(err)
	if err != nil && reach.Service(err).Final {
		d.answers = false
	}
	switch {
	case !d.answers:
		found := reach.Service(err)
		d.report("token", "", found.Cause, found.Do)
	case took > SlowQuery:
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
	case d.AppID == "":
		d.skip("account online", "no account is known")
	case errors.Is(err, api.ErrDeviceUnknown):
		d.report("account online", "", "the service does not know the device "+id,
			"check that token and appId are of the same service; if the device is gone: hongyan login --new-device")
	case err == nil && online:
		d.online = true
		d.report("account online", "", "", "")
	case d.Device.FirstNight(d.Now()):
		d.report("account online", "", "the account is offline: "+d.FirstNight, "hongyan login")
	case err != nil && !errors.Is(err, api.ErrOffline):
		d.report("account online", "", "the service refuses the question whether the account is online: "+err.Error(),
			"try again in a minute; if that stays, ask those who run the service")
	default:
		d.report("account online", "", "the account is offline", "log in again with the same device: hongyan login --app-id "+id)
	}
}

// callback requests the URL as the service does. It does not register it: the service might post
// old messages again.
func (d *run) callback() {
	const check = "callback"
	known, err := bot.LastRegistration(d.ctx, d.Store.State())
	if err != nil {
		d.report(check, "", err.Error(), "register it again: hongyan callback set URL")
		return
	}
	target := d.Callback
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
	if found == nil && reach.Hosted(d.ctx, d.Client.BaseURL()) && reach.Local(d.ctx, u.Hostname()) {
		found = reach.Unreachable(u)
	}
	if found == nil {
		found = reach.Try(d.ctx, u)
	}
	if found != nil {
		d.report(check, "", found.Cause, found.Do)
		return
	}
	d.report(check, reach.Shown(u)+" answers; hongyan callback check asks the service to try it", "", "")
}

func (d *run) clock() {
	skew := d.Skew()
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

func (d *run) disk() {
	free := d.Free
	if free == nil {
		free = FreeSpace
	}
	dir := d.Data
	if dir == "" {
		d.skip("disk", "there is no data directory")
		return
	}
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
func (d *run) storage() {
	ctx := d.ctx
	stats, err := d.Store.Inbox().Stats(ctx)
	if err == nil {
		_, err = d.Store.State().List(ctx, "", "", 1)
	}
	switch {
	case err != nil:
		d.report("store", "", err.Error(), "do what it says; hongyan backup made a copy, if you let it")
	case !d.Store.Durable():
		d.report("store", "nothing is stored in "+d.Data+" yet", "", "")
	default:
		d.report("store", fmt.Sprintf("%d waiting, %d dead", stats.Pending, stats.Dead), "", "")
	}
}

// zombie makes a call that only a living session answers.
func (d *run) zombie() {
	const check = "session alive"
	if !d.online {
		d.skip(check, "the account is not online")
		return
	}
	_, err := d.Client.Personal.GetProfile(d.ctx, d.AppID)
	var e *api.Error
	switch {
	case errors.As(err, &e) && e.HTTPStatus >= http.StatusInternalServerError: // from a gateway, not from the session
		d.report(check, "", reach.Service(err).Cause, "wait, and try again: the service may be down")
		return
	case err != nil:
		d.report(check, "", "the account looks online, and nothing works: the session is dead",
			"hongyan login --reconnect --app-id "+d.AppID)
		return
	}
	d.report(check, "", "", "")
}
