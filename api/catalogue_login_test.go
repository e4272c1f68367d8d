package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

func loginCalls() calls {
	return calls{
		"/login/getLoginQrCode": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Login.GetLoginQRCode(ctx, api.LoginQRCodeRequest{
				AppID: x.str("appId"), RegionID: x.str("regionId"), Type: api.DeviceType(x.str("type")), ProxyIP: x.str("proxyIp"),
				TTUID: x.str("ttuid"), AID: x.str("aid"),
			})
		},
		"/login/checkLogin": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Login.CheckLogin(ctx, api.CheckLoginRequest{
				AppID: x.str("appId"), UUID: x.str("uuid"), ProxyIP: x.str("proxyIp"), Captcha: x.str("captchCode"),
				AutoSliding: x.is("autoSliding"),
			})
		},
		"/login/dialogLogin": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Login.DialogLogin(ctx, api.DialogLoginRequest{
				AppID: x.str("appId"), RegionID: x.str("regionId"), ProxyIP: x.str("proxyIp"), AID: x.str("aid"),
			})
		},
		"/login/logout": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Login.Logout(ctx, x.str("appId")))
		},
		"/login/checkOnline": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Login.CheckOnline(ctx, x.str("appId"))
		},
		"/login/reconnection": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Login.Reconnect(ctx, x.str("appId"))
		},
		"/login/setProxy": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Login.SetProxy(ctx, x.str("appId"), x.str("proxyIp")))
		},
		"/login/setCallback": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Login.SetCallback(ctx, x.str("callbackUrl")))
		},
		"/login/deviceList": func(ctx context.Context, c *api.Client, _ example) (any, error) {
			return c.Login.DeviceList(ctx)
		},
		"/login/loginByAccount": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Login.LoginByAccount(ctx, api.LoginByAccountRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), RegionID: x.str("regionId"), Account: x.str("account"),
				Password: x.str("password"), Step: x.num("step"),
			})
		},
		"/login/changeMacToIpad": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Login.ChangeMacToIPad(ctx, x.str("appId"))
		},
		"/tools/setCallback": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Tools.SetCallback(ctx, x.str("callbackUrl")))
		},
		"/tools/getTokenId": func(ctx context.Context, c *api.Client, _ example) (any, error) {
			return c.Tools.GetTokenID(ctx)
		},
		"/tools/removeCallback": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Tools.RemoveCallback(ctx, x.str("appId")))
		},
	}
}
