package login

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// DefaultEvery is what Config.Every means where it is 0.
const DefaultEvery = 5 * time.Second

// How long a code is assumed to be valid before the first poll, and how long a person may take for
// a page of WeChat.
const (
	codeLife = 120 * time.Second
	pageLife = 5 * time.Minute
)

// Config of a Flow. Client and State are required; the zero values of the others work.
type Config struct {
	// Client is the client of the service.
	Client *api.Client
	// State keeps the devices. It must outlive the process, or the next login makes another device.
	State store.State
	// Every is the interval between two polls of a login. 0 means DefaultEvery, which the service
	// demands.
	Every time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Sleep waits for d, or until ctx is done, whose error it then returns. nil means the real
	// time.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Flow logs accounts in. Use New to make one.
type Flow struct{ config Config }

// New makes a flow. It does not call the service.
func New(c Config) (*Flow, error) {
	if c.Client == nil || c.State == nil {
		return nil, errors.New("login: Config.Client and Config.State are required: without a state the device would be lost")
	}
	if c.Every == 0 {
		c.Every = DefaultEvery
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	return &Flow{c}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if !wait.For(ctx, nil, d) {
		return context.Cause(ctx)
	}
	return nil
}

// Request is a request to log in. The zero value logs in the only known account, by a code.
type Request struct {
	// AppID is the device. Empty means the only one in the state; if there is none, the service
	// makes one.
	AppID string
	// NewDevice makes another device although the state has one: for a second account, or because
	// the service has lost the first.
	NewDevice bool
	// RegionID is the code of the account's home province; see api.Regions. Empty means that of the
	// last login.
	RegionID string
	// Type is the kind of device. Empty means that of the last login, or api.DeviceIPad.
	Type api.DeviceType
	// ProxyIP is the user's own proxy, socks5://user:password@host:port; a secret, and not stored.
	// Empty means a proxy of the service.
	ProxyIP string
	// AID is the id of a program on the user's own computer, a third way to the home network. Only
	// GeWe documents it. Empty means none.
	AID string
	// TTUID is the id of a proxy app; see api.LoginQRCodeRequest.
	TTUID string
	// Dialog asks for a confirmation on the phone first, without a scan, and falls back to a code.
	Dialog bool
	// AutoSliding lets the service solve the slider of a Mac.
	AutoSliding bool
	// Reconnect tries to repair the session first: for an account that is online, but gets no
	// messages.
	Reconnect bool
}

// Start begins a login. It finds the device and checks the request; Attempt.Next makes the first
// call of the service. The errors are about the request, such as ErrChoose and ErrRegion.
func (f *Flow) Start(ctx context.Context, r Request) (*Attempt, error) {
	if r.NewDevice && r.AppID != "" {
		return nil, errors.New("login: a new device has no appId yet: give one of the two")
	}
	var d Device
	if !r.NewDevice {
		var err error
		if d, err = Choose(ctx, f.config.State, r.AppID); err != nil {
			return nil, err
		}
	}
	if r.RegionID != "" {
		d.RegionID = r.RegionID
	}
	if d.RegionID == "" {
		return nil, ErrRegion
	}
	if r.Type != "" {
		d.Type = r.Type
	}
	switch {
	case d.Type == "":
		d.Type = api.DeviceIPad
	case d.Type != api.DeviceIPad && d.Type != api.DeviceMac:
		return nil, phrase.Errorf("login: there is no device type %q: use %s or %s", d.Type, api.DeviceIPad, api.DeviceMac)
	}
	if r.AutoSliding && d.Type != api.DeviceMac {
		return nil, errors.New("login: only a Mac has a slider: leave AutoSliding out, or log in as a Mac")
	}
	return &Attempt{flow: f, request: r, device: d, known: d.AppID != "", step: stepBegin, slide: r.AutoSliding}, nil
}
