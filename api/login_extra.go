package api

import "context"

// The calls of this file are missing from the service's public description.

// DeviceList lists the devices of a self-hosted container. It applies to gewechat (confidence
// medium); a hosted service has no such call.
func (s *LoginService) DeviceList(ctx context.Context) ([]string, error) {
	ids, err := ask[[]string](ctx, s.client, "/login/deviceList", query, params{})
	if err != nil {
		return nil, err
	}
	return *ids, nil
}

// LoginByAccountRequest is one step of a login with a password.
type LoginByAccountRequest struct {
	AppID    string `json:"appId"`
	ProxyIP  string `json:"proxyIp"`  // socks5://user:password@host:port
	RegionID string `json:"regionId"` // see Regions
	Account  string `json:"account"`
	Password string `json:"password"` // the WeChat password in plain text
	Step     int    `json:"step"`     // from 1
}

// AccountLogin is the state of a login with a password.
type AccountLogin struct {
	LoginState
	AppID string `json:"appId"`
	Image string `json:"base64Img"` // a QR code or captcha, base64; see DecodeImage
}

// LoginByAccount logs in with account and password, in several steps. It applies to gewe
// (confidence low, one client). It is risky: the service receives the password of the account,
// unencrypted unless the base URL is https. Use GetLoginQRCode.
func (s *LoginService) LoginByAccount(ctx context.Context, r LoginByAccountRequest) (*AccountLogin, error) {
	return ask[AccountLogin](ctx, s.client, "/login/loginByAccount", send, r,
		field{"appId", r.AppID}, field{"proxyIp", r.ProxyIP}, field{"regionId", r.RegionID},
		field{"account", r.Account}, field{"password", r.Password}, number("step", r.Step))
}

// ChangeMacToIPad turns a device that logged in as a Mac into an iPad, and returns a QR code
// without a URL, to log in again. It applies to gewe. It is risky: risk control looks for accounts
// on new devices.
func (s *LoginService) ChangeMacToIPad(ctx context.Context, appID string) (*LoginQRCode, error) {
	return ask[LoginQRCode](ctx, s.client, "/login/changeMacToIpad", send, params{"appId": appID}, field{"appId", appID})
}
