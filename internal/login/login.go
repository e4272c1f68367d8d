package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// DefaultEvery is what Config.Every means where it is 0.
const DefaultEvery = 5 * time.Second

// How long a code is said to live before the service was asked, and how long a person may take for a page of WeChat.
const (
	codeLife = 120 * time.Second
	pageLife = 5 * time.Minute
)

// Config of a Flow. Client and State are required; the zero values of the others work.
type Config struct {
	// Client asks the service.
	Client *api.Client
	// State remembers the devices. It must outlive the process for an account that matters.
	State store.State
	// Every is how often the service is asked how far a login is. 0 means DefaultEvery, which is what the service wants.
	Every time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Sleep waits for d, or until ctx is done, whose error it then returns. nil means one that really does.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Flow logs accounts in. Make it with New.
type Flow struct{ config Config }

// New makes a flow. It asks nothing.
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
	if !wait.For(ctx, d) {
		return context.Cause(ctx)
	}
	return nil
}

// Request is what a person wants of a login. The zero value logs in the only account that is known, by a code.
type Request struct {
	// AppID is the device. Empty means the only one that is remembered; if there is none, the service makes one.
	AppID string
	// NewDevice makes another device although one is remembered: for a second account, or because the service has lost the first.
	NewDevice bool
	// RegionID is the code of the account's home province; see api.Regions. Empty means that of the last login.
	RegionID string
	// Type is the kind of device. Empty means that of the last login, or api.DeviceIPad.
	Type api.DeviceType
	// ProxyIP is a proxy of one's own, socks5://user:password@host:port; a secret, and not remembered. Empty means one of the service's.
	ProxyIP string
	// AID is the id of a program on one's own computer, a third way to the home network. Only GeWe documents it. Empty means none.
	AID string
	// TTUID is the id of a proxy app; see api.LoginQRCodeRequest.
	TTUID string
	// Dialog asks for a confirmation on the phone first, without a scan, and falls back to a code.
	Dialog bool
	// AutoSliding lets the service solve the slider of a Mac.
	AutoSliding bool
	// Reconnect tries to mend the session first: for an account that is online, but silent.
	Reconnect bool
}

// Start begins a login. It finds the device and checks the request, and asks the service nothing yet: Session.Next does. The errors
// are about the request: ErrChoose, ErrRegion and the like.
func (f *Flow) Start(ctx context.Context, r Request) (*Session, error) {
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
		return nil, fmt.Errorf("login: there is no device type %q: use %s or %s", d.Type, api.DeviceIPad, api.DeviceMac)
	}
	if r.AutoSliding && d.Type != api.DeviceMac {
		return nil, errors.New("login: only a Mac has a slider: leave AutoSliding out, or log in as a Mac")
	}
	return &Session{flow: f, request: r, device: d, known: d.AppID != "", step: stepBegin, slide: r.AutoSliding}, nil
}
