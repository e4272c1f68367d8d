package world

import (
	"slices"
	"time"
)

// loginLife is how long a QR code can be scanned.
const loginLife = 220 * time.Second

// The stages of a login. They are the words of GET /sim/login.
const (
	StageWaiting   = "waiting"   // nobody has scanned the code
	StageScanned   = "scanned"   // it waits for the confirmation, and for what else was asked for
	StageConfirmed = "confirmed" // the next checkLogin logs in
	StageDone      = "done"
	StageCancelled = "cancelled" // on the phone
	StageExpired   = "expired"
)

// Devices are what accounts are logged in on. The simulator's lock guards them.
type Devices struct {
	All   []*Device
	count int // of those that were created
}

// Device is what an appId stands for.
type Device struct {
	ID    string
	Kind  string // ipad or mac
	Owner string // the wxid of the account that was logged in on it last; empty for a new one
	Proxy string
	// silent means that it cannot log in by a dialog on the phone: the account was logged out there, or thrown out.
	Silent bool
	Login  *Login
}

// Login is a login that is under way, or the last one.
type Login struct {
	UUID    string
	began   time.Time
	Stage   string
	dialog  bool // without a code: the phone asks
	By      *Account
	Captcha string // digits that the next poll must bring
	URL     string // that must be opened before anything goes on
	Halves  int    // polls that are told of success without the account
}

func (d *Devices) ByID(id string) *Device {
	for _, one := range d.All {
		if one.ID == id {
			return one
		}
	}
	return nil
}

// begin gives each account of the world its device, and everybody something to look at.
func (w *World) begin() {
	for _, a := range w.People.Accounts {
		w.Devices.All = append(w.Devices.All, &Device{ID: a.AppID, Kind: "ipad", Owner: a.Wxid})
	}
	w.startMoments()
	w.videos = videos{all: map[uint64]*Video{}, last: firstVideo}
}

// NewDevice makes a device without an account.
func (w *World) NewDevice() *Device {
	w.Devices.count++
	d := &Device{ID: "wx_" + w.IDs.Digest("device", w.Devices.count)[:20]}
	w.Devices.All = append(w.Devices.All, d)
	return d
}

// NewLogin begins a login on a device. A login that was under way there is over.
func (w *World) NewLogin(d *Device, dialog bool) *Login {
	d.Login = &Login{UUID: w.IDs.signature()[3:11] + w.IDs.Digest(d.ID, w.IDs.rand.Uint64())[:12], began: w.Clock(), Stage: StageWaiting, dialog: dialog}
	return d.Login
}

// TimeLeft is how long a login has, and it ends it if that is over.
func (w *World) TimeLeft(l *Login) time.Duration {
	left := l.began.Add(loginLife).Sub(w.Clock())
	if left <= 0 && (l.Stage == StageWaiting || l.Stage == StageScanned) {
		l.Stage = StageExpired
	}
	return max(left, 0)
}

// scan is somebody's phone that scans the code: that of the account, or of the one that the device belongs to, or of the first
// that is not logged in.
func (w *World) scan(d *Device, by *Account) {
	if by == nil {
		by = w.People.ByWxid(d.Owner)
	}
	if by == nil {
		i := slices.IndexFunc(w.People.Accounts, func(a *Account) bool { return a.Offline })
		by = w.People.Accounts[max(i, 0)]
	}
	d.Login.By, d.Login.Stage = by, StageScanned
}

// Foreign tells whether a device belongs to another account than the one that has scanned its code.
func (d *Device) Foreign() bool { return d.Owner != "" && d.Owner != d.Login.By.Wxid }

// FinishLogin logs an account in on a device.
func (w *World) FinishLogin(d *Device) {
	a := d.Login.By
	d.Owner, d.Silent, d.Login.Stage = a.Wxid, false, StageDone
	a.AppID, a.Offline = d.ID, false
	w.Broadcast()
}

// AdvanceAlone takes a login one step on by itself.
func (w *World) AdvanceAlone(d *Device) {
	switch d.Login.Stage {
	case StageWaiting:
		w.scan(d, nil)
	case StageScanned:
		d.Login.Stage = StageConfirmed
	}
}
