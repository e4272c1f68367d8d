package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
)

// devicePrefix begins the keys of devices in the state; the appId follows.
const devicePrefix = "login/"

// maxDevices bounds the devices that are listed.
const maxDevices = 1000

// firstNight is how long after its first login a device may be logged out by the rule of the next
// day.
const firstNight = 30 * time.Hour

// Device is what is remembered about a device, and the account that used it last. Neither proxy nor
// code is stored.
type Device struct {
	AppID    string         `json:"appId"`
	Wxid     string         `json:"wxid,omitempty"` // empty until a login was complete
	Nickname string         `json:"nickname,omitempty"`
	RegionID string         `json:"regionId,omitempty"`
	Type     api.DeviceType `json:"type,omitempty"`
	First    time.Time      `json:"first,omitzero"` // when the first login was complete; zero if none was
	Last     time.Time      `json:"last,omitzero"`  // when the last login was complete
}

// FirstNight reports whether an account that is offline now was probably logged out because its
// device is new: that happens once, in the small hours of the next day, and a login with the same
// appId fixes it for good.
func (d Device) FirstNight(now time.Time) bool {
	return !d.First.IsZero() && d.First.Equal(d.Last) && now.Sub(d.First) < firstNight
}

// name returns the name of the device in a list.
func (d Device) name() string {
	if d.Wxid == "" {
		return d.AppID + " (never logged in)"
	}
	return fmt.Sprintf("%s (%s, %s)", d.AppID, d.Nickname, d.Wxid)
}

// Devices returns the devices in a state, in the order of their appIds.
func Devices(ctx context.Context, state store.State) ([]Device, error) {
	entries, err := state.List(ctx, devicePrefix, "", maxDevices)
	if err != nil {
		return nil, phrase.Errorf("login: the devices cannot be read: %w", err)
	}
	devices := make([]Device, 0, len(entries))
	for _, e := range entries {
		d, err := readDevice(e)
		if err != nil {
			return nil, err
		}
		devices = append(devices, d)
	}
	return devices, nil
}

// Remembered returns what a state holds about a device; only its AppID if that is nothing.
func Remembered(ctx context.Context, state store.State, appID string) (Device, error) {
	e, err := state.Get(ctx, devicePrefix+appID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Device{AppID: appID}, nil
	case err != nil:
		return Device{}, phrase.Errorf("login: the device cannot be read: %w", err)
	}
	return readDevice(e)
}

// readDevice returns an error for a corrupt entry: to begin anew would make another device.
func readDevice(e store.Entry) (Device, error) {
	var d Device
	if err := json.Unmarshal(e.Value, &d); err != nil || d.AppID == "" {
		return d, phrase.Errorf("login: the entry %q of the state is broken: give the appId yourself", e.Key)
	}
	return d, nil
}

func save(ctx context.Context, state store.State, d Device) error {
	value, err := json.Marshal(d)
	if err == nil {
		_, err = state.Put(ctx, devicePrefix+d.AppID, value, 0)
	}
	if err != nil {
		return phrase.Errorf("login: the device could not be remembered, note its appId %s: %w", d.AppID, err)
	}
	return nil
}

// saveSince stores since when the account uses the service, which decides the limits of the outbox.
// A stored time stays.
func saveSince(ctx context.Context, state store.State, d Device) error {
	_, err := state.Swap(ctx, "account/"+d.AppID+"/since", []byte(d.First.UTC().Format(time.RFC3339)), 0, 0)
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return phrase.Errorf("login: the age of the account could not be noted: %w", err)
	}
	return nil
}

// forgetUnfinished deletes devices on which no login was ever complete.
func forgetUnfinished(ctx context.Context, state store.State, but string) error {
	devices, err := Devices(ctx, state)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.Wxid != "" || d.AppID == but {
			continue
		}
		if err := state.Delete(ctx, devicePrefix+d.AppID); err != nil {
			return fmt.Errorf("login: %w", err)
		}
	}
	return nil
}

// Choose returns the device of an appId. Without an appId it returns the only device in the state,
// a Device without an appId if there is none, and ErrChoose if there are several.
func Choose(ctx context.Context, state store.State, appID string) (Device, error) {
	if appID != "" {
		return Remembered(ctx, state, appID)
	}
	devices, err := Devices(ctx, state)
	switch {
	case err != nil:
		return Device{}, err
	case len(devices) == 0:
		return Device{}, nil
	case len(devices) == 1:
		return devices[0], nil
	}
	names := make([]string, len(devices))
	for i, d := range devices {
		names[i] = d.name()
	}
	return Device{}, phrase.Errorf("%w: give the appId of one: %s", ErrChoose, strings.Join(names, ", "))
}
