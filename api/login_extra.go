package api

import "context"

// The calls of this file are not in the service's public description.

// DeviceList lists the devices of a self-hosted container. It applies to gewechat (confidence medium): a hosted service has no such call.
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
	Password string `json:"password"` // the WeChat password in the clear
	Step     int    `json:"step"`     // from 1
}

// AccountLogin is how far a login with a password is.
type AccountLogin struct {
	LoginState
	AppID string `json:"appId"`
	Image string `json:"base64Img"` // a QR code or captcha, base64; see DecodeImage
}

// LoginByAccount logs in with account and password, in several steps. It applies to gewe (confidence low, one client). Risky: the
// service gets the password of the account, over HTTP without encryption unless the base URL says otherwise. Use GetLoginQRCode.
func (s *LoginService) LoginByAccount(ctx context.Context, r LoginByAccountRequest) (*AccountLogin, error) {
	return ask[AccountLogin](ctx, s.client, "/login/loginByAccount", send, r,
		field{"appId", r.AppID}, field{"proxyIp", r.ProxyIP}, field{"regionId", r.RegionID},
		field{"account", r.Account}, field{"password", r.Password}, number("step", r.Step))
}

// ChangeMacToIPad makes an iPad of a device that logged in as a Mac, and answers with a QR code to log in again, which has no URL. It
// applies to gewe. Risky: another device for the account is what risk control looks for.
func (s *LoginService) ChangeMacToIPad(ctx context.Context, appID string) (*LoginQRCode, error) {
	return ask[LoginQRCode](ctx, s.client, "/login/changeMacToIpad", send, params{"appId": appID}, field{"appId", appID})
}
