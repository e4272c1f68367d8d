package localhttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/localhttp"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	loopback := localhttp.Config{Address: "127.0.0.1:8080"}
	named := localhttp.Config{Address: "bot.lan:8080", Hosts: []string{"Bot.Example.com:443"}}
	wild := localhttp.Config{Address: "0.0.0.0:8080"}
	direct := localhttp.Config{Address: "127.0.0.1:8080", Direct: true}
	for name, c := range map[string]struct {
		config localhttp.Config
		host   string
		header map[string]string
		why    error
	}{
		"address":                {loopback, "127.0.0.1:8080", nil, nil},
		"address, other port":    {loopback, "127.0.0.1:9999", nil, nil},
		"another of loopback":    {loopback, "127.9.9.9", nil, nil},
		"localhost":              {loopback, "LocalHost:8080", nil, nil},
		"under localhost":        {loopback, "bot.localhost:8080", nil, nil},
		"root dot":               {loopback, "localhost.:8080", nil, nil},
		"IPv6":                   {loopback, "[::1]:8080", nil, nil},
		"IPv6 without port":      {loopback, "[::1]", nil, nil},
		"mapped":                 {loopback, "[::ffff:127.0.0.1]:8080", nil, nil},
		"no address at all":      {localhttp.Config{}, "localhost", nil, nil},
		"foreign name":           {loopback, "evil.example:8080", nil, localhttp.ErrHost},
		"looks like localhost":   {loopback, "localhost.evil.example", nil, localhttp.ErrHost},
		"looks like an address":  {loopback, "127.0.0.1.evil.example", nil, localhttp.ErrHost},
		"foreign address":        {loopback, "192.0.2.1:8080", nil, localhttp.ErrHost},
		"unspecified":            {loopback, "0.0.0.0:8080", nil, localhttp.ErrHost},
		"no host":                {loopback, "", nil, localhttp.ErrHost},
		"configured name":        {named, "BOT.lan:8080", nil, nil},
		"further name":           {named, "bot.example.com", nil, nil},
		"below a configured one": {named, "x.bot.example.com", nil, localhttp.ErrHost},
		"all: address":           {wild, "192.0.2.1:8080", nil, nil},
		"all: container":         {wild, "bot:8080", nil, nil},
		"all: cluster":           {wild, "bot.default.svc.cluster.local:8080", nil, nil},
		"all: foreign name":      {wild, "evil.example:8080", nil, localhttp.ErrHost},

		"same origin":           {loopback, "127.0.0.1:8080", map[string]string{"Origin": "http://127.0.0.1:8080"}, nil},
		"same origin, port 80":  {loopback, "localhost", map[string]string{"Origin": "http://LOCALHOST"}, nil},
		"same origin by TLS":    {named, "bot.example.com", map[string]string{"Origin": "https://bot.example.com"}, nil},
		"foreign origin":        {loopback, "127.0.0.1:8080", map[string]string{"Origin": "https://evil.example"}, localhttp.ErrOrigin},
		"another port":          {loopback, "127.0.0.1:8080", map[string]string{"Origin": "http://127.0.0.1:3000"}, localhttp.ErrOrigin},
		"another loopback name": {loopback, "127.0.0.1:8080", map[string]string{"Origin": "http://localhost:8080"}, localhttp.ErrOrigin},
		"sandboxed page":        {loopback, "127.0.0.1:8080", map[string]string{"Origin": "null"}, localhttp.ErrOrigin},
		"extension": {loopback, "127.0.0.1:8080", map[string]string{"Origin": "chrome-extension://127.0.0.1:8080"},
			localhttp.ErrOrigin},
		"empty origin":           {loopback, "127.0.0.1:8080", map[string]string{"Origin": ""}, localhttp.ErrOrigin},
		"fetch of its own page":  {loopback, "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "same-origin"}, nil},
		"typed by a person":      {loopback, "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "none"}, nil},
		"fetch of another site":  {loopback, "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "cross-site"}, localhttp.ErrCrossSite},
		"fetch of another port":  {loopback, "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "same-site"}, localhttp.ErrCrossSite},
		"fetch of who knows":     {loopback, "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "new-value"}, localhttp.ErrCrossSite},
		"proxy, not asked about": {loopback, "127.0.0.1:8080", map[string]string{"X-Forwarded-For": "192.0.2.7"}, nil},
		"proxy": {direct, "127.0.0.1:8080", map[string]string{"X-Forwarded-For": "127.0.0.1, 192.0.2.7"},
			localhttp.ErrForwarded},
		"proxy, host": {direct, "127.0.0.1:8080", map[string]string{"X-Forwarded-Host": "bot.example.com"},
			localhttp.ErrForwarded},
		"tunnel": {direct, "127.0.0.1:8080", map[string]string{"Cf-Connecting-Ip": "2001:db8::1"}, localhttp.ErrForwarded},
		"proxy by the RFC": {direct, "127.0.0.1:8080", map[string]string{"Forwarded": `proto=https;For="[2001:db8::1]:47011"`},
			localhttp.ErrForwarded},
		"proxy, hidden": {direct, "127.0.0.1:8080", map[string]string{"Forwarded": "for=_hidden"}, localhttp.ErrForwarded},
		"proxy of this machine": {direct, "127.0.0.1:8080",
			map[string]string{"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1;proto=http"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
				reached := false
				var why error
				c.config.Refused = func(_ *http.Request, err error) { why = err }
				h := localhttp.Guard(c.config, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
				r := httptest.NewRequestWithContext(t.Context(), method, "/x", nil)
				r.Host = c.host
				for k, v := range c.header {
					r.Header.Set(k, v)
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				require.ErrorIs(t, why, c.why)
				assert.Equal(t, c.why == nil, reached)
				if c.why != nil {
					assert.Equal(t, http.StatusForbidden, w.Code)
				}
			}
		})
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "a.localhost": true, "127.0.0.1": true, "::1": true, "[::1]": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "localhost.example": false, "bot.example.com": false,
	} {
		assert.Equal(t, want, localhttp.Loopback(host), host)
	}
}

func TestCheckHosts(t *testing.T) {
	t.Parallel()
	require.NoError(t, localhttp.CheckHosts([]string{"console.example.com", "console.example.com:8443", "10.0.0.5", "[::1]:80"}))
	for _, wrong := range []string{"", "https://console.example.com", "*.example.com", "a b", "a,b", "console.example.com/x"} {
		require.Error(t, localhttp.CheckHosts([]string{wrong}), "%q", wrong)
	}
}
