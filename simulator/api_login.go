package simulator

import (
	"context"
	"strings"
)

// loginEndpoints is the module "login", but for what is about tokens and callbacks.
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

// getLoginQrCode creates a device where the appId is empty, and wants a known one otherwise. The self-hosted container refuses one whose account
// is online.
func getLoginQrCode(r *request) (any, error) {
	s := r.sim
	d := s.devices.byID(r.text("appId"))
	if r.text("appId") == "" {
		d = s.newDevice()
	}
	if d == nil {
		return nil, refuse("appId: there is no device %q; send an empty appId for a new one (设备不存在)", r.text("appId"))
	}
	if a := s.people.byApp(d.id); a != nil && !a.Offline && r.flavour.name == gewechat {
		return nil, &refusal{msg: "微信已登录，请勿重复登录。"} // by these words, clients of the container know that they need no code
	}
	d.kind, d.proxy = r.text("type"), r.text("proxyIp")
	return s.code(d), nil
}

// code begins a login with a QR code.
func (s *Simulator) code(d *device) qrAnswer {
	l := s.newLogin(d, false)
	data := "http://weixin.qq.com/x/" + l.uuid
	return qrAnswer{
		AppID: d.id, QrData: data, QrImgBase64: "data:image/png;base64," + qrBase64(data), QrURL: "https://qr.example.com/?data=" + data, UUID: l.uuid,
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
	s := r.sim
	d := s.devices.byID(r.text("appId"))
	if d == nil {
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	}
	l := d.login
	if l == nil || l.uuid != r.text("uuid") {
		return nil, refuse("uuid: it is not that of the login of this device (uuid 无效)")
	}
	a := loginAnswer{UUID: l.uuid, ExpiredTime: int(s.left(l).Seconds()), Status: loginNotScanned}
	if s.config.AutoLogin {
		defer s.helpAlong(d)
	}
	switch {
	case l.stage == stageExpired:
		return nil, refuse("the code has expired (二维码已过期)")
	case l.stage == stageWaiting:
		return a, nil
	case l.stage == stageCancelled:
		a.Status = loginCancelled
		return a, nil
	case d.foreign():
		return nil, refuse("appId: the device belongs to another account: send an empty appId for a new one (登录失败)")
	}
	picture, nick := l.by.headImage(small), l.by.Nickname
	a.HeadImgURL, a.NickName, a.Status = &picture, &nick, loginScanned
	slides := d.kind == "mac" && r.flag("autoSliding") // the service does what the page is for
	if l.url != "" && !slides {
		return struct {
			URL string `json:"url"`
		}{l.url}, nil
	}
	return s.conclude(r, d, a)
}

// conclude is a login whose code was scanned, once no page is in its way.
func (s *Simulator) conclude(r *request, d *device, a loginAnswer) (any, error) {
	l := d.login
	switch code := r.text("captchCode"); {
	case l.captcha == "":
	case code == "":
		return a, nil
	case code != l.captcha:
		return nil, refuse("captchCode: it is not what the phone shows (验证码错误)")
	default:
		l.captcha = ""
	}
	if l.stage == stageScanned {
		return a, nil
	}
	a.Status = loginDone
	if l.halves > 0 {
		l.halves--
		return a, nil
	}
	if l.stage == stageConfirmed {
		s.finish(d)
	}
	a.LoginInfo = &loginInfo{Uin: l.by.uin, Wxid: l.by.Wxid, NickName: l.by.Nickname, Mobile: l.by.mobile, Alias: l.by.card.Alias}
	return a, nil
}

// helpAlong takes a login one step on by itself.
func (s *Simulator) helpAlong(d *device) {
	switch d.login.stage {
	case stageWaiting:
		s.scan(d, nil)
	case stageScanned:
		d.login.stage = stageConfirmed
	}
}

// dialogAnswer is the answer of the logins that need no code.
type dialogAnswer struct {
	AppID string `json:"appId"`
	UUID  string `json:"uuid"`
}

// dialogLogin asks on the phone, which has to know the device.
func dialogLogin(r *request) (any, error) {
	d := r.sim.devices.byID(r.text("appId"))
	switch {
	case d == nil:
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	case d.owner == "":
		return nil, refuse("appId: nobody was logged in on this device yet: use a QR code (请扫码登录)")
	case d.silent:
		return nil, refuse("the account was logged out on the phone or by WeChat: use a QR code (请扫码登录)")
	}
	l := r.sim.newLogin(d, true)
	l.by, l.stage = r.sim.people.byWxid(d.owner), stageScanned
	return dialogAnswer{d.id, l.uuid}, nil
}

// loginByAccount never gets further than its first step: nobody should give a password away.
func loginByAccount(r *request) (any, error) {
	d := r.sim.devices.byID(r.text("appId"))
	if d == nil {
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	}
	l := r.sim.newLogin(d, false)
	return struct {
		dialogAnswer
		Status int `json:"status"`
	}{dialogAnswer{d.id, l.uuid}, loginNotScanned}, nil
}

func changeMacToIpad(r *request) (any, error) {
	d := r.sim.devices.byID(r.text("appId"))
	if d == nil {
		return nil, refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	}
	d.kind = "ipad"
	code := r.sim.code(d)
	code.QrURL = "" // which this call does not have
	return code, nil
}

// logout is the API's: the bot has asked for it, so that nothing is posted.
func logout(r *request) error {
	r.account.Offline = true
	r.sim.broadcast()
	return nil
}

func checkOnline(_ context.Context, r *request) (any, error) { return !r.offline, nil }

// reconnection helps an account that has lost its connection, and not one that was logged out.
func reconnection(r *request) (any, error) {
	switch {
	case r.account == nil || r.offline && !r.account.lostLine:
		return nil, refuse("the account is logged out: log in again (请重新登录)")
	case r.offline:
		r.account.Offline, r.account.lostLine = false, false
		r.sim.broadcast()
	}
	return true, nil
}

func setProxy(r *request) error {
	proxy := r.text("proxyIp")
	if !strings.Contains(proxy, "://") {
		return refuse("proxyIp: it is not like socks5://user:password@host:port")
	}
	r.sim.devices.byID(r.account.AppID).proxy = proxy
	return nil
}
