package login_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/store"
)

// TestEvents plays what the service may answer, poll by poll.
func TestEvents(t *testing.T) {
	t.Parallel()
	two := []string{code1, code2}
	for name, c := range map[string]struct {
		codes, polls []string
		request      login.Request
		events       string
	}{
		"straight":                  {two, []string{waiting, scanned, done}, login.Request{}, "QRCode Scanned Confirmed"},
		"success needs the account": {two, []string{scanned, half, half, done}, login.Request{}, "QRCode Scanned Confirmed"},
		"done at once":              {two, []string{done}, login.Request{}, "QRCode Confirmed"},
		"cancelled":                 {two, []string{scanned, cancelled}, login.Request{}, "QRCode Scanned Cancelled"},
		"a number, perhaps": {two, []string{scanned, scanned, scanned, scanned, done}, login.Request{},
			"QRCode Scanned NeedCaptcha Confirmed"},
		"no number on a Mac": {two, []string{scanned, scanned, scanned, scanned, done}, login.Request{Type: api.DeviceMac},
			"QRCode Scanned Confirmed"},
		"a page": {two, []string{scanned, page, page, page, done}, login.Request{},
			"QRCode Scanned NeedVerification Confirmed"},
		"a slider": {two, []string{scanned, page, page, done}, login.Request{Type: api.DeviceMac},
			"QRCode Scanned NeedSlider Confirmed"},
		"a page in spite of auto-sliding": {two, []string{scanned, page, done}, login.Request{Type: api.DeviceMac, AutoSliding: true},
			"QRCode Scanned NeedVerification Confirmed"},
		"expired once":           {two, []string{nearly, nearly, done}, login.Request{}, "QRCode QRCode Confirmed"},
		"expired by a refusal":   {two, []string{expiredCode, done}, login.Request{}, "QRCode QRCode Confirmed"},
		"expired twice":          {two, []string{expiredCode, expiredCode}, login.Request{}, "QRCode QRCode Expired"},
		"expired after the scan": {two, []string{scanned, expiredCode}, login.Request{}, "QRCode Scanned Expired"},
		"nobody confirms": {two, []string{scanned, scannedLate, scannedLate, scannedLate}, login.Request{},
			"QRCode Scanned NeedCaptcha Expired"},
		"answers lost": {two, []string{gateway, gateway, gateway, waiting, gateway, done}, login.Request{},
			"QRCode Confirmed"},
		"too many answers lost":   {two, times(gateway, 4), login.Request{}, "QRCode Failed"},
		"refused":                 {two, []string{refused}, login.Request{}, "QRCode Failed"},
		"token expired meanwhile": {two, []string{badToken2}, login.Request{}, "QRCode Failed"},
		"no device for it":        {[]string{noNewDevice}, nil, login.Request{}, "Failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string][]string{"/login/getLoginQrCode": c.codes, "/login/checkLogin": c.polls})
			c.request.RegionID = region
			events, _ := b.play(t, c.request, nil)
			assert.Equal(t, c.events, strings.Join(events, " "))
			assert.Empty(t, b.script.answers["/login/checkLogin"], "each answer was asked for")
			for _, d := range b.slept {
				assert.Equal(t, 5*time.Second, d)
			}
		})
	}
}

// TestExpiredTime obeys what the service says, not what is said of it.
func TestExpiredTime(t *testing.T) {
	t.Parallel()
	polls := []string{}
	for left := 195; left >= 0; left -= 5 {
		polls = append(polls, strings.Replace(waiting, `"expiredTime":200`, fmt.Sprintf(`"expiredTime":%d`, left), 1))
	}
	b := newBench(t, map[string][]string{"/login/getLoginQrCode": {code1, code2}, "/login/checkLogin": append(polls, done)})
	start := b.now
	events, _ := b.play(t, login.Request{RegionID: region}, func(_ *login.Attempt, e login.Event) {
		if code, ok := e.(login.QRCode); ok && code.Again {
			assert.Equal(t, 200*time.Second, b.now.Sub(start))
			assert.Equal(t, "http://weixin.qq.com/x/second", code.Data)
		}
	})
	assert.Equal(t, []string{"QRCode", "QRCode", "Confirmed"}, events)
}

func TestCaptcha(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]string{
		"/login/getLoginQrCode": {code1},
		"/login/checkLogin":     {scanned, scanned, scanned, wrongNumber, gateway, scanned, done},
	})
	number := 1
	events, _ := b.play(t, login.Request{RegionID: region}, func(s *login.Attempt, e login.Event) {
		if n, ok := e.(login.NeedCaptcha); ok {
			assert.Equal(t, number == 2, n.Wrong)
			s.Captcha(strings.Repeat(strconv.Itoa(number), 6))
			number++
		}
	})
	assert.Equal(t, []string{"QRCode", "Scanned", "NeedCaptcha", "NeedCaptcha", "Confirmed"}, events)
	var sent []any
	for _, body := range b.script.of("/login/checkLogin") {
		sent = append(sent, body["captchCode"])
	}
	assert.Equal(t, []any{nil, nil, nil, "111111", "222222", "222222", nil}, sent,
		"a number goes with one answer, and again only if that was lost")

	b = newBench(t, map[string][]string{
		"/login/getLoginQrCode": {code1}, "/login/checkLogin": {scanned, scanned, scanned, wrongNumber, wrongNumber, wrongNumber},
	})
	_, end := b.play(t, login.Request{RegionID: region}, func(s *login.Attempt, e login.Event) {
		if _, ok := e.(login.NeedCaptcha); ok {
			s.Captcha("000000")
		}
	})
	require.ErrorIs(t, end.(login.Failed).Err, login.ErrCaptcha)
}

func TestAutoSlide(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]string{"/login/getLoginQrCode": {code1}, "/login/checkLogin": {scanned, page, done}})
	_, _ = b.play(t, login.Request{RegionID: region, Type: api.DeviceMac}, func(s *login.Attempt, e login.Event) {
		if slider, ok := e.(login.NeedSlider); ok {
			assert.Equal(t, "https://verify.example.com/?ticket=secret", slider.Code.Data)
			s.AutoSlide()
		}
	})
	bodies := b.script.of("/login/checkLogin")
	assert.Equal(t, false, bodies[1]["autoSliding"])
	assert.Equal(t, true, bodies[2]["autoSliding"])
}

// TestDeviceIsKept makes a device once, whatever the outcome of the login.
func TestDeviceIsKept(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]string{
		"/login/getLoginQrCode": {code1, code1, code1},
		"/login/checkLogin":     {cancelled, done, done},
		"/login/checkOnline":    {no, no},
	})
	request := login.Request{RegionID: region, ProxyIP: "socks5://user:password@192.0.2.1:1080"}
	_, end := b.play(t, request, nil)
	assert.Equal(t, login.Cancelled{}, end)
	devices, err := login.Devices(t.Context(), b.state)
	require.NoError(t, err)
	assert.Equal(t, []login.Device{{AppID: "wx_1", RegionID: region, Type: api.DeviceIPad}}, devices)

	first := b.now.Add(5 * time.Second)
	_, end = b.play(t, login.Request{}, nil)
	confirmed := end.(login.Confirmed)
	require.NoError(t, confirmed.Unsaved)
	want := login.Device{AppID: "wx_1", Wxid: "wxid_alice", Nickname: "Alice", RegionID: region, Type: api.DeviceIPad, First: first,
		Last: first}
	assert.Equal(t, want, confirmed.Device)
	assert.Equal(t, "wxid_alice", confirmed.Info.Wxid)
	got, err := login.Remembered(t.Context(), b.state, "wx_1")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	since, err := b.state.Get(t.Context(), "account/wx_1/since")
	require.NoError(t, err)
	assert.Equal(t, first.Format(time.RFC3339), string(since.Value), "what the outbox takes the age of the account from")
	assert.True(t, got.FirstNight(first.Add(29*time.Hour)))
	assert.False(t, got.FirstNight(first.Add(31*time.Hour)))

	b.now = b.now.Add(20 * time.Hour)
	_, end = b.play(t, login.Request{}, nil)
	got = end.(login.Confirmed).Device
	assert.Equal(t, first, got.First)
	assert.False(t, got.FirstNight(b.now), "it happens once")
	since, err = b.state.Get(t.Context(), "account/wx_1/since")
	require.NoError(t, err)
	assert.Equal(t, first.Format(time.RFC3339), string(since.Value))

	var sent []any
	for _, body := range b.script.of("/login/getLoginQrCode") {
		sent = append(sent, body["appId"])
	}
	assert.Equal(t, []any{"", "wx_1", "wx_1"}, sent)
	entries, err := b.state.List(t.Context(), "", "", 100)
	require.NoError(t, err)
	for _, e := range entries {
		assert.NotContains(t, string(e.Value), "password")
		assert.NotContains(t, string(e.Value), "weixin.qq.com")
	}
}

func TestKnownDevice(t *testing.T) {
	t.Parallel()
	old := login.Device{
		AppID: "wx_1", Wxid: "wxid_alice", Nickname: "Alice", RegionID: region, Type: api.DeviceIPad,
		First: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Last: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC),
	}
	fresh := old
	fresh.First = time.Date(2025, 12, 31, 20, 0, 0, 0, time.UTC)
	fresh.Last = fresh.First
	for name, c := range map[string]struct {
		device  login.Device
		answers map[string][]string
		request login.Request
		events  string
		reason  error
		says    string
	}{
		"online": {device: old, answers: map[string][]string{"/login/checkOnline": {yes}}, events: "Online"},
		"reconnected": {device: old, answers: map[string][]string{"/login/reconnection": {yes}},
			request: login.Request{Reconnect: true}, events: "Online"},
		"not to reconnect": {device: old, answers: map[string][]string{"/login/reconnection": {no}, "/login/getLoginQrCode": {code1},
			"/login/checkLogin": {done}}, request: login.Request{Reconnect: true}, events: "QRCode Confirmed"},
		"dialog": {device: old, answers: map[string][]string{"/login/checkOnline": {no}, "/login/dialogLogin": {asks},
			"/login/checkLogin": {scanned, scanned, scanned, scanned, done}}, request: login.Request{Dialog: true},
			events: "DialogAsked Confirmed"},
		"dialog refused": {device: old, answers: map[string][]string{"/login/checkOnline": {no}, "/login/dialogLogin": {refused},
			"/login/getLoginQrCode": {code1}, "/login/checkLogin": {done}}, request: login.Request{Dialog: true},
			events: "DialogFailed QRCode Confirmed"},
		"dialog unanswered": {device: old, answers: map[string][]string{"/login/checkOnline": {no}, "/login/dialogLogin": {asks},
			"/login/getLoginQrCode": {code1}, "/login/checkLogin": {scanned, expiredCode, done}}, request: login.Request{Dialog: true},
			events: "DialogAsked DialogFailed QRCode Confirmed"},
		"dialog declined": {device: old, answers: map[string][]string{"/login/checkOnline": {no}, "/login/dialogLogin": {asks},
			"/login/checkLogin": {cancelled}}, request: login.Request{Dialog: true}, events: "DialogAsked Cancelled"},
		"dialog on day two": {device: fresh, answers: map[string][]string{"/login/checkOnline": {no}, "/login/getLoginQrCode": {code1},
			"/login/checkLogin": {done}}, request: login.Request{Dialog: true}, events: "DialogFailed QRCode Confirmed"},
		"device unknown": {device: old, answers: map[string][]string{"/login/checkOnline": {noDevice},
			"/login/getLoginQrCode": {noDevice}}, events: "Failed", reason: api.ErrDeviceUnknown, says: "new device"},
		"other account": {device: old, answers: map[string][]string{"/login/checkOnline": {no}, "/login/getLoginQrCode": {code1},
			"/login/checkLogin": {scanned, refused}}, events: "QRCode Scanned Failed", reason: login.ErrOtherAccount, says: "wxid_alice"},
		"bad token": {device: old, answers: map[string][]string{"/login/checkOnline": {badToken2}}, events: "Failed",
			reason: api.ErrTokenInvalid, says: "console"},
		"service away": {device: old, answers: map[string][]string{"/login/checkOnline": {gateway}}, events: "Failed",
			reason: api.ErrNotEnvelope, says: "network"},
		"service broken": {device: old, answers: map[string][]string{"/login/checkOnline": {brokenOne},
			"/login/getLoginQrCode": {code1}, "/login/checkLogin": {done}}, events: "Failed", says: "an error of its own"},
		"bad token, by text": {device: old, answers: map[string][]string{"/login/checkOnline": {no},
			"/login/getLoginQrCode": {badToken}}, events: "Failed", reason: api.ErrTokenInvalid, says: "console"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, c.answers)
			b.remember(t, c.device)
			events, end := b.play(t, c.request, nil)
			assert.Equal(t, c.events, strings.Join(events, " "))
			for _, body := range slices.Concat(b.script.of("/login/getLoginQrCode"), b.script.of("/login/dialogLogin")) {
				assert.Equal(t, "wx_1", body["appId"], "never another device")
				assert.Equal(t, region, body["regionId"])
			}
			failed, ok := end.(login.Failed)
			assert.Equal(t, c.says != "", ok)
			if c.reason != nil {
				require.ErrorIs(t, failed.Err, c.reason)
			}
			if ok {
				assert.ErrorContains(t, failed.Err, c.says)
			}
		})
	}
}

// TestAnotherAccountOnTheDevice tells who had it.
func TestAnotherAccountOnTheDevice(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]string{"/login/checkOnline": {no}, "/login/getLoginQrCode": {code1}, "/login/checkLogin": {done}})
	b.remember(t, login.Device{AppID: "wx_1", Wxid: "wxid_bob", RegionID: region, First: b.now.Add(-time.Hour * 1000)})
	_, end := b.play(t, login.Request{}, nil)
	confirmed := end.(login.Confirmed)
	assert.Equal(t, "wxid_bob", confirmed.Previous)
	assert.Equal(t, b.now, confirmed.Device.First)
}

func TestNewDevice(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]string{"/login/getLoginQrCode": {code1}, "/login/checkLogin": {done}})
	b.remember(t, login.Device{AppID: "wx_0", Wxid: "wxid_bob", RegionID: region})
	b.remember(t, login.Device{AppID: "wx_lost", RegionID: region})
	_, _ = b.play(t, login.Request{NewDevice: true, RegionID: region}, nil)
	devices, err := login.Devices(t.Context(), b.state)
	require.NoError(t, err)
	require.Len(t, devices, 2, "one that was never used is forgotten")
	assert.Equal(t, []string{"wx_0", "wx_1"}, []string{devices[0].AppID, devices[1].AppID})

	_, err = b.flow.Start(t.Context(), login.Request{})
	require.ErrorIs(t, err, login.ErrChoose)
	require.ErrorContains(t, err, "wxid_bob")
	require.ErrorContains(t, err, "Alice")
	_, err = b.flow.Start(t.Context(), login.Request{AppID: "wx_0"})
	require.NoError(t, err)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for says, r := range map[string]login.Request{
		"310000":         {},
		"no appId yet":   {AppID: "wx_1", NewDevice: true, RegionID: region},
		"ipad or mac":    {RegionID: region, Type: "phone"},
		"Mac has a slid": {RegionID: region, AutoSliding: true},
	} {
		_, err := b.flow.Start(t.Context(), r)
		require.ErrorContains(t, err, says)
	}
	_, err := b.state.Put(t.Context(), "login/wx_9", []byte("{"), 0)
	require.NoError(t, err)
	_, err = b.flow.Start(t.Context(), login.Request{RegionID: region})
	require.ErrorContains(t, err, "login/wx_9", "a broken entry is no reason for a new device")
	_, err = login.New(login.Config{})
	require.Error(t, err)
}

// TestContext ends a wait, and lets the session go on.
func TestContext(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]string{"/login/getLoginQrCode": {code1}, "/login/checkLogin": {done}})
	s, err := b.flow.Start(t.Context(), login.Request{RegionID: region})
	require.NoError(t, err)
	_, err = s.Next(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
	e, err := s.Next(t.Context())
	require.NoError(t, err)
	assert.IsType(t, login.Confirmed{}, e)
}

// failing is a state that does not store.
type failing struct{ store.State }

func (failing) Put(context.Context, string, []byte, time.Duration) (uint64, error) {
	return 0, store.ErrUnavailable
}

// TestUnsaved tells the appId when it cannot be kept.
func TestUnsaved(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]string{"/login/getLoginQrCode": {code1, code1}, "/login/checkOnline": {no}, "/login/checkLogin": {done}})
	client := b.client(t)
	flow, err := login.New(login.Config{Client: client, State: failing{b.state},
		Sleep: func(context.Context, time.Duration) error { return nil }})
	require.NoError(t, err)
	b.flow = flow
	_, end := b.play(t, login.Request{RegionID: region}, nil)
	require.ErrorContains(t, end.(login.Failed).Err, "wx_1")
	_, end = b.play(t, login.Request{RegionID: region, AppID: "wx_1"}, nil)
	require.ErrorIs(t, end.(login.Confirmed).Unsaved, store.ErrUnavailable)
	require.ErrorContains(t, end.(login.Confirmed).Unsaved, "wx_1")
}

func TestCodeIsNotPrinted(t *testing.T) {
	t.Parallel()
	code := login.QRCode{Data: "http://weixin.qq.com/x/secret", ExpiresIn: time.Minute}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.NotContains(t, fmt.Sprintf(verb, code), "secret")
		assert.NotContains(t, fmt.Sprintf(verb, login.NeedVerification{Code: code}), "secret")
	}
	png, err := code.PNG()
	require.NoError(t, err)
	assert.Equal(t, "\x89PNG", string(png[:4]))
	_, err = login.QRCode{Data: strings.Repeat("x", 5000)}.PNG()
	require.Error(t, err)
}
