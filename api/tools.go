package api

import "context"

// ToolsService has the calls under /tools, which exist in the self-hosted container (gewechat) and
// are undocumented for the hosted services.
type ToolsService struct{ client *Client }

const getTokenID = "/tools/getTokenId"

// SetCallback registers the callback URL on the path of gewechat (confidence high).
// LoginService.SetCallback chooses the path by the provider; this one does not. The container
// cannot reach 127.0.0.1 of its host.
func (s *ToolsService) SetCallback(ctx context.Context, callbackURL string) error {
	return s.client.setCallback(ctx, "/tools/setCallback", callbackURL)
}

// GetTokenID returns an API token of a container. It applies to gewechat (confidence high). It is
// the only call without a token: a client that only makes this call may have any text as
// Config.Token. A new token means that the container was reset, and that its devices are void.
func (s *ToolsService) GetTokenID(ctx context.Context) (string, error) {
	token, err := ask[string](ctx, s.client, getTokenID, query, params{})
	if err != nil {
		return "", err
	}
	return *token, nil
}

// RemoveCallback removes the callback URL. It may apply to videosapi (confidence low: one client,
// some of whose other paths are invented). Do not rely on it; register another URL.
func (s *ToolsService) RemoveCallback(ctx context.Context, appID string) error {
	return s.client.do(ctx, "/tools/removeCallback", send, params{"appId": appID}, field{"appId", appID})
}
