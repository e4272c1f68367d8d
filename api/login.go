package api

import (
	"context"
	"errors"
	"net/http"
)

// LoginService is about the session of an account: how it begins (GetLoginQRCode, DialogLogin, CheckLogin), whether it is alive, and
// how it ends.
type LoginService struct{ client *Client }

// CheckOnline tells whether the account is online. A session that lost its connection may say so, too.
func (s *LoginService) CheckOnline(ctx context.Context, appID string) (bool, error) {
	return s.yesOrNo(ctx, "/login/checkOnline", query, appID)
}

// Reconnect repairs a session without a new login, and tells whether that worked. It is for an account that is shown as online while no
// callbacks arrive. If it fails, the account has to log in again.
func (s *LoginService) Reconnect(ctx context.Context, appID string) (bool, error) {
	return s.yesOrNo(ctx, "/login/reconnection", send, appID)
}

// yesOrNo makes a call whose answer is a bare bool. No answer is neither.
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

// Logout ends the session of the account on this device. The device stays: log in again with the same appId.
func (s *LoginService) Logout(ctx context.Context, appID string) error {
	return s.client.do(ctx, "/login/logout", send, params{"appId": appID}, field{"appId", appID})
}

// SetProxy moves the account to another proxy, socks5://user:password@host:port, while it stays online.
func (s *LoginService) SetProxy(ctx context.Context, appID, proxyIP string) error {
	return s.client.do(ctx, "/login/setProxy", send, params{"appId": appID, "proxyIp": proxyIP},
		field{"appId", appID}, field{"proxyIp", proxyIP})
}

// SetCallback registers the URL to which the service posts the events of all accounts of the token. The service posts a probe
// there before it answers, and fails with ErrCallbackProbe if nobody is at home: a loopback address works with a simulator only.
// The setting does not survive a change of the token.
func (s *LoginService) SetCallback(ctx context.Context, callbackURL string) error {
	endpoint := s.client.config.Provider.CallbackPath
	if endpoint == "" {
		endpoint = VideosAPI().CallbackPath
	}
	return s.client.setCallback(ctx, endpoint, callbackURL)
}

// setCallback sends the token a second time: in the header alone it is not enough here.
func (c *Client) setCallback(ctx context.Context, endpoint, callbackURL string) error {
	return c.do(ctx, endpoint, send, params{"token": *c.token.value, "callbackUrl": callbackURL}, field{"callbackUrl", callbackURL})
}
