package login

import (
	"errors"
	"net/http"
	"strings"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// The reasons for which a login does not begin, or fails, for errors.Is, besides those of package
// api.
var (
	// ErrChoose means that the state has several devices, and none was named.
	ErrChoose = errors.New("login: several accounts are known")
	// ErrRegion means that neither the request nor the state has the home province of the account.
	ErrRegion = errors.New("login: no region: give the code of the account's home province, such as 310000 for Shanghai")
	// ErrOtherAccount means that the device seems to belong to another account than the one that
	// scanned the code.
	ErrOtherAccount = errors.New("login: the device belongs to another account")
	// ErrCaptcha means that the number was wrong too often.
	ErrCaptcha = errors.New("login: the number was wrong too often: begin again, and type what the phone shows")
)

// explain adds to an error of the service what to do.
func explain(err error, scanned bool, d Device) error {
	switch {
	case errors.Is(err, api.ErrTokenInvalid):
		return phrase.Errorf("login: the service does not take the token: get the current one from its console: %w", err)
	case errors.Is(err, api.ErrDeviceUnknown):
		return phrase.Errorf("login: the service does not know the device %s: is the token that of the same service? "+
			"Only if the device is really gone, log in with a new device: %w", d.AppID, err)
	case errors.Is(err, api.ErrDeviceNotCreated):
		return phrase.Errorf("login: the service could not make a device: check the proxy, or use a region: %w", err)
	case broken(err):
		return phrase.Errorf("login: the service has an error of its own: wait, and try again: %w", err)
	case refusal(err) && scanned && d.Wxid != "":
		return phrase.Errorf("%w, or the account may not log in now: scan with the phone of %s (%s), which used it last, "+
			"or log the other account in with a new device: %w", ErrOtherAccount, d.Nickname, d.Wxid, err)
	case refusal(err):
		return phrase.Errorf("login: the service refused, begin again with the same device: %w", err)
	}
	return phrase.Errorf("login: the service cannot be reached: check the network and the base URL: %w", err)
}

// refusal reports whether the service itself refused, rather than the network or a gateway.
func refusal(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Executed() == api.ExecutedNo && e.Ret != 0
}

// broken reports whether the server says that it has failed: that says nothing about the account.
func broken(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Ret != 0 && e.HTTPStatus >= http.StatusInternalServerError
}

// expired reports whether a refusal is about the age of the code: there is no error number for
// that.
func expired(err error) bool { return says(err, "过期", "expired", "超时", "失效") }

// wrongCaptcha reports whether a refusal is about the number.
func wrongCaptcha(err error) bool { return says(err, "验证码", "captch") }

func says(err error, words ...string) bool {
	var e *api.Error
	if !errors.As(err, &e) || e.Ret == 0 {
		return false
	}
	text := strings.ToLower(e.Message)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
