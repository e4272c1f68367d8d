package login

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/api"
)

// The bounds of a session. Beyond them a person decides.
const (
	maxCodes    = 2 // codes drawn
	maxCaptchas = 3 // numbers tried
	maxLost     = 3 // answers lost in a row
	patience    = 2 // polls after a scan before the phone probably shows a number
)

// step is the state of a session.
type step int

const (
	stepBegin  step = iota // before the first call
	stepDialog             // the phone is to ask for a confirmation
	stepCode               // a code is to be made
	stepPoll               // the service is to be polled
	stepEnd
)

// Attempt is one login. It is not safe for concurrent use.
type Attempt struct {
	flow    *Flow
	request Request
	device  Device
	known   bool // the device was there before

	step     step
	end      Final
	uuid     string
	deadline time.Time
	told     bool // the deadline comes from the service
	dialog   bool // no code: the phone asks
	codes    int

	scanned  bool
	polls    int // since the scan
	asked    bool
	captcha  string
	captchas int
	slide    bool
	page     string // the last verification that was returned
	lost     int
}

// Captcha sets the number that the phone shows, for the next poll. Empty means that there is none.
func (s *Attempt) Captcha(number string) { s.captcha = number }

// AutoSlide lets the service solve the slider of a Mac.
func (s *Attempt) AutoSlide() { s.slide = s.device.Type == api.DeviceMac }

// Next waits for the next event. After a Final one it returns that again. The only error is that of
// a cancelled context; the session can go on with another context.
func (s *Attempt) Next(ctx context.Context) (Event, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		var e Event
		switch s.step {
		case stepBegin:
			e = s.begin(ctx)
		case stepDialog:
			e = s.askDialog(ctx)
		case stepCode:
			e = s.draw(ctx)
		case stepPoll:
			if err := s.flow.config.Sleep(ctx, s.flow.config.Every); err != nil {
				return nil, err
			}
			e = s.poll(ctx)
		case stepEnd:
			return s.end, nil
		}
		if ctx.Err() != nil && e != nil { // the error does not come from the service
			if _, failed := e.(Failed); failed {
				return nil, context.Cause(ctx)
			}
		}
		if end, ok := e.(Final); ok {
			s.step, s.end = stepEnd, end
		}
		if e != nil {
			return e, nil
		}
	}
}

// begin checks whether the account is online already: each login may alert risk control.
func (s *Attempt) begin(ctx context.Context) Event {
	s.step = stepCode
	if !s.known {
		return nil
	}
	if s.request.Dialog && s.device.Wxid != "" {
		s.step = stepDialog
	}
	service := s.flow.config.Client.Login
	if s.request.Reconnect {
		if mended, err := service.Reconnect(ctx, s.device.AppID); err == nil && mended {
			return Online{Device: s.device, Reconnected: true}
		}
		return nil
	}
	online, err := service.CheckOnline(ctx, s.device.AppID)
	switch {
	case err == nil && online:
		return Online{Device: s.device}
	case err != nil && (!refusal(err) || broken(err) || errors.Is(err, api.ErrTokenInvalid)):
		return s.fail(err)
	}
	return nil // also after a refusal: the login shows whether the device is known
}

func (s *Attempt) fail(err error) Event { return Failed{explain(err, s.scanned, s.device)} }

// askDialog makes the phone ask for a confirmation, or goes on to a code.
func (s *Attempt) askDialog(ctx context.Context) Event {
	s.step = stepCode
	if s.device.FirstNight(s.flow.config.Now()) {
		return DialogFailed{errors.New("login: a device that is new needs a scan on its second day")}
	}
	d, err := s.flow.config.Client.Login.DialogLogin(ctx, api.DialogLoginRequest{
		AppID: s.device.AppID, RegionID: s.device.RegionID, ProxyIP: s.request.ProxyIP, AID: s.request.AID,
	})
	switch {
	case err != nil && (errors.Is(err, api.ErrTokenInvalid) || errors.Is(err, api.ErrDeviceUnknown)):
		return s.fail(err)
	case err != nil:
		return DialogFailed{err}
	}
	s.dialog = true
	s.wait(d.UUID)
	return DialogAsked{}
}

// wait begins to poll the login.
func (s *Attempt) wait(uuid string) {
	s.step, s.uuid, s.deadline = stepPoll, uuid, s.flow.config.Now().Add(codeLife)
	s.told, s.scanned, s.polls, s.asked, s.page, s.lost = false, false, 0, false, "", 0
}

// draw gets a code. A device that the service has made for it is stored before anything else can
// fail.
func (s *Attempt) draw(ctx context.Context) Event {
	s.dialog = false
	code, err := s.flow.config.Client.Login.GetLoginQRCode(ctx, api.LoginQRCodeRequest{
		AppID: s.device.AppID, RegionID: s.device.RegionID, Type: s.device.Type, ProxyIP: s.request.ProxyIP, TTUID: s.request.TTUID,
		AID: s.request.AID,
	})
	if err != nil {
		return s.fail(err)
	}
	if s.device.AppID == "" {
		if code.AppID == "" {
			return Failed{errors.New("login: the service made a device and did not say which: look for its appId in the console")}
		}
		s.device.AppID = code.AppID
		ctx := context.WithoutCancel(ctx)
		err := save(ctx, s.flow.config.State, s.device)
		if err == nil && s.request.NewDevice {
			err = forgetUnfinished(ctx, s.flow.config.State, s.device.AppID)
		}
		if err != nil {
			return Failed{err}
		}
	}
	s.codes++
	s.wait(code.UUID)
	return QRCode{Data: code.Data, ExpiresIn: codeLife, Again: s.codes > 1}
}

// poll polls the login; nil if there is nothing to report.
func (s *Attempt) poll(ctx context.Context) Event {
	captcha := s.captcha
	s.captcha = ""
	state, err := s.flow.config.Client.Login.CheckLogin(ctx, api.CheckLoginRequest{
		AppID: s.device.AppID, UUID: s.uuid, ProxyIP: s.request.ProxyIP, Captcha: captcha, AutoSliding: s.slide,
	})
	if err != nil {
		return s.refused(err, captcha)
	}
	s.lost = 0
	now := s.flow.config.Now()
	if until := now.Add(time.Duration(state.ExpiredTime) * time.Second); state.ExpiredTime > 0 && (!s.told || until.Before(s.deadline)) {
		s.told, s.deadline = true, until // never later: with a service that does not count down it would wait for ever
	}
	switch {
	case state.LoggedIn():
		return s.confirm(ctx, state.Info)
	case state.Status == api.LoginCancelled:
		return Cancelled{}
	case state.NeedsVerification():
		if s.page != state.VerificationURL {
			return s.verify(state.VerificationURL)
		}
	case state.Status == api.LoginScanned && !s.scanned:
		s.scanned = true
		if !s.dialog {
			return Scanned{state.NickName}
		}
	case state.Status == api.LoginScanned:
		s.polls++
		if s.polls >= patience && !s.asked && !s.dialog && s.device.Type == api.DeviceIPad {
			s.asked = true
			return NeedCaptcha{}
		}
	}
	if !now.Before(s.deadline) {
		return s.expire()
	}
	return nil
}

// refused distinguishes errors of the network from those of the service, and what the latter are
// about.
func (s *Attempt) refused(err error, captcha string) Event {
	switch {
	case !refusal(err) && !errors.Is(err, api.ErrTokenInvalid) && s.lost < maxLost && s.flow.config.Now().Before(s.deadline):
		s.lost++ // a further poll does no harm
		s.captcha = captcha
		return nil
	case captcha != "" && wrongCaptcha(err):
		if s.captchas++; s.captchas >= maxCaptchas {
			return Failed{ErrCaptcha}
		}
		return NeedCaptcha{Wrong: true}
	case expired(err) && !errors.Is(err, api.ErrTokenInvalid):
		return s.expire()
	}
	return s.fail(err)
}

// expire makes another code if the first was not scanned, or no dialog appeared.
func (s *Attempt) expire() Event {
	switch {
	case s.dialog:
		s.step = stepCode
		return DialogFailed{errors.New("login: nobody confirmed on the phone in time")}
	case s.scanned || s.codes >= maxCodes:
		return Expired{s.scanned}
	}
	s.step = stepCode
	return nil
}

// verify returns a page that has to be opened, once.
func (s *Attempt) verify(page string) Event {
	s.page, s.scanned = page, true
	if until := s.flow.config.Now().Add(pageLife); until.After(s.deadline) {
		s.deadline = until // the answers contain no time: the service decides when it ends
	}
	code := QRCode{Data: page, ExpiresIn: s.deadline.Sub(s.flow.config.Now())}
	if s.device.Type == api.DeviceMac && !s.slide {
		return NeedSlider{code}
	}
	return NeedVerification{code}
}

// confirm stores the account.
func (s *Attempt) confirm(ctx context.Context, info *api.LoginInfo) Event {
	ctx = context.WithoutCancel(ctx)
	c := Confirmed{Info: *info}
	d := &s.device
	if d.Wxid != "" && d.Wxid != info.Wxid {
		c.Previous, d.First = d.Wxid, time.Time{}
	}
	now := s.flow.config.Now()
	if d.Wxid, d.Nickname, d.Last = info.Wxid, info.NickName, now; d.First.IsZero() {
		d.First = now
	}
	c.Device = *d
	c.Unsaved = errors.Join(save(ctx, s.flow.config.State, *d), saveSince(ctx, s.flow.config.State, *d))
	return c
}
