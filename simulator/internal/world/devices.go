package world

import (
	"slices"
	"time"
)

// loginLife is how long a QR code is valid.
const loginLife = 220 * time.Second

// The stages of a login, in the words of GET /sim/login.
const (
	StageWaiting   = "waiting"   // the code is not scanned yet
	StageScanned   = "scanned"   // it waits for the confirmation
	StageConfirmed = "confirmed" // the next checkLogin logs in
	StageDone      = "done"
	StageCancelled = "cancelled" // on the phone
	StageExpired   = "expired"
)

// Devices are the devices of the accounts.
type Devices struct {
	All   []*Device
	count int // how many NewDevice has made
}

// Device is a device; its ID is the appId of API calls.
type Device struct {
	ID    string
	Kind  string // ipad or mac
	Owner string // the wxid of the last account; empty if there was none
	Proxy string
	// Silent means that dialogLogin fails: the account was logged out on the phone, or dropped.
	Silent bool
	Login  *Login
}

// Login is the last login of a device.
type Login struct {
	UUID    string
	began   time.Time
	Stage   string
	dialog  bool // by dialogLogin, without a code
	By      *Account
	Captcha string // digits that the next poll must bring
	URL     string // of a page that must be opened first; may be empty
	Halves  int    // how many polls answer with success, but without the account
}

// ByID returns the device with an id, or nil.
func (d *Devices) ByID(id string) *Device {
	for _, one := range d.All {
		if one.ID == id {
			return one
		}
	}
	return nil
}

// begin gives each account its device, and makes the first moments.
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

// NewLogin begins a login on a device. It ends one that is in progress.
func (w *World) NewLogin(d *Device, dialog bool) *Login {
	d.Login = &Login{UUID: w.IDs.signature()[3:11] + w.IDs.Digest(d.ID, w.IDs.rand.Uint64())[:12], began: w.Clock.Now(),
		Stage:  StageWaiting,
		dialog: dialog}
	return d.Login
}

// TimeLeft returns how long a login is still valid. It expires a login whose time is over.
func (w *World) TimeLeft(l *Login) time.Duration {
	left := l.began.Add(loginLife).Sub(w.Clock.Now())
	if left <= 0 && (l.Stage == StageWaiting || l.Stage == StageScanned) {
		l.Stage = StageExpired
	}
	return max(left, 0)
}

// scan scans the code of a device, with the phone of an account: by, or else the device's owner, or
// else the first account that is offline.
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

// Foreign reports whether a device belongs to another account than the one that has scanned its
// code.
func (d *Device) Foreign() bool { return d.Owner != "" && d.Owner != d.Login.By.Wxid }

// FinishLogin logs an account in on a device.
func (w *World) FinishLogin(d *Device) {
	a := d.Login.By
	d.Owner, d.Silent, d.Login.Stage = a.Wxid, false, StageDone
	a.AppID, a.Offline = d.ID, false
	w.Broadcast()
}

// AdvanceAlone takes a login one step further, for AutoLogin.
func (w *World) AdvanceAlone(d *Device) {
	switch d.Login.Stage {
	case StageWaiting:
		w.scan(d, nil)
	case StageScanned:
		d.Login.Stage = StageConfirmed
	}
}
