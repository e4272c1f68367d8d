package api

import "context"

// DeviceType is the kind of client that the service emulates.
type DeviceType string

// The kinds. The service recommends the iPad, and the Mac if WeChat stops the iPad with a
// verification.
const (
	DeviceIPad DeviceType = "ipad"
	DeviceMac  DeviceType = "mac"
)

// LoginQRCodeRequest requests a QR code for a login.
type LoginQRCodeRequest struct {
	// AppID is the device. Leave it empty only for the very first login, which creates a new
	// device: several devices for one account attract the platform's risk control. Later, send the
	// appId that was returned, and only for the account that used it last.
	AppID string `json:"appId"`
	// RegionID is the code of the account's home province; see Regions. For another country, also
	// set ProxyIP.
	RegionID string `json:"regionId"`
	// Type is the kind of device. Empty means DeviceIPad.
	Type DeviceType `json:"type"`
	// ProxyIP is a proxy of your own, socks5://user:password@host:port. Empty means one of the
	// service's proxies, which are meant for trials.
	ProxyIP string `json:"proxyIp,omitempty"`
	// TTUID is the id of a proxy app on the user's own network. It avoids the verification for
	// about half of the iPad logins, and works only together with RegionID or ProxyIP.
	TTUID string `json:"ttuid,omitempty"`
	// AID is the id of a program on the user's own computer, a third way to use the home network.
	// Only GeWe documents it.
	AID string `json:"aid,omitempty"`
}

// LoginQRCode is a QR code for a login. It is valid for about two minutes, and whoever has it can
// log in: never log it.
type LoginQRCode struct {
	AppID string `json:"appId"`  // the device; store it, every later call needs it
	UUID  string `json:"uuid"`   // of this QR code, for CheckLogin
	Data  string `json:"qrData"` // the text in the QR code: draw the code from it
	// URL is a picture of the code drawn by a third party, with the login link in its query. Do not
	// open it; draw Data.
	URL string `json:"qrUrl"`
	// Image is a picture of the code as a data URI; see DecodeImage.
	Image string `json:"qrImgBase64"`
}

// GetLoginQRCode begins a login: show the code to the owner of the phone, then call CheckLogin.
// ErrDeviceUnknown means that the service does not have the device of AppID, ErrDeviceNotCreated
// that it could not create one.
func (s *LoginService) GetLoginQRCode(ctx context.Context, r LoginQRCodeRequest) (*LoginQRCode, error) {
	if r.Type == "" {
		r.Type = DeviceIPad
	}
	return ask[LoginQRCode](ctx, s.client, "/login/getLoginQrCode", send, r, field{"regionId", r.RegionID})
}

// DialogLoginRequest requests a login by confirmation.
type DialogLoginRequest struct {
	AppID    string `json:"appId"`         // device that the account used last; with GeWe, may be empty the first time
	RegionID string `json:"regionId"`      // code of the account's home province; see Regions
	ProxyIP  string `json:"proxyIp"`       // socks5://user:password@host:port; may be empty
	AID      string `json:"aid,omitempty"` // as in LoginQRCodeRequest
}

// DialogLogin is a login that must be confirmed on the phone.
type DialogLogin struct {
	AppID string `json:"appId"`
	UUID  string `json:"uuid"` // for CheckLogin
}

// DialogLogin begins a login without a scan: a dialog on the phone asks for confirmation. It often
// fails, and always after a logout on the phone, on the day after the first login of a new device,
// or after the platform logged the account out. Fall back to GetLoginQRCode.
func (s *LoginService) DialogLogin(ctx context.Context, r DialogLoginRequest) (*DialogLogin, error) {
	fields := []field{{"regionId", r.RegionID}}
	if !s.client.gewe() {
		fields = append(fields, field{"appId", r.AppID})
	}
	return ask[DialogLogin](ctx, s.client, "/login/dialogLogin", send, r, fields...)
}

// CheckLoginRequest requests the state of a login.
type CheckLoginRequest struct {
	AppID string `json:"appId"`
	UUID  string `json:"uuid"` // from GetLoginQRCode or DialogLogin
	// ProxyIP is the proxy of the login. Empty means no proxy of your own.
	ProxyIP string `json:"proxyIp,omitempty"`
	// Captcha is the code that the phone shows, if it shows one.
	Captcha string `json:"captchCode,omitempty"` // sic
	// AutoSliding lets the service solve the slider of a Mac login. It must be false for an iPad.
	AutoSliding bool `json:"autoSliding"`
}

// LoginStatus is the status of a login.
type LoginStatus int

// The statuses. 3 is undocumented.
const (
	LoginNotScanned LoginStatus = 0
	LoginScanned    LoginStatus = 1 // not confirmed, or waiting for a verification
	LoginConfirmed  LoginStatus = 2 // complete if LoginState.Info is set; see LoggedIn
	LoginCancelled  LoginStatus = 4 // on the phone; start again
)

// LoginState is the state of a login.
type LoginState struct {
	UUID            string      `json:"uuid"`
	HeadImgURL      string      `json:"headImgUrl"`  // avatar of the person who scanned the code
	NickName        string      `json:"nickName"`    // name of the person who scanned the code
	ExpiredTime     int         `json:"expiredTime"` // seconds until the code expires; may exceed the documented 120
	Status          LoginStatus `json:"status"`
	Info            *LoginInfo  `json:"loginInfo"` // nil until the login is complete
	VerificationURL string      `json:"url"`       // set instead of all others if WeChat requires a verification; see NeedsVerification
}

// LoginInfo is the account that logged in.
type LoginInfo struct {
	UIN      string `json:"uin"` // numeric id; sometimes masked
	Wxid     string `json:"wxid"`
	NickName string `json:"nickName"`
	Mobile   string `json:"mobile"` // phone number
	Alias    string `json:"alias"`  // WeChat id that the person chose; often empty
}

// LoggedIn reports whether the login is complete. The status alone does not say so.
func (s *LoginState) LoggedIn() bool {
	return s.Status == LoginConfirmed && s.Info != nil && s.Info.Wxid != ""
}

// NeedsVerification reports whether the user must open VerificationURL. Show it as a QR code and
// continue to poll. An iPad login requires the vendor's iOS app; a Mac login requires its Android
// app or AutoSliding.
func (s *LoginState) NeedsVerification() bool { return s.VerificationURL != "" }

// CheckLogin returns the state of a login. Call it every five seconds until LoggedIn, until the
// status is LoginCancelled, or until ExpiredTime has passed. An error means that the login failed
// or expired: start again with the same appId. A new device is logged out once in the early hours
// of the next day; a new login with the same appId repairs that for good.
func (s *LoginService) CheckLogin(ctx context.Context, r CheckLoginRequest) (*LoginState, error) {
	return ask[LoginState](ctx, s.client, "/login/checkLogin", send, r, field{"appId", r.AppID}, field{"uuid", r.UUID})
}
