package api

import (
	"context"
	"errors"
	"net/http"
)

// LoginService manages the session of an account: logging in (GetLoginQRCode, DialogLogin,
// CheckLogin), its state, and logging out.
type LoginService struct{ client *Client }

// CheckOnline reports whether the account is online. It may report true for a session that has lost
// its connection.
func (s *LoginService) CheckOnline(ctx context.Context, appID string) (bool, error) {
	return s.yesOrNo(ctx, "/login/checkOnline", query, appID)
}

// Reconnect repairs a session without a new login, and reports whether that worked. Use it for an
// account that is shown as online but receives no callbacks. If it fails, the account has to log in
// again.
func (s *LoginService) Reconnect(ctx context.Context, appID string) (bool, error) {
	return s.yesOrNo(ctx, "/login/reconnection", send, appID)
}

// yesOrNo makes a call whose answer is a bool. A missing answer is an error.
func (s *LoginService) yesOrNo(ctx context.Context, endpoint string, k class, appID string) (bool, error) {
	answer, err := ask[*bool](ctx, s.client, endpoint, k, params{"appId": appID}, field{"appId", appID})
	if err != nil {
		return false, err
	}
	if *answer == nil {
		return false, &Error{
			Endpoint: endpoint, Ret: http.StatusOK, executed: ExecutedYes,
			Err: errors.New("api: the answer is neither true nor false"),
		}
	}
	return **answer, nil
}

// Logout ends the session of the account on this device. The device remains: log in again with the
// same appId.
func (s *LoginService) Logout(ctx context.Context, appID string) error {
	return s.client.do(ctx, "/login/logout", send, params{"appId": appID}, field{"appId", appID})
}

// SetProxy moves the account to another proxy, socks5://user:password@host:port, without logging
// out.
func (s *LoginService) SetProxy(ctx context.Context, appID, proxyIP string) error {
	return s.client.do(ctx, "/login/setProxy", send, params{"appId": appID, "proxyIp": proxyIP},
		field{"appId", appID}, field{"proxyIp", proxyIP})
}

// SetCallback registers the URL to which the service posts the events of all accounts of the token.
// The service first posts a probe there, and the call fails with ErrCallbackProbe if nothing
// answers; a loopback address works with a simulator only. The setting is lost when the token
// changes.
func (s *LoginService) SetCallback(ctx context.Context, callbackURL string) error {
	endpoint := s.client.config.Provider.CallbackPath
	if endpoint == "" {
		endpoint = VideosAPI().CallbackPath
	}
	return s.client.setCallback(ctx, endpoint, callbackURL)
}

// setCallback also sends the token in the body, which this call requires.
func (c *Client) setCallback(ctx context.Context, endpoint, callbackURL string) error {
	return c.do(ctx, endpoint, send, params{"token": *c.token.value, "callbackUrl": callbackURL}, field{"callbackUrl", callbackURL})
}
