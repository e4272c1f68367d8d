package world

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The actions of a LoginStep.
const (
	LoginScan         = "scan"
	LoginConfirm      = "confirm"
	LoginCancel       = "cancel"
	LoginCaptcha      = "captcha"
	LoginVerify       = "verify"
	LoginVerified     = "verified"
	LoginHalf         = "half"
	LoginExpire       = "expire"
	LoginAcceptDialog = "accept_dialog"
	LoginRefuseDialog = "refuse_dialog"
	LoginDrop         = "drop"
	LoginPhoneLogout  = "phone_logout"
	LoginDisconnect   = "disconnect"
)

const loginActions = "scan, confirm, cancel, captcha, verify, verified, half, expire, accept_dialog, refuse_dialog, drop, phone_logout, " +
	"disconnect"

// LoginStep is what happens on the phone during a login, or to an account that is online; see
// simulator.LoginStep.
type LoginStep struct {
	AppID  string
	UUID   string
	Action string
	Wxid   string
	Code   string
	URL    string
}

// LoginState is a device and its login; see simulator.LoginState.
type LoginState struct {
	AppID string
	Wxid  string
	UUID  string
	Stage string
	Left  int
}

// Advance makes a step of a login. It takes the lock.
func (w *World) Advance(step LoginStep) (LoginState, error) {
	w.Lock()
	defer w.Unlock()
	d, err := w.findDevice(step)
	if err == nil {
		err = w.step(d, step)
	}
	if err != nil {
		return LoginState{}, err
	}
	w.Broadcast()
	return w.loginState(d), nil
}

// Logins returns the devices and their logins. It takes the lock.
func (w *World) Logins() []LoginState {
	w.Lock()
	defer w.Unlock()
	states := []LoginState{}
	for _, d := range w.Devices.All {
		states = append(states, w.loginState(d))
	}
	return states
}

func (w *World) loginState(d *Device) LoginState {
	state := LoginState{AppID: d.ID, Wxid: d.Owner}
	if d.Login != nil {
		state.Left = int(w.TimeLeft(d.Login).Seconds())
		state.UUID, state.Stage = d.Login.UUID, d.Login.Stage
	}
	return state
}

func (w *World) findDevice(step LoginStep) (*Device, error) {
	var latest *Device
	for _, d := range w.Devices.All {
		switch {
		case step.AppID != "" && d.ID != step.AppID, step.UUID != "" && (d.Login == nil || d.Login.UUID != step.UUID):
		case step.AppID != "" || step.UUID != "":
			return d, nil
		case d.Login != nil && (latest == nil || !d.Login.began.Before(latest.Login.began)):
			latest = d
		}
	}
	switch {
	case latest != nil:
		return latest, nil
	case step.AppID == "" && step.UUID == "" && len(w.Devices.All) == 1:
		return w.Devices.All[0], nil
	case step.AppID == "" && step.UUID == "":
		return nil, errors.New(`no login has begun: give "app_id" or "uuid"`)
	default:
		return nil, errors.New("there is no such device or login; GET /sim/login lists them")
	}
}

func (w *World) step(d *Device, step LoginStep) error {
	switch {
	case step.Action == "":
		return fmt.Errorf(`"action" is missing: one of %s`, loginActions)
	case !slices.Contains(strings.Split(loginActions, ", "), step.Action):
		return fmt.Errorf("there is no action %q: use one of %s", step.Action, loginActions)
	case slices.Contains([]string{LoginDrop, LoginPhoneLogout, LoginDisconnect}, step.Action):
		return w.endSession(d, step.Action)
	}
	if d.Login == nil {
		return errors.New("no login has begun on this device")
	}
	w.TimeLeft(d.Login)
	if stage := d.Login.Stage; stage != StageWaiting && stage != StageScanned {
		return fmt.Errorf("the login of this device is %s", stage)
	}
	return w.phone(d, step)
}

// phone makes a step that happens on the phone.
func (w *World) phone(d *Device, step LoginStep) error {
	l := d.Login
	var by *Account
	if step.Wxid != "" {
		if by = w.People.ByWxid(step.Wxid); by == nil {
			return fmt.Errorf("%q is not an account", step.Wxid)
		}
	}
	if l.By == nil || by != nil {
		if dialog := strings.HasSuffix(step.Action, "_dialog"); !dialog && step.Action != LoginCancel && step.Action != LoginExpire {
			w.scan(d, by)
		}
	}
	switch step.Action {
	case LoginScan:
	case LoginConfirm:
		l.Stage = StageConfirmed
	case LoginAcceptDialog, LoginRefuseDialog:
		if !l.dialog {
			return errors.New("this login is by a QR code, and not by a dialog")
		}
		l.Stage = map[string]string{LoginAcceptDialog: StageConfirmed, LoginRefuseDialog: StageCancelled}[step.Action]
	case LoginCancel:
		l.Stage = StageCancelled
	case LoginExpire:
		l.Stage = StageExpired
	case LoginCaptcha:
		l.Captcha = cmp.Or(step.Code, "123456")
	case LoginVerify:
		l.URL = cmp.Or(step.URL, "https://verify.example.com/?ticket="+l.UUID)
	case LoginVerified:
		l.URL = ""
	case LoginHalf:
		l.Halves++
	}
	return nil
}

// endSession ends the session of an account.
func (w *World) endSession(d *Device, why string) error {
	a := w.People.ByApp(d.ID)
	if a == nil || a.Offline {
		return errors.New("no account is logged in on this device")
	}
	a.Disconnected, d.Silent = why == LoginDisconnect, why != LoginDisconnect
	w.goOffline(a)
	return nil
}
