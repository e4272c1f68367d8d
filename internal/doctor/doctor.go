// Package doctor checks what a bot needs, and says what to do: for the command line, and for the
// page of the console.
package doctor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/internal/phrase"
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
	Check   string      `json:"check"`
	OK      bool        `json:"ok"`
	Skipped bool        `json:"skipped,omitempty"` // it needs one that failed
	Person  bool        `json:"person,omitempty"`  // nothing is broken, but a person has to decide
	Note    phrase.Text `json:"note,omitzero"`
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
	FirstNight phrase.Text
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
func (d *run) report(check string, note, cause, do phrase.Text) {
	f := Finding{Check: check, OK: cause.IsZero(), Note: note}
	if !cause.IsZero() {
		f.Problem = &reach.Problem{Cause: cause, Do: do}
	}
	d.add(f)
}

func (d *run) skip(check string, why phrase.Text) {
	d.add(Finding{Check: check, Skipped: true, Note: why})
}

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
		d.report("token", phrase.Text{}, found.Cause, found.Do)
	case took > SlowQuery:
		d.report("token", phrase.Text{},
			phrase.New("the service takes it, but answers slowly: %v for a question that it answers at once as a rule",
				took.Round(100*time.Millisecond)),
			phrase.New("check the network, and the account's proxy if calls go through it; a send that takes too long ends as unknown"))
	default:
		d.report("token", phrase.Text{}, phrase.Text{}, phrase.Text{})
	}
	switch {
	case !d.answers:
		d.skip("account online", phrase.New("the service did not say"))
	case d.AppID == "":
		d.skip("account online", phrase.New("no account is known"))
	case errors.Is(err, api.ErrDeviceUnknown):
		d.report("account online", phrase.Text{}, phrase.New("the service does not know the device %s", id),
			phrase.New("check that token and appId are of the same service; if the device is gone: hongyan login --new-device"))
	case err == nil && online:
		d.online = true
		d.report("account online", phrase.Text{}, phrase.Text{}, phrase.Text{})
	case d.Device.FirstNight(d.Now()):
		d.report("account online", phrase.Text{}, phrase.New("the account is offline: %s", d.FirstNight), phrase.New("hongyan login"))
	case err != nil && !errors.Is(err, api.ErrOffline):
		d.report("account online", phrase.Text{}, phrase.New("the service refuses the question whether the account is online: %v", err),
			phrase.New("try again in a minute; if that stays, ask those who run the service"))
	default:
		d.report("account online", phrase.Text{}, phrase.New("the account is offline"),
			phrase.New("log in again with the same device: hongyan login --app-id %s", id))
	}
}

// callback requests the URL as the service does. It does not register it: the service might post
// old messages again.
func (d *run) callback() {
	const check = "callback"
	known, err := bot.LastRegistration(d.ctx, d.Store.State())
	if err != nil {
		d.report(check, phrase.Text{}, phrase.New("%v", err), phrase.New("register it again: hongyan callback set URL"))
		return
	}
	target := d.Callback
	if target == "" && known.Host == "" {
		d.report(check, phrase.Text{}, phrase.New("no callback URL is configured, and none was registered from here"),
			phrase.New("set callback.public_url (HONGYAN_PUBLIC_URL), or run hongyan callback set URL"))
		return
	}
	if target == "" {
		d.report(check, phrase.New("registered %s on %s; hongyan callback check URL tries it", known.Host,
			known.At.Format(time.DateTime)), phrase.Text{}, phrase.Text{})
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
		d.report(check, phrase.Text{}, found.Cause, found.Do)
		return
	}
	d.report(check, phrase.New("%s answers; hongyan callback check asks the service to try it", reach.Shown(u)), phrase.Text{},
		phrase.Text{})
}

func (d *run) clock() {
	skew := d.Skew()
	switch {
	case skew == nil:
		d.skip("clock", phrase.New("the service did not tell the time"))
	case skew.Abs() > maxSkew:
		d.report("clock", phrase.Text{}, phrase.New("the clock of this machine and that of the service are %v apart",
			skew.Abs().Round(time.Second)),
			phrase.New("set it by NTP (timedatectl set-ntp true): late messages are told by it"))
	default:
		d.report("clock", phrase.Text{}, phrase.Text{}, phrase.Text{})
	}
}

func (d *run) disk() {
	free := d.Free
	if free == nil {
		free = FreeSpace
	}
	dir := d.Data
	if dir == "" {
		d.skip("disk", phrase.New("there is no data directory"))
		return
	}
	space, err := free(dir)
	switch {
	case err != nil:
		d.skip("disk", phrase.New("not known: %v", err))
	case space < minSpace:
		d.report("disk", phrase.Text{}, phrase.New("%s has %d MB of space left", dir, space>>20),
			phrase.New("make room: without it no message is accepted"))
	default:
		d.report("disk", phrase.New("%d MB free", space>>20), phrase.Text{}, phrase.Text{})
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
		d.report("store", phrase.Text{}, phrase.New("%v", err), phrase.New("do what it says; hongyan backup made a copy, if you let it"))
	case !d.Store.Durable():
		d.report("store", phrase.New("nothing is stored in %s yet", d.Data), phrase.Text{}, phrase.Text{})
	default:
		d.report("store", phrase.New("%d waiting, %d dead", stats.Pending, stats.Dead), phrase.Text{}, phrase.Text{})
	}
}

// zombie makes a call that only a living session answers.
func (d *run) zombie() {
	const check = "session alive"
	if !d.online {
		d.skip(check, phrase.New("the account is not online"))
		return
	}
	_, err := d.Client.Personal.GetProfile(d.ctx, d.AppID)
	var e *api.Error
	switch {
	case errors.As(err, &e) && e.HTTPStatus >= http.StatusInternalServerError: // from a gateway, not from the session
		d.report(check, phrase.Text{}, reach.Service(err).Cause, phrase.New("wait, and try again: the service may be down"))
		return
	case err != nil:
		d.report(check, phrase.Text{}, phrase.New("the account looks online, and nothing works: the session is dead"),
			phrase.New("hongyan login --reconnect --app-id %s", d.AppID))
		return
	}
	d.report(check, phrase.Text{}, phrase.Text{}, phrase.Text{})
}
