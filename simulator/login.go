package simulator

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

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
	LoginScan         = world.LoginScan         // the code is scanned
	LoginConfirm      = world.LoginConfirm      // the login is confirmed; a code that was not scanned is scanned first
	LoginCancel       = world.LoginCancel       // it is cancelled
	LoginCaptcha      = world.LoginCaptcha      // the phone shows digits, which checkLogin must bring
	LoginVerify       = world.LoginVerify       // a URL must be opened first
	LoginVerified     = world.LoginVerified     // that was done
	LoginHalf         = world.LoginHalf         // the next checkLogin says that it is done without telling whose account it is
	LoginExpire       = world.LoginExpire       // the code expires
	LoginAcceptDialog = world.LoginAcceptDialog // the dialog of dialogLogin is accepted
	LoginRefuseDialog = world.LoginRefuseDialog // it is refused
	LoginDrop         = world.LoginDrop         // an account is thrown out, as new devices are in their first night; Offline is posted
	LoginPhoneLogout  = world.LoginPhoneLogout  // it is logged out on the phone; Offline is posted
	LoginDisconnect   = world.LoginDisconnect   // its line is lost, which reconnection mends; Offline is posted
)

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
	state, err := s.world.Advance(world.LoginStep(step))
	if err != nil {
		return LoginState{}, fmt.Errorf("simulator: login: %w", err)
	}
	return LoginState(state), nil
}

// Logins are the devices and their logins.
func (s *Simulator) Logins() []LoginState {
	states := []LoginState{}
	for _, state := range s.world.Logins() {
		states = append(states, LoginState(state))
	}
	return states
}
