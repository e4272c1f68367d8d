package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

// bots is an HTTP server that answers like bots and the proxies before them.
func bots(t *testing.T, status int) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://elsewhere.example.com/")
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

// closedPort is an address without a listener.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func TestCallback(t *testing.T) {
	t.Parallel()
	good := bots(t, http.StatusOK)
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of each handshake that we break off
	tls.StartTLS()
	t.Cleanup(tls.Close)
	const path = "/callback/s3cret"
	for name, c := range map[string]struct {
		url       string
		local     bool // the service does not reach local addresses
		says, not string
	}{
		"good":            {url: good.URL + path, says: "the service reaches it"},
		"loopback":        {url: good.URL + path, local: true, says: "loopback or private address"},
		"wrong secret":    {url: bots(t, http.StatusUnauthorized).URL + path, says: "secret"},
		"wrong path":      {url: bots(t, http.StatusNotFound).URL + path, says: "correct the path"},
		"no path":         {url: good.URL, says: "no path"},
		"not allowed":     {url: bots(t, http.StatusForbidden).URL + path, says: "allow_from"},
		"full":            {url: bots(t, http.StatusServiceUnavailable).URL + path, says: "space of its disk"},
		"no upstream":     {url: bots(t, http.StatusBadGateway).URL + path, says: "upstream"},
		"redirect":        {url: bots(t, http.StatusMovedPermanently).URL + path, says: "does not follow"},
		"odd":             {url: bots(t, http.StatusTeapot).URL + path, says: "HTTP 418"},
		"nobody":          {url: "http://" + closedPort(t) + path, says: "nothing listens"},
		"certificate":     {url: tls.URL + path, says: "certificate"},
		"name":            {url: "http://no-such-host.invalid" + path, says: "does not resolve"},
		"no URL":          {url: "bot.example.com", says: "not an http or https URL"},
		"not TLS at all":  {url: strings.Replace(good.URL, "http:", "https:", 1) + path, says: "speaks no TLS"},
		"secret in query": {url: bots(t, http.StatusUnauthorized).URL + "/callback?key=s3cret", says: "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, func(s *simulator.Config) { s.RefuseLocal = c.local })
			wrong := !strings.Contains(c.says, "the service reaches it")
			code, out, errOut := d.types("", "callback", "set", c.url)
			assert.Equal(t, wrong, code == 1, "%s%s", out, errOut)
			assert.Contains(t, out+errOut, c.says)
			assert.NotContains(t, out+errOut, "s3cret")
			if wrong {
				lines := strings.Split(strings.TrimSpace(errOut), "\n")
				require.Len(t, lines, 2, "a line for the cause, and one for what to do")
				assert.Contains(t, lines[1], "→")
				code, out, _ = d.types("", "callback", "check", c.url, "--json")
				assert.Equal(t, 1, code)
				assert.Contains(t, out, `"cause"`)
				return
			}
			_, out, _ = d.types("", "status")
			assert.Contains(t, out, "callback  http://127.0.0.1")
			assert.NotContains(t, out, "s3cret")
		})
	}
}

// TestCallbackListenForGeWe: the probe of GeWe is a text message without a sender.
func TestCallbackListenForGeWe(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	address := closedPort(t)
	d.vars["HONGYAN_BASE_URL"], d.vars["HONGYAN_PROVIDER"] = d.sim.URL()+"/gewe/v2/api", "gewe"
	d.vars["HONGYAN_PUBLIC_URL"], d.vars["HONGYAN_CALLBACK_SECRET"] = "http://"+address, "s3cret"
	code, out, errOut := d.types("", "callback", "check", "--listen", address)
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "the service reaches it")
}

func TestCallbackListen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	address := closedPort(t)
	d.vars["HONGYAN_PUBLIC_URL"], d.vars["HONGYAN_CALLBACK_SECRET"] = "http://"+address, "s3cret"
	code, out, errOut := d.types("", "callback", "check", "--listen", address)
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "the service reaches it")

	// The URL leads to another server, which refuses the test: nothing arrives here.
	elsewhere := bots(t, http.StatusForbidden)
	code, _, errOut = d.types("", "callback", "check",
		strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)+"/callback/s", "--listen", closedPort(t))
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "→")

	delete(d.vars, "HONGYAN_PUBLIC_URL")
	code, _, errOut = d.types("", "callback", "check")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "public_url")
	taken := strings.TrimPrefix(elsewhere.URL, "http://")
	code, _, errOut = d.types("", "callback", "set", elsewhere.URL+"/callback/s", "--listen", taken)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "leave --listen out")
}

func TestHostedServiceAndLoopback(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.vars["HONGYAN_BASE_URL"] = "http://192.0.2.1:1/finder/v2/api" // nobody is there, and nobody is asked
	code, _, errOut := d.types("", "callback", "set", "http://10.0.0.1:8080/callback/s3cret")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "private address")
}

// TestTheSecretThatTheBotMakes checks that commands mention and use the generated secret, and never
// print it.
func TestTheSecretThatTheBotMakes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.vars["HONGYAN_PUBLIC_URL"] = "https://no-such-bot.invalid"
	_, out, _ := d.types("", "doctor")
	assert.Contains(t, out, "callback.secret is not set: the bot makes one at its first start")
	_, _, errOut := d.types("", "callback", "check") // makes it, as the bot would
	assert.Contains(t, errOut, "does not resolve")
	var secret string
	d.state(func(s store.State) {
		var err error
		secret, err = bot.KeptSecret(t.Context(), s)
		require.NoError(t, err)
	})
	assert.GreaterOrEqual(t, len(secret), 26)
	_, out, _ = d.types("", "doctor")
	assert.Contains(t, out, "callback.secret is not set: the bot has made one")
	assert.NotContains(t, out+errOut, secret)

	file := filepath.Join(t.TempDir(), "bot.yaml")
	text := "service: {token: t}\nallow: {everyone: true}\ndata: " + d.data +
		"\nrules:\n  - {name: hi, on: text, keyword: [hi], reply: hello}\ncallback: {public_url: "
	for public, says := range map[string]bool{"https://bot.example.com": true, "http://127.0.0.1:8080": false} {
		require.NoError(t, os.WriteFile(file, []byte(text+public+"}\n"), 0o600))
		code, out, errOut := d.types("", "run", "--check", "-c", file)
		assert.Equal(t, 0, code, errOut)
		assert.Equal(t, says, strings.Contains(out, "callback.secret is not set: the bot makes one"), out)
	}
}
