package reach_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reach"
)

// TestWhatIsFinal tells what no change elsewhere mends from what may be mended.
func TestWhatIsFinal(t *testing.T) {
	t.Parallel()
	here := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(here.Close)
	const hosted = "http://192.0.2.1/finder/v2/api"
	probe := &api.Error{Endpoint: "/login/setCallback", Ret: 500, HTTPStatus: 200, Err: api.ErrCallbackProbe}
	for name, c := range map[string]struct {
		public, service string
		err             error
		final           bool
		says            string
	}{
		"loopback, hosted service":     {"http://127.0.0.1:1/callback/s3cret", hosted, probe, true, "loopback or private address"},
		"localhost, hosted service":    {"http://localhost:1/callback/s3cret", hosted, probe, true, "loopback or private address"},
		"private, hosted service":      {"http://10.0.0.1/callback/s3cret", hosted, probe, true, "loopback or private address"},
		"private, default service":     {"http://192.168.1.2/callback/s3cret", "", probe, true, "loopback or private address"},
		"no such name, hosted service": {"http://no-such-bot.invalid/callback/s3cret", hosted, probe, false, "does not resolve"},
		"loopback, service near by": {here.URL + "/callback/s3cret", "http://127.0.0.1:2531/v2/api", probe, false,
			"loopback or private address"},
		"token": {"https://bot.example.com/callback/s3cret", hosted,
			&api.Error{HTTPStatus: 200, Ret: 500, Err: api.ErrTokenInvalid}, true, "does not take the token"},
		"token, in the service's words": {"https://bot.example.com/callback/s3cret", hosted,
			&api.Error{HTTPStatus: 200, Ret: 401, Err: api.ErrCallbackProbe}, true, "does not take the token"},
		"401 of a gateway": {"https://bot.example.com/callback/s3cret", hosted,
			&api.Error{HTTPStatus: 401, Err: api.ErrNotEnvelope}, false, "a gateway answers in place of the service (HTTP 401)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(c.public)
			require.NoError(t, err)
			p := reach.Registration(t.Context(), u, c.service, c.err)
			require.NotNil(t, p)
			assert.Equal(t, c.final, p.Final)
			assert.Contains(t, p.Cause.String(), c.says)
			assert.False(t, p.Do.IsZero())
			assert.NotContains(t, p.Error(), "s3cret")
		})
	}
}
