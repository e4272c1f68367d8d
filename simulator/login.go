package simulator

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// LoginStep is what happens on the phone during a login, or to an account that is online. It is the
// body of POST /sim/login.
type LoginStep struct {
	// AppID or UUID names the device, or its login. Empty means the device whose login began last.
	AppID string `json:"app_id"`
	UUID  string `json:"uuid"`
	// Action is one of the Login constants.
	Action string `json:"action"`
	// Wxid is the account whose phone scans the code. Empty means the account of the device, or the
	// first that is offline.
	Wxid string `json:"wxid"`
	// Code is the code of LoginCaptcha. Empty means 123456.
	Code string `json:"code"`
	// URL is the URL of LoginVerify. Empty means a URL without a page.
	URL string `json:"url"`
}

// The actions of a LoginStep. LoginConfirm scans the code first if it was not scanned.
// LoginHalf makes one checkLogin answer with success, but without the account. LoginDrop is what
// WeChat does to new devices on their first night. LoginDrop, LoginPhoneLogout and LoginDisconnect
// post Offline; only after LoginDisconnect does reconnection restore the account.
const (
	LoginScan         = world.LoginScan         // the code is scanned
	LoginConfirm      = world.LoginConfirm      // the login is confirmed
	LoginCancel       = world.LoginCancel       // the login is cancelled
	LoginCaptcha      = world.LoginCaptcha      // the phone shows a code that checkLogin must have
	LoginVerify       = world.LoginVerify       // a page must be opened first
	LoginVerified     = world.LoginVerified     // the page was opened
	LoginHalf         = world.LoginHalf         // the next success lacks the account
	LoginExpire       = world.LoginExpire       // the code expires
	LoginAcceptDialog = world.LoginAcceptDialog // the dialog of dialogLogin is accepted
	LoginRefuseDialog = world.LoginRefuseDialog // the dialog is refused
	LoginDrop         = world.LoginDrop         // WeChat logs the account out
	LoginPhoneLogout  = world.LoginPhoneLogout  // the phone logs the account out
	LoginDisconnect   = world.LoginDisconnect   // the account loses its connection
)

// LoginState is a device and its login.
type LoginState struct {
	AppID string `json:"app_id"`
	Wxid  string `json:"wxid"` // of the last account that was logged in on it
	UUID  string `json:"uuid,omitempty"`
	// Stage is that of its last login: waiting, scanned, confirmed, done, cancelled or expired.
	Stage string `json:"stage,omitempty"`
	Left  int    `json:"expires_in"` // seconds
}

// Login makes a step of a login: POST /sim/login as a method.
func (s *Simulator) Login(step LoginStep) (LoginState, error) {
	state, err := s.world.Advance(world.LoginStep(step))
	if err != nil {
		return LoginState{}, fmt.Errorf("simulator: login: %w", err)
	}
	return LoginState(state), nil
}

// Logins returns the devices and their logins.
func (s *Simulator) Logins() []LoginState {
	states := []LoginState{}
	for _, state := range s.world.Logins() {
		states = append(states, LoginState(state))
	}
	return states
}

// postLogin is POST /sim/login.
func (s *Simulator) postLogin(w http.ResponseWriter, r *http.Request) {
	var step LoginStep
	err := readJSON(w, r, &step)
	var state world.LoginState
	if err == nil {
		state, err = s.world.Advance(world.LoginStep(step))
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, LoginState(state))
}

// getLogins is GET /sim/login.
func (s *Simulator) getLogins(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("the list of logins takes no parameters"))
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		Logins []LoginState `json:"logins"`
	}{s.Logins()})
}
