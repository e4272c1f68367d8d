package endpoint

import (
	"context"
	"strings"

	"github.com/hongyan-go/hongyan/internal/catalogue"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// deviceEndpoints are the calls of the module "login" that concern the token.
func deviceEndpoints() []endpoint {
	return []endpoint{
		{path: "/login/setCallback", title: "设置回调", token: true, everywhere: true, handle: setCallback},
		{path: "/tools/setCallback", title: "设置回调", token: true, handle: setCallback},
		{path: "/tools/removeCallback", title: "移除回调", handle: nothing(removeCallback)},
		{path: "/tools/getTokenId", title: "获取token", open: true, handle: getTokenID},
		{path: "/login/deviceList", title: "获取设备列表", token: true, handle: locked(deviceList)},
	}
}

// setCallback probes the URL before it answers. All accounts of the token have the same URL.
func setCallback(ctx context.Context, r *request) (any, error) {
	if r.text("token") != r.api.config.Token {
		return nil, &refusal{msg: "token 不可用或已过期"}
	}
	if err := r.api.out.Register(ctx, r.text("callbackUrl"), r.api.Probe(r.flavour), r.fromAfar); err != nil {
		return nil, &refusal{code: "500", msg: "push msg err: " + err.Error()}
	}
	return nil, nil
}

func removeCallback(r *request) error {
	r.api.out.SetURL("")
	return nil
}

// getTokenID is the only call that needs no token. It always returns the same one.
func getTokenID(_ context.Context, r *request) (any, error) { return r.api.config.Token, nil }

func deviceList(r *request) (any, error) {
	ids := []string{}
	for _, d := range r.world.Devices.All {
		ids = append(ids, d.ID)
	}
	return ids, nil
}

// Probe returns the body by which a flavour tests a callback URL. That of GeWe is a message without
// an id.
func (p *API) Probe(by Flavour) []byte {
	if by.name == catalogue.GeWe {
		p.Lock()
		defer p.Unlock()
		a := p.world.People.Accounts[0] // a world has one
		return message.EncodeJSON(map[string]any{
			"TypeName": "AddMsg", "Appid": a.AppID, "Wxid": a.Wxid,
			"Data": map[string]any{"MsgType": message.TypeText, "Content": map[string]string{"string": probeMessage}},
		})
	}
	return message.EncodeJSON(struct {
		TestMsg string `json:"testMsg"`
		Token   string `json:"token"`
	}{probeText, p.config.Token})
}

// probeMessage is the text of GeWe's probe.
const probeMessage = "验证回调地址是否可用"

// probeText is the text of the other probes. Several public bots know the probe by these words
// only, and fail on others.
const probeText = "回调地址链接成功！"

// loginEndpoints are the calls of the module "login", except those of deviceEndpoints.
func loginEndpoints() []endpoint {
	return []endpoint{
		{path: "/login/getLoginQrCode", hosted: "regionId type", device: true, handle: locked(getLoginQrCode)},
		{path: "/login/checkLogin", hosted: "autoSliding", device: true, handle: locked(checkLogin)},
		{path: "/login/dialogLogin", blank: "proxyIp", hosted: "proxyIp regionId", device: true, handle: locked(dialogLogin)},
		{path: "/login/loginByAccount", title: "账号密码登录", blank: "proxyIp", device: true, handle: locked(loginByAccount)},
		{path: "/login/changeMacToIpad", title: "切换为ipad登录", device: true, handle: locked(changeMacToIpad)},
		{path: "/login/logout", handle: nothing(logout)},
		{path: "/login/checkOnline", offline: true, handle: checkOnline},
		{path: "/login/reconnection", offline: true, handle: locked(reconnection)},
		{path: "/login/setProxy", handle: nothing(setProxy)},
	}
}

// qrAnswer is the answer of getLoginQrCode.
type qrAnswer struct {
	AppID       string `json:"appId"`
	QrData      string `json:"qrData"`
	QrImgBase64 string `json:"qrImgBase64"`
	QrURL       string `json:"qrUrl,omitempty"`
	UUID        string `json:"uuid"`
}

// getLoginQrCode creates a device if the appId is empty; otherwise it needs a known one. The
// self-hosted container refuses a device whose account is online.
func getLoginQrCode(r *request) (any, error) {
	w := r.world
	d := w.Devices.ByID(r.text("appId"))
	if r.text("appId") == "" {
		d = w.NewDevice()
	}
	if d == nil {
		return nil, refuse("appId: there is no device %q; send an empty appId for a new one (设备不存在)", r.text("appId"))
	}
	if a := w.People.ByApp(d.ID); a != nil && !a.Offline && r.flavour.name == gewechat {
		return nil, &refusal{msg: "微信已登录，请勿重复登录。"} // clients of the container compare this text
	}
	d.Kind, d.Proxy = r.text("type"), r.text("proxyIp")
	return codeOf(w, d), nil
}

// codeOf begins a login by a QR code.
func codeOf(w *world.World, d *world.Device) qrAnswer {
	l := w.NewLogin(d, false)
	data := "http://weixin.qq.com/x/" + l.UUID
	return qrAnswer{
		AppID: d.ID, QrData: data, QrImgBase64: "data:image/png;base64," + qrBase64(data), QrURL: "https://qr.example.com/?data=" + data,
		UUID: l.UUID,
	}
}

// loginAnswer is the answer of checkLogin.
type loginAnswer struct {
	UUID        string     `json:"uuid"`
	HeadImgURL  *string    `json:"headImgUrl"`
	NickName    *string    `json:"nickName"`
	ExpiredTime int        `json:"expiredTime"`
	Status      int        `json:"status"`
	LoginInfo   *loginInfo `json:"loginInfo"`
}

type loginInfo struct {
	Uin      int64  `json:"uin"`
	Wxid     string `json:"wxid"`
	NickName string `json:"nickName"`
	Mobile   string `json:"mobile"`
	Alias    string `json:"alias"`
}

// The states of checkLogin.
const (
	loginNotScanned = 0
	loginScanned    = 1
	loginDone       = 2
	loginCancelled  = 4
)

func checkLogin(r *request) (any, error) {
	w := r.world
	d := w.Devices.ByID(r.text("appId"))
	if d == nil {
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	}
	l := d.Login
	if l == nil || l.UUID != r.text("uuid") {
		return nil, refuse("uuid: it is not that of the login of this device (uuid 无效)")
	}
	a := loginAnswer{UUID: l.UUID, ExpiredTime: int(w.TimeLeft(l).Seconds()), Status: loginNotScanned}
	if r.api.config.AutoLogin {
		defer w.AdvanceAlone(d)
	}
	switch {
	case l.Stage == world.StageExpired:
		return nil, refuse("the code has expired (二维码已过期)")
	case l.Stage == world.StageWaiting:
		return a, nil
	case l.Stage == world.StageCancelled:
		a.Status = loginCancelled
		return a, nil
	case d.Foreign():
		return nil, refuse("appId: the device belongs to another account: send an empty appId for a new one (登录失败)")
	}
	picture, nick := l.By.HeadImage(world.AvatarSmall), l.By.Nickname
	a.HeadImgURL, a.NickName, a.Status = &picture, &nick, loginScanned
	slides := d.Kind == "mac" && r.flag("autoSliding") // the service solves the captcha of the page
	if l.URL != "" && !slides {
		return struct {
			URL string `json:"url"`
		}{l.URL}, nil
	}
	return r.conclude(d, a)
}

// conclude answers for a login whose code is scanned and that needs no page.
func (r *request) conclude(d *world.Device, a loginAnswer) (any, error) {
	l := d.Login
	switch code := r.text("captchCode"); {
	case l.Captcha == "":
	case code == "":
		return a, nil
	case code != l.Captcha:
		return nil, refuse("captchCode: it is not what the phone shows (验证码错误)")
	default:
		l.Captcha = ""
	}
	if l.Stage == world.StageScanned {
		return a, nil
	}
	a.Status = loginDone
	if l.Halves > 0 {
		l.Halves--
		return a, nil
	}
	if l.Stage == world.StageConfirmed {
		r.world.FinishLogin(d)
	}
	a.LoginInfo = &loginInfo{Uin: l.By.Uin, Wxid: l.By.Wxid, NickName: l.By.Nickname, Mobile: l.By.Mobile, Alias: l.By.Card.Alias}
	return a, nil
}

// dialogAnswer is the answer of logins without a code.
type dialogAnswer struct {
	AppID string `json:"appId"`
	UUID  string `json:"uuid"`
}

// dialogLogin asks on the phone, which must know the device.
func dialogLogin(r *request) (any, error) {
	d := r.world.Devices.ByID(r.text("appId"))
	switch {
	case d == nil:
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	case d.Owner == "":
		return nil, refuse("appId: no account has been logged in on this device yet: use a QR code (请扫码登录)")
	case d.Silent:
		return nil, refuse("the account was logged out on the phone or by WeChat: use a QR code (请扫码登录)")
	}
	l := r.world.NewLogin(d, true)
	l.By, l.Stage = r.world.People.ByWxid(d.Owner), world.StageScanned
	return dialogAnswer{d.ID, l.UUID}, nil
}

// loginByAccount ends after its first step, so that no password is ever needed.
func loginByAccount(r *request) (any, error) {
	d := r.world.Devices.ByID(r.text("appId"))
	if d == nil {
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	}
	l := r.world.NewLogin(d, false)
	return struct {
		dialogAnswer
		Status int `json:"status"`
	}{dialogAnswer{d.ID, l.UUID}, loginNotScanned}, nil
}

func changeMacToIpad(r *request) (any, error) {
	d := r.world.Devices.ByID(r.text("appId"))
	if d == nil {
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	}
	d.Kind = "ipad"
	code := codeOf(r.world, d)
	code.QrURL = "" // this call does not have it
	return code, nil
}

// logout posts no callback, because the bot has asked for it.
func logout(r *request) error {
	r.account.Offline = true
	r.world.Broadcast()
	return nil
}

func checkOnline(_ context.Context, r *request) (any, error) { return !r.offline, nil }

// reconnection restores an account that has lost its connection. It fails for one that was logged
// out.
func reconnection(r *request) (any, error) {
	switch {
	case r.account == nil || r.offline && !r.account.Disconnected:
		return nil, refuse("the account is logged out: log in again (请重新登录)")
	case r.offline:
		r.account.Offline, r.account.Disconnected = false, false
		r.world.Broadcast()
	}
	return true, nil
}

func setProxy(r *request) error {
	proxy := r.text("proxyIp")
	if !strings.Contains(proxy, "://") {
		return refuse("proxyIp: it is not like socks5://user:password@host:port")
	}
	r.world.Devices.ByID(r.account.AppID).Proxy = proxy
	return nil
}
