package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestMistakesOfTheGateway names the lines.
func TestMistakesOfTheGateway(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"gateway: {}",
			"f:2: gateway.listen: it is missing: write 127.0.0.1:8090"},
		{"gateway: {listen: 8090}",
			`f:2: gateway.listen: "8090" is not an address: write host:port, such as 127.0.0.1:8090`},
		{"gateway: {listen: '127.0.0.1:99999'}",
			`f:2: gateway.listen: "127.0.0.1:99999" is not an address`},
		{"gateway:\n  listen: 0.0.0.0:8090",
			"f:3: gateway.listen: 0.0.0.0:8090 can be reached from other machines: set tokens, or listen on 127.0.0.1"},
		{"gateway:\n  listen: ':8090'\n  keep: -1s",
			"f:4: gateway.keep: it must not be negative"},
		{"gateway:\n  listen: ':1'\n  tokens:\n    a:\n      may: read",
			"f:6: gateway.tokens.a.secret: it has 0 bytes, and needs 16"},
		{"gateway:\n  listen: ':1'\n  tokens:\n    a:\n      secret: 0123456789abcdef\n      may: [rule]",
			`f:7:13: gateway.tokens.a.may[0]: "rule" is not possible here; there are send, propose, read, decide`},
		{"gateway:\n  listen: ':1'\n  webhooks: []",
			`f:4: unknown field "webhooks"`},
		{"webhooks:\n  - url: ftp://x",
			"f:3: webhooks[0].url: it is not an http or https URL"},
		{"webhooks:\n  - url: http://x/a\n  - url: http://x/a",
			`f:4: webhooks[1].name: the name "x-a" is taken`},
		{"webhooks:\n  - url: http://x\n    secret: whsec_%",
			"f:4: webhooks[0].secret: what follows whsec_ is not base64"},
		{"webhooks:\n  - url: http://x\n    in: []",
			"f:4: webhooks[0].in: it is empty"},
	} {
		text, want := test[0], test[1]
		_, err := app.Reader{}.Parse("f", []byte("service: {sim: true}\n"+text))
		if assert.Error(t, err, text) {
			assert.Contains(t, err.Error(), want, text)
		}
	}
	file, err := app.Reader{}.Parse("f", []byte("service: {sim: true}\nwebhooks: {url: 'http://127.0.0.1:1/x'}"))
	require.NoError(t, err)
	assert.False(t, file.Idle(), "webhooks need no rules")
}

// ask makes a request of a gateway with a token, and returns the status and the body.
func ask(t *testing.T, method, url, token, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if len(header) > 0 {
		r.Header.Set(header[0], header[1])
	}
	r.Close = true
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

// TestAGatewayFromAFile serves the gateway of a file, revokes a token by a reload, and is told what
// needs a restart.
func TestAGatewayFromAFile(t *testing.T) {
	t.Parallel()
	posted := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		posted <- string(body)
	}))
	t.Cleanup(hook.Close)
	file := func(listen, tokens, more string) string {
		return "gateway:\n  listen: " + listen + "\n  tokens:\n" + tokens + more
	}
	const a, b = "    a: {secret: 0123456789abcdef-a, may: [send, read]}\n", "    b: {secret: 0123456789abcdef-b, may: read}\n"
	d := newDesk(t, newCounts(), file("127.0.0.1:0", a, ""))
	url := "http://" + d.live.Gateway()
	status, text := ask(t, "POST", url+"/v1/messages?wait=30", "0123456789abcdef-a", `{"to":"wxid_alice","text":"hi"}`)
	assert.Equal(t, http.StatusOK, status, text)
	d.sim.Friend("alice").ExpectText("hi")
	status, _ = ask(t, "GET", url+"/v1/chats", "0123456789abcdef-b", "")
	assert.Equal(t, http.StatusUnauthorized, status)

	d.write(file("127.0.0.1:1", b, "webhooks: {url: '"+hook.URL+"', in: A}\n"))
	lines, err := d.live.Reload(t.Context())
	require.NoError(t, err)
	assert.Contains(t, lines, d.path+": the gateway has changed")
	assert.Contains(t, lines, d.path+":8: gateway.listen has changed: that holds after a restart")
	status, _ = ask(t, "GET", url+"/v1/chats", "0123456789abcdef-a", "")
	assert.Equal(t, http.StatusUnauthorized, status, "revoked")
	status, _ = ask(t, "GET", url+"/v1/chats", "0123456789abcdef-b", "")
	assert.Equal(t, http.StatusOK, status)
	d.sim.Friend("alice").Says("in private")
	d.sim.Group("A").Member("alice").Says("in the group")
	select {
	case body := <-posted:
		assert.Contains(t, body, "in the group")
	case <-time.After(time.Minute):
		t.Fatal("the webhook gets nothing")
	}

	d.write("rules: [{name: x, on: text, keyword: x, reply: y}]\n")
	lines, err = d.live.Reload(t.Context())
	require.NoError(t, err)
	assert.Contains(t, strings.Join(lines, "\n"), "gateway has changed: that holds after a restart")
}

// TestTheGatewayOfASimulation runs a file with --sim, and sends over HTTP.
func TestTheGatewayOfASimulation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, os.WriteFile(path, []byte("service: {token: '${TOKEN}'}\ngateway: {listen: '127.0.0.1:0'}\n"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errOut paper
	ended := make(chan int, 1)
	go func() {
		ended <- app.Run(app.Console{Ctx: ctx, Out: &out, ErrOut: &errOut, Lookup: env(nil)}, []string{
			"run", "-c", path, "--sim", "--begins", "2026-01-05T10:00:00+08:00",
		})
	}()
	at := regexp.MustCompile(`the gateway is at (http://[0-9.:]+)`)
	require.Eventually(t, func() bool { return at.MatchString(out.String()) }, time.Minute, 10*time.Millisecond)
	url := at.FindStringSubmatch(out.String())[1]
	status, text := ask(t, "POST", url+"/v1/messages?wait=30", "", `{"to":"wxid_alice","text":"hi"}`, "Idempotency-Key", "k1")
	assert.Equal(t, http.StatusOK, status, text)
	assert.Contains(t, text, `"state":"sent"`)
	sim := regexp.MustCompile(`the simulator is at (http://[0-9.:]+)`).FindStringSubmatch(out.String())[1]
	moved := request(t, http.MethodPost, sim+"/sim/clock", `{"advance":"1m"}`)
	assert.JSONEq(t, `{"now":"2026-01-05T10:01:00+08:00","virtual":true}`, moved)
	_, text = ask(t, "GET", url+"/v1/messages/k1", "", "")
	assert.Contains(t, text, `"created":"2026-01-05T02:00:`, "the bot goes by the clock of the simulator")
	cancel()
	assert.Zero(t, <-ended, errOut.String())
	code, _, failed := program(t, "run", "-c", path, "--begins", "2026-01-05T10:00:00+08:00")
	assert.NotZero(t, code)
	assert.Contains(t, failed, "--begins is for --sim")
	var looked string
	code, looked, failed = program(t, "run", "-c", path, "--sim", "--check")
	assert.Zero(t, code, failed)
	assert.NotContains(t, looked, "the gateway is at", "a check opens no port")
}
