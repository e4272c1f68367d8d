package api

import (
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Provider is a flavour of the service: paths and bodies are the same, base URL and token header
// differ.
type Provider struct {
	Name string
	// BaseURL is the URL to which the paths are appended.
	BaseURL string
	// TokenHeader is the header with the API token.
	TokenHeader string
	// CallbackPath is the endpoint that registers the callback.
	CallbackPath string
}

// VideosAPI is the hosted service at videosapi.com. It uses plain HTTP: token and messages cross
// the network unencrypted.
func VideosAPI() Provider {
	return Provider{
		Name: "videosapi", BaseURL: "http://api.videosapi.com/finder/v2/api",
		TokenHeader: "VideosApi-token", CallbackPath: "/login/setCallback",
	}
}

// GeWe is the hosted service at geweapi.com.
func GeWe() Provider {
	return Provider{ //nolint:gosec // the name of a header, not a credential
		Name: "gewe", BaseURL: "http://api.geweapi.com/gewe/v2/api",
		TokenHeader: "X-GEWE-TOKEN", CallbackPath: "/login/setCallback",
	}
}

// Gewechat is a self-hosted container on this machine. For another machine, set Config.BaseURL.
func Gewechat() Provider {
	return Provider{ //nolint:gosec // the name of a header, not a credential
		Name: "gewechat", BaseURL: "http://127.0.0.1:2531/v2/api",
		TokenHeader: "X-GEWE-TOKEN", CallbackPath: "/tools/setCallback",
	}
}

// ProviderByName returns a provider: videosapi, gewe or gewechat.
func ProviderByName(name string) (Provider, error) {
	for _, p := range []Provider{VideosAPI(), GeWe(), Gewechat()} {
		if strings.EqualFold(p.Name, name) {
			return p, nil
		}
	}
	return Provider{}, phrase.Errorf("api: unknown provider %q: there are videosapi, gewe and gewechat", name)
}
