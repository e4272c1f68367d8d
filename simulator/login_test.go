package simulator_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// phone is a login under way.
type phone struct {
	t          *testing.T
	sim        *simulator.Test
	app, uuid  string
	captcha    string
	auto       bool
	lastAnswer string
}

// scanCode begins a login.
func scanCode(t *testing.T, sim *simulator.Test, app, kind string) *phone {
	t.Helper()
	a := call(t, sim.Simulator, "/login/getLoginQrCode", map[string]any{"appId": app, "regionId": "310000", "type": kind})
	require.Contains(t, a.body, `"ret":200`, a.body)
	data := a.json(t)["data"].(map[string]any)
	return &phone{t: t, sim: sim, app: data["appId"].(string), uuid: data["uuid"].(string)}
}

// does makes a step on the phone.
func (p *phone) does(action string) *phone {
	p.t.Helper()
	_, err := p.sim.Login(simulator.LoginStep{UUID: p.uuid, Action: action})
	require.NoError(p.t, err)
	return p
}

// poll calls checkLogin.
func (p *phone) poll() map[string]any {
	p.t.Helper()
	a := call(p.t, p.sim.Simulator, "/login/checkLogin", map[string]any{
		"appId": p.app, "uuid": p.uuid, "captchCode": p.captcha, "autoSliding": p.auto,
	})
	p.lastAnswer = a.body
	data, _ := a.json(p.t)["data"].(map[string]any)
	return data
}

func (p *phone) status() string { p.t.Helper(); return number(p.poll()["status"]) }

func online(t *testing.T, sim *simulator.Test, app string) bool {
	t.Helper()
	return strings.Contains(call(t, sim.Simulator, "/login/checkOnline", map[string]any{"appId": app}).body, `"data":true`)
}

func TestALogin(t *testing.T) {
	t.Parallel()
	sim := start(t, offlineWorld)
	a := ask(t, sim, "/login/getLoginQrCode", "regionId", "310000", "type", "ipad").(map[string]any)
	image, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a["qrImgBase64"].(string), "data:image/png;base64,"))
	require.NoError(t, err)
	_, err = png.Decode(bytes.NewReader(image))
	require.NoError(t, err)
	assert.Equal(t, "http://weixin.qq.com/x/"+a["uuid"].(string), a["qrData"])

	p := scanCode(t, sim, simulator.DefaultAppID, "ipad")
	assert.Equal(t, "0", p.status())
	assert.Equal(t, "1", p.does("scan").status())
	assert.Contains(t, p.lastAnswer, `"nickName":"鸿雁"`)
	assert.Contains(t, p.lastAnswer, `"loginInfo":null`)
	assert.False(t, online(t, sim, p.app))
	p.does("half").does("confirm")
	assert.Equal(t, "2", p.status())
	assert.Contains(t, p.lastAnswer, `"loginInfo":null`, "status 2 alone is not the end")
	info := p.poll()["loginInfo"].(map[string]any)
	assert.Equal(t, simulator.DefaultWxid, info["wxid"])
	assert.Equal(t, "3000000001", number(info["uin"]))
	assert.True(t, online(t, sim, p.app))
	ask(t, sim, "/login/logout")
	assert.False(t, online(t, sim, p.app))
}

func TestACodeExpires(t *testing.T) {
	t.Parallel()
	now := newClock()
	sim := start(t, offlineWorld, now.set)
	p := scanCode(t, sim, simulator.DefaultAppID, "ipad")
	first := number(p.poll()["expiredTime"])
	now.Add(100)
	assert.Equal(t, "220", first)
	assert.Equal(t, "120", number(p.poll()["expiredTime"]))
	now.Add(120)
	p.poll()
	assert.Contains(t, p.lastAnswer, "已过期")
	p = scanCode(t, sim, simulator.DefaultAppID, "ipad").does("expire")
	p.poll()
	assert.Contains(t, p.lastAnswer, "已过期")
	_, err := sim.Login(simulator.LoginStep{Action: simulator.LoginScan})
	require.ErrorContains(t, err, "expired")
	assert.Equal(t, "4", scanCode(t, sim, simulator.DefaultAppID, "ipad").does("cancel").status())
}

func TestDigitsAndLinksDuringALogin(t *testing.T) {
	t.Parallel()
	sim := start(t, offlineWorld)
	p := scanCode(t, sim, simulator.DefaultAppID, "ipad").does("captcha").does("confirm")
	assert.Equal(t, "1", p.status())
	p.captcha = "999999"
	p.poll()
	assert.Contains(t, p.lastAnswer, "验证码错误")
	p.captcha = "123456"
	assert.Equal(t, "2", p.status())

	p = scanCode(t, sim, simulator.DefaultAppID, "ipad").does("verify")
	assert.Contains(t, p.poll()["url"], "https://")
	assert.NotContains(t, p.lastAnswer, "status")
	assert.Equal(t, "2", p.does("verified").does("confirm").status())

	p = scanCode(t, sim, simulator.DefaultAppID, "mac").does("verify").does("confirm")
	p.poll()
	assert.Contains(t, p.lastAnswer, `"url"`)
	p.auto = true
	assert.Equal(t, "2", p.status(), "the service solves the slider of a mac")
}

func TestDevices(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Accounts = append(world.Accounts, simulator.Account{AppID: "wx_second", Wxid: "wxid_second", Offline: true})
	sim := start(t, func(c *simulator.Config) { c.World = world })
	a := call(t, sim.Simulator, "/login/getLoginQrCode", map[string]any{"appId": "wx_unknown", "regionId": "310000", "type": "ipad"})
	assert.Contains(t, a.body, "设备不存在")

	p := scanCode(t, sim, "", "ipad")
	assert.NotEqual(t, simulator.DefaultAppID, p.app, "a new device")
	assert.False(t, online(t, sim, p.app), "no account is logged in on it yet")
	p.does("confirm")
	assert.Equal(t, "2", p.status())
	assert.Contains(t, p.lastAnswer, "wxid_second", "the first account that is not logged in")
	assert.True(t, online(t, sim, p.app))

	foreign := scanCode(t, sim, simulator.DefaultAppID, "ipad")
	_, err := sim.Login(simulator.LoginStep{UUID: foreign.uuid, Action: simulator.LoginScan, Wxid: "wxid_second"})
	require.NoError(t, err)
	foreign.poll()
	assert.Contains(t, foreign.lastAnswer, "another account")
	devices := do(t, "POST", sim.URL()+"/v2/api/login/deviceList", "", "X-GEWE-TOKEN", sim.Token()).json(t)["data"].([]any)
	assert.Equal(t, []any{simulator.DefaultAppID, "wx_second", p.app}, devices)
}

func TestDialogLogin(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	dialog := func() *phone {
		data := ask(t, sim, "/login/dialogLogin", "regionId", "310000", "proxyIp", "").(map[string]any)
		return &phone{t: t, sim: sim, app: simulator.DefaultAppID, uuid: data["uuid"].(string)}
	}
	ask(t, sim, "/login/logout")
	assert.Equal(t, "4", dialog().does("refuse_dialog").status())
	assert.Equal(t, "2", dialog().does("accept_dialog").status())
	assert.Empty(t, kinds(t, sim, b), "who logs out is not told")

	_, err := sim.Login(simulator.LoginStep{AppID: simulator.DefaultAppID, Action: simulator.LoginDrop})
	require.NoError(t, err)
	assert.Equal(t, []string{"offline"}, kinds(t, sim, b))
	refused(t, sim, "/login/dialogLogin", fieldsOf([]any{"regionId", "310000", "proxyIp", ""}), "use a QR code")
	refused(t, sim, "/login/reconnection", fieldsOf(nil), "log in again")
	fresh := scanCode(t, sim, "", "ipad")
	a := call(t, sim.Simulator, "/login/dialogLogin", map[string]any{"appId": fresh.app, "regionId": "310000", "proxyIp": ""})
	assert.Contains(t, a.body, "no account has been logged in")
	assert.Equal(t, "2", scanCode(t, sim, simulator.DefaultAppID, "ipad").does("confirm").status())

	_, err = sim.Login(simulator.LoginStep{AppID: simulator.DefaultAppID, Action: simulator.LoginDisconnect})
	require.NoError(t, err)
	assert.False(t, online(t, sim, simulator.DefaultAppID))
	assert.Equal(t, true, ask(t, sim, "/login/reconnection"))
	assert.True(t, online(t, sim, simulator.DefaultAppID))
	ask(t, sim, "/login/setProxy", "proxyIp", "socks5://user:password@192.0.2.10:1080")
	refused(t, sim, "/login/setProxy", fieldsOf([]any{"proxyIp", "here"}), "socks5")
}

func TestALoginByItself(t *testing.T) {
	t.Parallel()
	sim := start(t, offlineWorld, func(c *simulator.Config) { c.AutoLogin = true })
	p := scanCode(t, sim, "", "ipad")
	assert.Equal(t, []string{"0", "1", "2"}, []string{p.status(), p.status(), p.status()})
	assert.True(t, online(t, sim, p.app))
}

func TestTheControlAPIOfLogins(t *testing.T) {
	t.Parallel()
	sim := start(t, offlineWorld)
	assert.JSONEq(t, `{"logins":[{"app_id":"`+simulator.DefaultAppID+`","wxid":"wxid_hongyan_bot","expires_in":0}]}`,
		get(t, sim, "/sim/login").body)
	p := scanCode(t, sim, simulator.DefaultAppID, "ipad")
	a := do(t, "POST", sim.URL()+"/sim/login", `{"action":"scan"}`)
	assert.Equal(t, 200, a.status)
	assert.Equal(t, "scanned", a.json(t)["stage"])
	assert.Equal(t, p.uuid, a.json(t)["uuid"])
	notUnderstood(t, sim, "/sim/login", map[string]string{
		`{}`: `\"action\" is missing`, `{"action":"dance"}`: "there is no action", `{"action":"scan","uuid":"x"}`: "no such device",
		`{"action":"scan","wxid":"x"}`: "is not an account",
		`{"action":"accept_dialog"}`:   "QR code", `{"action":"drop"}`: "no account is logged in",
		`{"act":"scan"}`: "unknown field",
	})
	assert.Equal(t, 400, get(t, sim, "/sim/login?x=1").status)
}
