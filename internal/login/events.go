package login

import (
	"fmt"
	"time"

	"rsc.io/qr"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Event is something that the person has to know, or do.
type Event interface{ event() }

// Final is an event that ends the session: [Online], [Confirmed], [Expired], [Cancelled] or
// [Failed].
type Final interface {
	Event
	final()
}

// QRCode is a code to scan with the phone, or with the app that its event names. It lets anyone log
// in: show it, and never log it.
type QRCode struct {
	// Data is the text of the code. Draw it locally: the picture that the service links to is drawn
	// by a third party.
	Data string
	// ExpiresIn is about how long the code is valid; the exact time is known after the first poll.
	ExpiresIn time.Duration
	// Again means that the first code expired before it was scanned.
	Again bool
}

// PNG returns the code as a picture, with a margin.
func (c QRCode) PNG() ([]byte, error) {
	code, err := qr.Encode(c.Data, qr.M)
	if err != nil {
		return nil, phrase.Errorf("login: the code cannot be drawn: %w", err)
	}
	return code.PNG(), nil
}

// Width returns how many modules the code has in a line, without a margin; 0 if it cannot be drawn.
func (c QRCode) Width() int {
	code, err := qr.Encode(c.Data, qr.M)
	if err != nil {
		return 0
	}
	return code.Size
}

// String hides the code when an event is printed.
func (c QRCode) String() string { return fmt.Sprintf("QRCode{expires in %v}", c.ExpiresIn) }

// GoString hides the code.
func (c QRCode) GoString() string { return c.String() }

// DialogAsked means that the phone asks for a confirmation; there is nothing to scan.
type DialogAsked struct{}

// DialogFailed means that a login without a scan does not work now. A QRCode follows.
type DialogFailed struct{ Err error }

// Scanned means that an account has scanned the code.
type Scanned struct{ Nickname string }

// NeedCaptcha means that the phone may show a number: the service does not say whether it does.
// Pass it to Attempt.Captcha if there is one, and continue in any case.
type NeedCaptcha struct {
	// Wrong means that the last number was wrong.
	Wrong bool
}

// NeedVerification means that WeChat wants to verify the person: Code is the code of a page to open
// with the vendor's app.
type NeedVerification struct{ Code QRCode }

// NeedSlider means that WeChat wants a slider moved. The service can do it: call Attempt.AutoSlide.
// Otherwise open the page of Code with the vendor's app.
type NeedSlider struct{ Code QRCode }

// Online means that the account is online, and there was nothing to do.
type Online struct {
	Device Device
	// Reconnected means that the account came online by a reconnection.
	Reconnected bool
}

// Confirmed means that the login has succeeded.
type Confirmed struct {
	Device Device
	Info   api.LoginInfo
	// Previous is the wxid of the account that had the device before, if it was another.
	Previous string
	// Unsaved is why the device could not be stored; nil if it was. Show the appId to the person:
	// without it the next login would make another device.
	Unsaved error
}

// Expired means that the login was not confirmed in time.
type Expired struct{ Scanned bool }

// Cancelled means that the login was cancelled on the phone.
type Cancelled struct{}

// Failed means that the login cannot go on. The error says what to do.
type Failed struct{ Err error }

func (QRCode) event()           {}
func (DialogAsked) event()      {}
func (DialogFailed) event()     {}
func (Scanned) event()          {}
func (NeedCaptcha) event()      {}
func (NeedVerification) event() {}
func (NeedSlider) event()       {}
func (Online) event()           {}
func (Confirmed) event()        {}
func (Expired) event()          {}
func (Cancelled) event()        {}
func (Failed) event()           {}

func (Online) final()    {}
func (Confirmed) final() {}
func (Expired) final()   {}
func (Cancelled) final() {}
func (Failed) final()    {}
