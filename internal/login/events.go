package login

import (
	"fmt"
	"time"

	"rsc.io/qr"

	"github.com/hongyan-go/hongyan/api"
)

// Event is something that the person at the login has to know, or do.
type Event interface{ event() }

// Final is an event that ends the session: [Online], [Confirmed], [Expired], [Cancelled] or [Failed].
type Final interface {
	Event
	final()
}

// QRCode is a code to scan with the phone, or to open with what the event that carries it names. Whoever has it can log in: show it, and
// never log it.
type QRCode struct {
	// Data is the text of the code. Draw it here: the picture that the service links to is drawn by a third party.
	Data string
	// ExpiresIn is about how long it lives; the service tells exactly when it is asked first.
	ExpiresIn time.Duration
	// Again tells that the first code expired before anybody scanned it.
	Again bool
}

// PNG is the code as a picture, with a margin.
func (c QRCode) PNG() ([]byte, error) {
	code, err := qr.Encode(c.Data, qr.M)
	if err != nil {
		return nil, fmt.Errorf("login: the code cannot be drawn: %w", err)
	}
	return code.PNG(), nil
}

// String hides the code, for whoever prints an event.
func (c QRCode) String() string { return fmt.Sprintf("QRCode{expires in %v}", c.ExpiresIn) }

// GoString hides the code.
func (c QRCode) GoString() string { return c.String() }

// DialogAsked says that the phone asks for a confirmation; there is nothing to scan.
type DialogAsked struct{}

// DialogFailed says that a login without a scan does not work now, and why. A QRCode follows.
type DialogFailed struct{ Err error }

// Scanned says that the code was scanned, and by whom.
type Scanned struct{ Nickname string }

// NeedCaptcha says that the phone may show a number: the service does not say whether it does. Give it to Session.Captcha if there is one,
// and go on in any case.
type NeedCaptcha struct {
	// Wrong tells that the last number was not right.
	Wrong bool
}

// NeedVerification says that WeChat wants to see the person: Code is the code of a page, which is to be opened with the vendor's app.
type NeedVerification struct{ Code QRCode }

// NeedSlider says that WeChat wants a slider moved, which the service can do itself: call Session.AutoSlide, or open the page of Code
// with the vendor's app.
type NeedSlider struct{ Code QRCode }

// Online says that nothing was to do: the account is online.
type Online struct {
	Device Device
	// Reconnected tells that it was mended, and not found so.
	Reconnected bool
}

// Confirmed is the end of a login that worked.
type Confirmed struct {
	Device Device
	Info   api.LoginInfo
	// Previous is the wxid that the device belonged to before, if it was another.
	Previous string
	// Unsaved is why the device could not be remembered; nil if it was. Without its appId the next login would make another device: tell
	// it to the person.
	Unsaved error
}

// Expired says that nobody confirmed in time.
type Expired struct{ Scanned bool }

// Cancelled says that the login was cancelled on the phone.
type Cancelled struct{}

// Failed says that the login cannot go on. The error tells what to do.
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
