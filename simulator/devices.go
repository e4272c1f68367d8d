package simulator

import (
	"slices"
	"time"
)

// loginLife is how long a QR code can be scanned.
const loginLife = 220 * time.Second

// The stages of a login. They are the words of GET /sim/login.
const (
	stageWaiting   = "waiting"   // nobody has scanned the code
	stageScanned   = "scanned"   // it waits for the confirmation, and for what else was asked for
	stageConfirmed = "confirmed" // the next checkLogin logs in
	stageDone      = "done"
	stageCancelled = "cancelled" // on the phone
	stageExpired   = "expired"
)

// devices are what accounts are logged in on. The simulator's lock guards them.
type devices struct {
	all   []*device
	count int // of those that were created
}

// device is what an appId stands for.
type device struct {
	id    string
	kind  string // ipad or mac
	owner string // the wxid of the account that was logged in on it last; empty for a new one
	proxy string
	// silent means that it cannot log in by a dialog on the phone: the account was logged out there, or thrown out.
	silent bool
	login  *login
}

// login is a login that is under way, or the last one.
type login struct {
	uuid    string
	began   time.Time
	stage   string
	dialog  bool // without a code: the phone asks
	by      *account
	captcha string // digits that the next poll must bring
	url     string // that must be opened before anything goes on
	halves  int    // polls that are told of success without the account
}

func (d *devices) byID(id string) *device {
	for _, one := range d.all {
		if one.id == id {
			return one
		}
	}
	return nil
}

// begin gives each account of the world its device, and everybody something to look at.
func (s *Simulator) begin() {
	for _, a := range s.people.accounts {
		s.devices.all = append(s.devices.all, &device{id: a.AppID, kind: "ipad", owner: a.Wxid})
	}
	s.startMoments()
	s.videos = videos{all: map[uint64]*video{}, last: firstVideo}
}

// newDevice makes a device without an account.
func (s *Simulator) newDevice() *device {
	s.devices.count++
	d := &device{id: "wx_" + s.ids.digest("device", s.devices.count)[:20]}
	s.devices.all = append(s.devices.all, d)
	return d
}

// newLogin begins a login on a device. A login that was under way there is over.
func (s *Simulator) newLogin(d *device, dialog bool) *login {
	d.login = &login{uuid: s.ids.signature()[3:11] + s.ids.digest(d.id, s.ids.rand.Uint64())[:12], began: s.config.Clock(), stage: stageWaiting, dialog: dialog}
	return d.login
}

// left is how long a login has, and it ends it if that is over.
func (s *Simulator) left(l *login) time.Duration {
	left := l.began.Add(loginLife).Sub(s.config.Clock())
	if left <= 0 && (l.stage == stageWaiting || l.stage == stageScanned) {
		l.stage = stageExpired
	}
	return max(left, 0)
}

// scan is somebody's phone that scans the code: that of the account, or of the one that the device belongs to, or of the first
// that is not logged in.
func (s *Simulator) scan(d *device, by *account) {
	if by == nil {
		by = s.people.byWxid(d.owner)
	}
	if by == nil {
		i := slices.IndexFunc(s.people.accounts, func(a *account) bool { return a.Offline })
		by = s.people.accounts[max(i, 0)]
	}
	d.login.by, d.login.stage = by, stageScanned
}

// foreign tells whether a device belongs to another account than the one that has scanned its code.
func (d *device) foreign() bool { return d.owner != "" && d.owner != d.login.by.Wxid }

// finish logs an account in on a device.
func (s *Simulator) finish(d *device) {
	a := d.login.by
	d.owner, d.silent, d.login.stage = a.Wxid, false, stageDone
	a.AppID, a.Offline = d.id, false
	s.broadcast()
}
