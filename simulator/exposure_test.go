package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestForeignPagesReachNothing asks as a page in a browser on this machine can: by a name that it
// lets point here, or across sites.
func TestForeignPagesReachNothing(t *testing.T) {
	t.Parallel()
	sim := start(t)
	origin := sim.URL()
	for name, c := range map[string]struct {
		method, path, host string
		header             []string
		want               int
	}{
		"a program":           {http.MethodGet, "/sim/state", "", nil, 200},
		"its own page":        {http.MethodGet, "/sim/state", "", []string{"Origin", origin, "Sec-Fetch-Site", "same-origin"}, 200},
		"a person":            {http.MethodGet, "/", "", []string{"Sec-Fetch-Site", "none"}, 200},
		"a name of somebody":  {http.MethodGet, "/sim/calls", "evil.example", nil, 403},
		"the same, help page": {http.MethodGet, "/", "evil.example:8900", nil, 403},
		"the same, service": {http.MethodPost, "/finder/v2/api/login/deviceList", "evil.example", []string{"VideosApi-token",
			sim.Token()}, 403},
		"a form of another page": {http.MethodPost, "/sim/messages", "", []string{"Origin", "https://evil.example", "Content-Type",
			"text/plain"}, 403},
		"a sandboxed page":   {http.MethodPost, "/sim/actions", "", []string{"Origin", "null", "Content-Type", "text/plain"}, 403},
		"an image of a page": {http.MethodGet, "/sim/messages", "", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another local server": {http.MethodPost, "/sim/faults", "", []string{"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site",
			"same-site"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := do(t, c.method, origin+c.path, `{"from":"bob","kind":"text","text":"x"}`, append(c.header, "Host", c.host)...)
			assert.Equal(t, c.want, a.status)
			messages, err := sim.Messages("bob", 0)
			require.NoError(t, err)
			assert.Empty(t, messages, "nobody has said anything")
		})
	}
}

// TestTheSecretOfACallbackIsNotShown looks at all that the control API lists.
func TestTheSecretOfACallbackIsNotShown(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := newBot(t, nil)
	host := strings.TrimPrefix(b.URL, "http://")
	for _, body := range []any{
		map[string]any{"token": sim.Token(), "callbackUrl": b.URL + "/callback/s3cret"},
		map[string]any{"token": sim.Token(), "callbackUrl": "http://user:s3cret@" + host + "/callback"},
		map[string]any{"token": sim.Token(), "callbackUrl": b.URL + "?key=s3cret"},
		map[string]any{"token": sim.Token(), "callbackURL": b.URL + "/s3cret"},
		map[string]any{"token": sim.Token(), "callbackUrl": []string{b.URL + "/s3cret"}},
		map[string]any{"token": sim.Token(), "callbackUrl": "http://%/s3cret"},
		`{"callbackUrl":"` + b.URL + `/s3cret"`,
	} {
		for _, endpoint := range []string{"/login/setCallback", "/tools/setCallback", "/login/setcallback"} {
			call(t, sim.Simulator, endpoint, body)
		}
	}
	assert.Contains(t, sim.State().Accounts[0].CallbackURL, "s3cret", "it is known")
	calls, state := get(t, sim, "/sim/calls").body, get(t, sim, "/sim/state").body
	assert.NotContains(t, calls+state+get(t, sim, "/").body, "s3cret")
	assert.Equal(t, 21, strings.Count(calls, `"endpoint"`))
	assert.Contains(t, calls, `"callbackUrl":"`+b.URL+`/…"`)
	assert.Contains(t, state, `"callback_url":"`+b.URL+`/…"`)
}

// TestCallbacksStayOnThisMachine registers URLs of other machines, to which a
// simulator must not post by mistake.
func TestCallbacksStayOnThisMachine(t *testing.T) {
	t.Parallel()
	here := start(t)
	for _, target := range []string{
		"http://192.0.2.1/callback/s3cret", "https://bot.example.com/callback/s3cret", "http://10.0.0.1:8080/callback",
		"http://0.0.0.0:1/x", "http://[2001:db8::1]/x",
		"http://127.0.0.1.example.com/x", "http://localhost.example.com/x",
	} {
		body := `{"token":"` + here.Token() + `","callbackUrl":"` + target + `"}`
		for _, path := range []string{"/finder/v2/api/login/setCallback", "/v2/api/tools/setCallback"} {
			a := do(t, http.MethodPost, here.URL()+path, body, "VideosApi-token", here.Token(), "X-GEWE-TOKEN", here.Token())
			assert.Contains(t, a.body, "--allow-remote-callback", target)
			assert.NotContains(t, a.body, "s3cret")
		}
		require.ErrorContains(t, here.SetCallback(t.Context(), target), "AllowRemoteCallback", target)
	}
	assert.Empty(t, here.State().Accounts[0].CallbackURL)
	b := newBot(t, nil)
	for _, target := range []string{b.URL, strings.Replace(b.URL, "127.0.0.1", "localhost", 1)} {
		require.NoError(t, here.SetCallback(t.Context(), target), target)
	}

	anywhere := start(t, func(c *simulator.Config) { c.AllowRemoteCallback = true })
	a := call(t, anywhere.Simulator, "/login/setCallback", map[string]any{"token": anywhere.Token(),
		"callbackUrl": "http://no-such-host.invalid/x"})
	assert.Contains(t, a.body, "no such host", "it was tried")
}

// TestAConfiguredHost reaches the pages by the name of a reverse proxy, and by no other.
func TestAConfiguredHost(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.Hosts = []string{"sim.example.com"} })
	for host, want := range map[string]int{
		"sim.example.com": 200, "SIM.example.com:443": 200, "example.com": 403, "sim.example.com.evil.example": 403,
	} {
		assert.Equal(t, want, do(t, http.MethodGet, sim.URL()+"/sim/state", "", "Host", host).status, host)
	}
	form := []string{"Host", "sim.example.com", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
	posted := do(t, http.MethodPost, sim.URL()+"/faults", "recipe=refuse", append(form, "Origin", "https://sim.example.com")...)
	assert.NotEqual(t, http.StatusForbidden, posted.status, "a form of the page, through a proxy with TLS")
	posted = do(t, http.MethodPost, sim.URL()+"/faults", "recipe=refuse", append(form, "Origin", "https://evil.example")...)
	assert.Equal(t, http.StatusForbidden, posted.status)
	_, err := simulator.New(simulator.Config{Hosts: []string{"https://sim.example.com/"}})
	require.ErrorContains(t, err, "without https://")
}
