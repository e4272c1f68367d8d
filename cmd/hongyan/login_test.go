package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	delete(d.vars, "HONGYAN_APP_ID")
	d.vars["HONGYAN_PROXY"] = "socks5://user:password@192.0.2.1:1080"
	d.offline()

	code, _, errOut := d.types("", "login")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "310000 Shanghai 上海", "the regions are listed")
	code, _, errOut = d.types("", "login", "--region", "Atlantis")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "Atlantis")

	png := filepath.Join(t.TempDir(), "code.png")
	aim := filepath.Join(t.TempDir(), "elsewhere.png")
	require.NoError(t, os.Symlink(aim, png))
	var picture []byte
	polls := 0
	d.wait = func() {
		switch polls++; polls {
		case 1:
			picture, _ = os.ReadFile(png)
			info, err := os.Lstat(png)
			if assert.NoError(t, err) {
				assert.Equal(t, os.FileMode(0o600), info.Mode(), "nobody else may read it, whatever was there before")
			}
			assert.NoFileExists(t, aim)
		case 2:
			d.step(simulator.LoginStep{Action: simulator.LoginScan})
		case 4:
			d.step(simulator.LoginStep{Action: simulator.LoginConfirm})
		}
	}
	code, out, errOut := d.types("", "login", "--region", "上海", "--png", png)
	require.Equal(t, 0, code, errOut)
	assert.Equal(t, "\x89PNG", string(picture[:4]))
	assert.NoFileExists(t, png, "the picture does not stay")
	assert.Contains(t, errOut, "█", "the code is drawn")
	assert.NotContains(t, errOut+out, "weixin.qq.com")
	assert.NotContains(t, errOut+out, "qr.example.com", "nobody else draws it")
	assert.Contains(t, errOut, "has scanned it")
	assert.Contains(t, out, "wxid_hongyan_bot")
	first := d.calls("/login/getLoginQrCode")[0]
	assert.Empty(t, first["appId"])
	assert.Equal(t, "310000", first["regionId"])
	assert.Equal(t, "socks5://user:password@192.0.2.1:1080", first["proxyIp"])

	code, out, errOut = d.types("", "status")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "online")
	assert.Contains(t, out, "wxid_hongyan_bot")
	code, out, _ = d.types("", "login")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "Already online")

	d.step(simulator.LoginStep{Action: simulator.LoginDrop})
	code, out, _ = d.types("", "status")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "offline")
	assert.Contains(t, out, "night after its first login")
	d.steps("", simulator.LoginConfirm)
	code, out, errOut = d.types("", "login", "--dialog", "--json")
	require.Equal(t, 0, code, errOut)
	var device login.Device
	require.NoError(t, json.Unmarshal([]byte(out), &device))
	assert.Equal(t, "wxid_hongyan_bot", device.Wxid)
	codes := d.calls("/login/getLoginQrCode")
	assert.Equal(t, device.AppID, codes[len(codes)-1]["appId"], "the same device again")
	assert.Contains(t, errOut, "scan instead")
	assert.Empty(t, d.calls("/login/dialogLogin"), "which is useless on the second day")

	code, out, errOut = d.types("", "logout")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, device.AppID)
	d.steps("", simulator.LoginAcceptDialog)
	code, _, errOut = d.types("", "login", "--dialog")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, errOut, "Confirm the login on the phone")
}

// TestLoginTurns plays what may happen between the scan and the end.
func TestLoginTurns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps []string
		stdin string
		args  []string
		code  int
		says  []string
	}{
		"a number": {[]string{simulator.LoginCaptcha, "", "", simulator.LoginConfirm}, "123456\n", nil, 0, []string{"number"}},
		"a wrong number": {[]string{simulator.LoginCaptcha, "", "", simulator.LoginConfirm}, "000000\n123456\n", nil, 0,
			[]string{"not right"}},
		"only wrong numbers": {[]string{simulator.LoginCaptcha}, "1111\n2222\n3333\n4444\n", nil, 1, []string{"wrong too often"}},
		"no keyboard":        {[]string{simulator.LoginScan, "", "", simulator.LoginConfirm}, "", nil, 0, []string{"number"}},
		"not asked": {[]string{simulator.LoginScan, "", "", "", simulator.LoginConfirm}, "",
			[]string{"--no-captcha"}, 0, []string{"has scanned"}},
		"a page": {[]string{simulator.LoginVerify, "", simulator.LoginVerified, simulator.LoginConfirm}, "", nil, 0,
			[]string{"verification"}},
		"a slider": {[]string{simulator.LoginVerify, "", simulator.LoginConfirm}, "y\n", []string{"--device", "mac"}, 0,
			[]string{"slider"}},
		"a slider that is solved": {[]string{simulator.LoginVerify, simulator.LoginConfirm}, "",
			[]string{"--device", "mac", "--auto-sliding"}, 0, nil},
		"half an answer": {[]string{simulator.LoginScan, simulator.LoginHalf, simulator.LoginConfirm}, "", nil, 0, nil},
		"cancelled":      {[]string{simulator.LoginScan, simulator.LoginCancel}, "", nil, 1, []string{"cancelled on the phone"}},
		"expired once": {[]string{simulator.LoginExpire, "", simulator.LoginScan, simulator.LoginConfirm}, "", nil, 0,
			[]string{"last one"}},
		"expired": {[]string{simulator.LoginExpire, simulator.LoginExpire}, "", nil, 1, []string{"the login was not confirmed in time"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.offline()
			d.steps(c.steps...)
			code, out, errOut := d.types(c.stdin, append([]string{"login", "--region", "310000"}, c.args...)...)
			assert.Equal(t, c.code, code, errOut)
			for _, s := range c.says {
				assert.Contains(t, errOut, s)
			}
			if c.code == 0 {
				assert.Contains(t, out, "Logged in: ")
			}
			d.state(func(s store.State) {
				known, err := login.Devices(t.Context(), s)
				require.NoError(t, err)
				for _, k := range known {
					assert.Equal(t, simulator.DefaultAppID, k.AppID, "no other device")
				}
			})
		})
	}
}

func TestLoginDevices(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.offline()
	d.vars["HONGYAN_APP_ID"] = "wx_gone"
	code, _, errOut := d.types("", "login", "--region", "310000")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "does not know the device wx_gone")
	assert.Contains(t, errOut, "--new-device")

	d.steps("", simulator.LoginScan, simulator.LoginConfirm)
	code, out, errOut := d.types("", "login", "--region", "310000", "--new-device", "--json")
	require.Equal(t, 0, code, errOut)
	var device login.Device
	require.NoError(t, json.Unmarshal([]byte(out), &device))
	assert.NotEqual(t, "wx_gone", device.AppID)

	delete(d.vars, "HONGYAN_APP_ID")
	d.state(func(s store.State) {
		_, err := s.Put(t.Context(), "login/wx_other", []byte(`{"appId":"wx_other","wxid":"wxid_other","nickname":"Other"}`), 0)
		require.NoError(t, err)
	})
	for _, command := range []string{"login", "status", "contacts"} {
		code, _, errOut = d.types("", command)
		assert.Equal(t, 1, code)
		assert.Contains(t, errOut, "--app-id")
		assert.Contains(t, errOut, "wx_other (Other, wxid_other)")
	}
	code, _, errOut = d.types("", "status", "--app-id", device.AppID)
	assert.Equal(t, 0, code, errOut)

	d.step(simulator.LoginStep{AppID: device.AppID, Action: simulator.LoginDisconnect})
	code, out, errOut = d.types("", "login", "--app-id", device.AppID, "--reconnect")
	assert.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "mended")
}
