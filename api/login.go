package api

import (
	"context"
	"errors"
	"net/http"
)

// LoginService is about the session of an account.
type LoginService struct{ client *Client }

// CheckOnline tells whether the account is online. A session that lost its connection may say so, too.
func (s *LoginService) CheckOnline(ctx context.Context, appID string) (bool, error) {
	const endpoint = "/login/checkOnline"
	if err := required(endpoint, field{"appId", appID}); err != nil {
		return false, err
	}
	var online *boolean
	if err := s.client.call(ctx, endpoint, query, map[string]string{"appId": appID}, &online); err != nil {
		return false, err
	}
	if online == nil {
		return false, &Error{
			Endpoint: endpoint, Ret: http.StatusOK, executed: ExecutedYes,
			Err: errors.New("api: the answer is neither true nor false"),
		}
	}
	return bool(*online), nil
}

// SetCallback registers the URL to which the service posts the events of all accounts of the token. The service posts a probe
// there before it answers, and fails if nobody is at home: a loopback address works with a simulator only.
func (s *LoginService) SetCallback(ctx context.Context, callbackURL string) error {
	endpoint := s.client.config.Provider.CallbackPath
	if endpoint == "" {
		endpoint = VideosAPI().CallbackPath
	}
	if err := required(endpoint, field{"callbackUrl", callbackURL}); err != nil {
		return err
	}
	// The token in the header alone is not enough here.
	return s.client.call(ctx, endpoint, send, map[string]string{
		"token": *s.client.token.value, "callbackUrl": callbackURL,
	}, nil)
}
