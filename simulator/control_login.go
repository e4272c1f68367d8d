package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// LoginStep is what happens on the phone during a login, or to an account that is logged in. It is the body of POST /sim/login.
type LoginStep struct {
	// AppID or UUID names the device, or its login. Empty means the device whose login began last.
	AppID string `json:"app_id"`
	UUID  string `json:"uuid"`
	// Action is one of the Login constants.
	Action string `json:"action"`
	// Wxid is whose phone scans the code. Empty means the account of the device, or the first that is not logged in.
	Wxid string `json:"wxid"`
	// Code is the digits of LoginCaptcha. Empty means 123456.
	Code string `json:"code"`
	// URL is that of LoginVerify. Empty means one that leads nowhere.
	URL string `json:"url"`
}

// The actions of a LoginStep.
const (
	LoginScan         = "scan"          // the code is scanned
	LoginConfirm      = "confirm"       // the login is confirmed; a code that was not scanned is scanned first
	LoginCancel       = "cancel"        // it is cancelled
	LoginCaptcha      = "captcha"       // the phone shows digits, which checkLogin must bring
	LoginVerify       = "verify"        // a URL must be opened first
	LoginVerified     = "verified"      // that was done
	LoginHalf         = "half"          // the next checkLogin says that it is done without telling whose account it is
	LoginExpire       = "expire"        // the code expires
	LoginAcceptDialog = "accept_dialog" // the dialog of dialogLogin is accepted
	LoginRefuseDialog = "refuse_dialog" // it is refused
	LoginDrop         = "drop"          // an account is thrown out, as new devices are in their first night; Offline is posted
	LoginPhoneLogout  = "phone_logout"  // it is logged out on the phone; Offline is posted
	LoginDisconnect   = "disconnect"    // its line is lost, which reconnection mends; Offline is posted
)

const loginActions = "scan, confirm, cancel, captcha, verify, verified, half, expire, accept_dialog, refuse_dialog, drop, phone_logout, disconnect"

// LoginState is a device and its login.
type LoginState struct {
	AppID string `json:"app_id"`
	Wxid  string `json:"wxid"` // of the account that was logged in on it last
	UUID  string `json:"uuid,omitempty"`
	Stage string `json:"stage,omitempty"` // of its last login: waiting, scanned, confirmed, done, cancelled, expired
	Left  int    `json:"expires_in"`      // seconds
}

// Login makes a step of a login: POST /sim/login as a method.
func (s *Simulator) Login(step LoginStep) (LoginState, error) {
	state, err := s.advance(step)
	if err != nil {
		return LoginState{}, fmt.Errorf("simulator: login: %w", err)
	}
	return state, nil
}

func (s *Simulator) advance(step LoginStep) (LoginState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.findDevice(step)
	if err == nil {
		err = s.step(d, step)
	}
	if err != nil {
		return LoginState{}, err
	}
	s.broadcast()
	return s.loginState(d), nil
}

// Logins are the devices and their logins.
func (s *Simulator) Logins() []LoginState {
	s.mu.Lock()
	defer s.mu.Unlock()
	states := []LoginState{}
	for _, d := range s.devices.all {
		states = append(states, s.loginState(d))
	}
	return states
}

func (s *Simulator) loginState(d *device) LoginState {
	state := LoginState{AppID: d.id, Wxid: d.owner}
	if d.login != nil {
		state.Left = int(s.left(d.login).Seconds())
		state.UUID, state.Stage = d.login.uuid, d.login.stage
	}
	return state
}

func (s *Simulator) findDevice(step LoginStep) (*device, error) {
	var latest *device
	for _, d := range s.devices.all {
		switch {
		case step.AppID != "" && d.id != step.AppID, step.UUID != "" && (d.login == nil || d.login.uuid != step.UUID):
		case step.AppID != "" || step.UUID != "":
			return d, nil
		case d.login != nil && (latest == nil || !d.login.began.Before(latest.login.began)):
			latest = d
		}
	}
	switch {
	case latest != nil:
		return latest, nil
	case step.AppID == "" && step.UUID == "" && len(s.devices.all) == 1:
		return s.devices.all[0], nil
	case step.AppID == "" && step.UUID == "":
		return nil, errors.New(`no login has begun: give "app_id" or "uuid"`)
	default:
		return nil, errors.New("there is no such device or login; GET /sim/login lists them")
	}
}

func (s *Simulator) step(d *device, step LoginStep) error {
	switch {
	case step.Action == "":
		return fmt.Errorf(`"action" is missing: one of %s`, loginActions)
	case !slices.Contains(strings.Split(loginActions, ", "), step.Action):
		return fmt.Errorf("there is no action %q: use one of %s", step.Action, loginActions)
	case slices.Contains([]string{LoginDrop, LoginPhoneLogout, LoginDisconnect}, step.Action):
		return s.throwOff(d, step.Action)
	}
	if d.login == nil {
		return errors.New("no login has begun on this device")
	}
	s.left(d.login)
	if stage := d.login.stage; stage != stageWaiting && stage != stageScanned {
		return fmt.Errorf("the login of this device is %s", stage)
	}
	return s.phone(d, step)
}

// phone is what somebody does on a phone, or is asked for there.
func (s *Simulator) phone(d *device, step LoginStep) error {
	l := d.login
	var by *account
	if step.Wxid != "" {
		if by = s.people.byWxid(step.Wxid); by == nil {
			return fmt.Errorf("%q is no account", step.Wxid)
		}
	}
	if l.by == nil || by != nil {
		if dialog := strings.HasSuffix(step.Action, "_dialog"); !dialog && step.Action != LoginCancel && step.Action != LoginExpire {
			s.scan(d, by)
		}
	}
	switch step.Action {
	case LoginScan:
	case LoginConfirm:
		l.stage = stageConfirmed
	case LoginAcceptDialog, LoginRefuseDialog:
		if !l.dialog {
			return errors.New("this login is by a QR code, and not by a dialog")
		}
		l.stage = map[string]string{LoginAcceptDialog: stageConfirmed, LoginRefuseDialog: stageCancelled}[step.Action]
	case LoginCancel:
		l.stage = stageCancelled
	case LoginExpire:
		l.stage = stageExpired
	case LoginCaptcha:
		l.captcha = or(step.Code, "123456")
	case LoginVerify:
		l.url = or(step.URL, "https://verify.example.com/?ticket="+l.uuid)
	case LoginVerified:
		l.url = ""
	case LoginHalf:
		l.halves++
	}
	return nil
}

// throwOff ends the session of an account.
func (s *Simulator) throwOff(d *device, why string) error {
	a := s.people.byApp(d.id)
	if a == nil || a.Offline {
		return errors.New("nobody is logged in on this device")
	}
	a.lostLine, d.silent = why == LoginDisconnect, why != LoginDisconnect
	s.goOffline(a)
	return nil
}

func or(word, other string) string {
	if word == "" {
		return other
	}
	return word
}

// postLogin is POST /sim/login.
func (s *Simulator) postLogin(w http.ResponseWriter, r *http.Request) {
	var step LoginStep
	err := readJSON(w, r, &step)
	var state LoginState
	if err == nil {
		state, err = s.advance(step)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusOK, state)
}

// getLogins is GET /sim/login.
func (s *Simulator) getLogins(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("the list of logins takes no parameters"))
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Logins []LoginState `json:"logins"`
	}{s.Logins()})
}
