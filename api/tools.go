package api

import "context"

// ToolsService has the calls under /tools, which the self-hosted container (gewechat) has and the hosted services do not document.
type ToolsService struct{ client *Client }

const getTokenID = "/tools/getTokenId"

// SetCallback registers the callback URL on the path of gewechat (confidence high). LoginService.SetCallback chooses the path by
// the provider; this one does not. The container cannot reach 127.0.0.1 of its host.
func (s *ToolsService) SetCallback(ctx context.Context, callbackURL string) error {
	return s.client.setCallback(ctx, "/tools/setCallback", callbackURL)
}

// GetTokenID gets an API token from a container. It applies to gewechat (confidence high). It is the one call without a token: a client
// that is made for it may have any text as Config.Token. A new token means that the container was reset, and that the devices
// it had are void.
func (s *ToolsService) GetTokenID(ctx context.Context) (string, error) {
	token, err := ask[string](ctx, s.client, getTokenID, query, params{})
	if err != nil {
		return "", err
	}
	return *token, nil
}

// RemoveCallback takes the callback URL back. It may apply to videosapi (confidence low: one client, other paths of which are
// invented): do not rely on it, register another URL.
func (s *ToolsService) RemoveCallback(ctx context.Context, appID string) error {
	return s.client.do(ctx, "/tools/removeCallback", send, params{"appId": appID}, field{"appId", appID})
}
