package api

import "context"

// DeviceType is the kind of client that the service plays.
type DeviceType string

// The kinds. The service advises to try the iPad first, and the Mac when WeChat stops the iPad with a verification.
const (
	DeviceIPad DeviceType = "ipad"
	DeviceMac  DeviceType = "mac"
)

// LoginQRCodeRequest asks for a QR code to log in with.
type LoginQRCodeRequest struct {
	// AppID is the device. Leave it empty for the very first login only: that makes a new device, and several devices for one account
	// invite the platform's risk control. Later send the one that came back, and only for the account that used it last.
	AppID string `json:"appId"`
	// RegionID is the code of the account's home province; see Regions. For another country set ProxyIP, too.
	RegionID string `json:"regionId"`
	// Type is the kind of device. Empty means DeviceIPad.
	Type DeviceType `json:"type"`
	// ProxyIP is a proxy of your own, socks5://user:password@host:port. Empty means one of the service's, which are meant for trials.
	ProxyIP string `json:"proxyIp,omitempty"`
	// TTUID is the id of a proxy app on the user's own network. It spares about half of the iPad logins the verification, and works
	// only together with RegionID or ProxyIP.
	TTUID string `json:"ttuid,omitempty"`
	// AID is the id of a program on the user's own computer, a third way to the home network. Only GeWe documents it.
	AID string `json:"aid,omitempty"`
}

// LoginQRCode is a QR code to log in with. It lives about two minutes, and whoever has it can log in: never log it.
type LoginQRCode struct {
	AppID string `json:"appId"`  // the device; keep it, every later call needs it
	UUID  string `json:"uuid"`   // of this QR code, for CheckLogin
	Data  string `json:"qrData"` // the text in the QR code: draw it yourself
	// URL is a picture of the code that a third party draws: the login link is in its query. Do not open it, draw Data.
	URL string `json:"qrUrl"`
	// Image is the code as a picture, as a data URI; see DecodeImage.
	Image string `json:"qrImgBase64"`
}

// GetLoginQRCode begins a login: show the code to the person with the phone, then call CheckLogin. ErrDeviceUnknown means that the
// service does not have the device of AppID, ErrDeviceNotCreated that it could not make one.
func (s *LoginService) GetLoginQRCode(ctx context.Context, r LoginQRCodeRequest) (*LoginQRCode, error) {
	if r.Type == "" {
		r.Type = DeviceIPad
	}
	return ask[LoginQRCode](ctx, s.client, "/login/getLoginQrCode", send, r, field{"regionId", r.RegionID})
}

// DialogLoginRequest asks for a login by confirmation.
type DialogLoginRequest struct {
	AppID    string `json:"appId"`         // device that the account used last; with GeWe it may be empty the first time
	RegionID string `json:"regionId"`      // code of the account's home province; see Regions
	ProxyIP  string `json:"proxyIp"`       // socks5://user:password@host:port; may be empty
	AID      string `json:"aid,omitempty"` // as in LoginQRCodeRequest
}

// DialogLogin is a login that waits for its confirmation on the phone.
type DialogLogin struct {
	AppID string `json:"appId"`
	UUID  string `json:"uuid"` // for CheckLogin
}

// DialogLogin begins a login without a scan: a dialog on the phone asks for a confirmation. It often does not work, and never after a
// logout on the phone, on the day after the first login of a new device, or after the platform threw the account out: fall back to
// GetLoginQRCode.
func (s *LoginService) DialogLogin(ctx context.Context, r DialogLoginRequest) (*DialogLogin, error) {
	fields := []field{{"regionId", r.RegionID}}
	if !s.client.gewe() {
		fields = append(fields, field{"appId", r.AppID})
	}
	return ask[DialogLogin](ctx, s.client, "/login/dialogLogin", send, r, fields...)
}

// CheckLoginRequest asks how far a login is.
type CheckLoginRequest struct {
	AppID string `json:"appId"`
	UUID  string `json:"uuid"` // from GetLoginQRCode or DialogLogin
	// ProxyIP is the proxy of the login. Empty means none of your own.
	ProxyIP string `json:"proxyIp,omitempty"`
	// Captcha is the code that the phone shows, if it shows one.
	Captcha string `json:"captchCode,omitempty"` // sic
	// AutoSliding lets the service solve the slider of a Mac login. It must be false for an iPad.
	AutoSliding bool `json:"autoSliding"`
}

// LoginStatus is how far a login is.
type LoginStatus int

// The states. The service documents no 3.
const (
	LoginNotScanned LoginStatus = 0
	LoginScanned    LoginStatus = 1 // not confirmed yet, or waiting for a verification
	LoginConfirmed  LoginStatus = 2 // done once LoginState.Info is there; see LoggedIn
	LoginCancelled  LoginStatus = 4 // on the phone: start again
)

// LoginState is how far a login is.
type LoginState struct {
	UUID            string      `json:"uuid"`
	HeadImgURL      string      `json:"headImgUrl"`  // avatar of who scanned
	NickName        string      `json:"nickName"`    // name of who scanned
	ExpiredTime     int         `json:"expiredTime"` // seconds until the code expires; may exceed the 120 that the service speaks of
	Status          LoginStatus `json:"status"`
	Info            *LoginInfo  `json:"loginInfo"` // nil until the login is complete
	VerificationURL string      `json:"url"`       // set instead of everything else when WeChat wants a verification; see NeedsVerification
}

// LoginInfo is the account that logged in.
type LoginInfo struct {
	UIN      string `json:"uin"` // numeric id; sometimes masked
	Wxid     string `json:"wxid"`
	NickName string `json:"nickName"`
	Mobile   string `json:"mobile"` // phone number
	Alias    string `json:"alias"`  // WeChat id that the person chose; often empty
}

// LoggedIn tells whether the login is complete. The status alone does not say so.
func (s *LoginState) LoggedIn() bool {
	return s.Status == LoginConfirmed && s.Info != nil && s.Info.Wxid != ""
}

// NeedsVerification tells whether the person has to open VerificationURL: show it as a QR code, and go on asking. An iPad login wants
// the vendor's iOS app, a Mac login its Android app or AutoSliding.
func (s *LoginState) NeedsVerification() bool { return s.VerificationURL != "" }

// CheckLogin tells how far a login is. Call it every five seconds until LoggedIn, until the status is LoginCancelled, or until ExpiredTime
// is over. An error means that the login failed or expired: begin again with the same appId. A new device is thrown out once in
// the small hours of the next day, which the same appId repairs for good.
func (s *LoginService) CheckLogin(ctx context.Context, r CheckLoginRequest) (*LoginState, error) {
	return ask[LoginState](ctx, s.client, "/login/checkLogin", send, r, field{"appId", r.AppID}, field{"uuid", r.UUID})
}
