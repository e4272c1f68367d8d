package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/simulator"
)

const secret = "a-secret-of-a-test-" // + name

func bearer(name string) string { return "Bearer " + secret + name }

// TestTokens asks for everything with tokens of different rights.
func TestTokens(t *testing.T) {
	t.Parallel()
	all := []string{"send", "read", "decide"}
	f := start(t, gateway.Config{Tokens: map[string]gateway.Token{
		"all":   {Secret: secret + "all", May: all},
		"send":  {Secret: secret + "send", May: []string{"send"}},
		"read":  {Secret: secret + "read", May: []string{"read"}},
		"chat":  {Secret: secret + "chat", May: all, Chats: []string{"B"}},
		"other": {Secret: secret + "other", May: all, Accounts: []string{"wx_other"}},
	}})
	f.Group("A").As("alice").Say("secret of A")
	f.Group("B").As("alice").Say("in B")
	f.Idle()
	a := `{"to":"A","text":"x","hold":true}`
	require.Equal(t, http.StatusAccepted, f.post("/v1/messages", a, "Authorization", bearer("all"), "Idempotency-Key", "k").Status)
	groupA := f.Group("A").ID()
	for _, test := range []struct {
		token, method, path, body string
		want                      int
	}{
		{"", "GET", "/v1/chats", "", 401}, {"", "POST", "/v1/messages", a, 401}, {"none", "GET", "/v1/events", "", 401},
		{"", "GET", "/openapi.json", "", 200}, {"", "GET", "/docs", "", 200},
		{"send", "POST", "/v1/messages", a, 202}, {"send", "GET", "/v1/events", "", 403}, {"send", "GET", "/v1/outbox", "", 403},
		{"send", "GET", "/v1/messages/k", "", 200},
		{"send", "POST", "/v1/messages/k/release", "", 403}, {"send", "POST", "/v1/messages/k/drop", "", 403},
		{"read", "POST", "/v1/messages", a, 403}, {"read", "GET", "/v1/events", "", 200}, {"read", "POST", "/v1/messages/k/sent", "", 403},
		{"read", "POST", "/v1/messages/k/revoke", "", 403}, {"read", "GET", "/v1/dead", "", 200},
		{"chat", "POST", "/v1/messages", a, 403}, {"chat", "POST", "/v1/messages", `{"to":"B","text":"x","hold":true}`, 202},
		{"chat", "GET", "/v1/messages/k", "", 404},
		{"chat", "POST", "/v1/messages/k/release", "", 404}, {"chat", "GET", "/v1/dead", "", 403},
		{"chat", "GET", "/v1/groups/" + groupA + "/members", "", 403},
		{"chat", "POST", "/v1/messages", `{"to":"B","forward":"` + f.keyOf(groupA) + `"}`, 404},
		{"other", "POST", "/v1/messages", a, 403}, {"other", "GET", "/v1/chats", "", 403}, {"other", "GET", "/v1/messages/k", "", 404},
	} {
		var header []string
		if test.token != "" {
			header = []string{"Authorization", bearer(test.token)}
		}
		got := f.do(test.method, test.path, test.body, header...)
		assert.Equal(t, test.want, got.Status, "%s: %s %s: %s", test.token, test.method, test.path, got.Text)
		if test.token == "chat" || test.token == "other" {
			assert.NotContains(t, got.Text, "secret of A")
		}
	}
	for path, want := range map[string]int{"/v1/events?after=0": 1, "/v1/outbox": 1, "/v1/chats": 1, "/v1/accounts": 1, "/v1/contacts": 0} {
		got := f.get(path, "Authorization", bearer("chat"))
		list, ok := got.JSON["items"].([]any)
		if !ok {
			list = got.JSON["events"].([]any)
		}
		assert.Len(t, list, want, "%s: %s", path, got.Text)
	}
	assert.Equal(t, 401, f.get("/v1/chats", "Authorization", "Basic "+secret+"all").Status)
}

// keyOf is the key of the first event of a chat.
func (f *fixture) keyOf(chat string) string {
	a := f.get("/v1/events?after=0&chat="+chat, "Authorization", bearer("all"))
	return a.JSON["events"].([]any)[0].(map[string]any)["key"].(string)
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{Tokens: map[string]gateway.Token{"a": {Secret: secret + "a", May: []string{"read"}, Rate: 12}}})
	for range 2 {
		assert.Equal(t, 200, f.get("/v1/accounts", "Authorization", bearer("a")).Status)
	}
	a := f.get("/v1/accounts", "Authorization", bearer("a"))
	assert.Equal(t, http.StatusTooManyRequests, a.Status)
	assert.Equal(t, "5", a.Header.Get("Retry-After"))
}

// TestPagesOfBrowsersAreRefused asks as a page of another site does, of a gateway without tokens.
func TestPagesOfBrowsersAreRefused(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	for _, header := range []string{
		"Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "X-Forwarded-For: 8.8.8.8", "Host: evil.example",
	} {
		name, value, _ := strings.Cut(header, ": ")
		a := f.post("/v1/messages", `{"to":"A","text":"x"}`, name, value)
		assert.Equal(t, http.StatusForbidden, a.Status, header)
		assert.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
	}
	f.Group("A").ExpectNothing()
}

func TestConfig(t *testing.T) {
	t.Parallel()
	token := func(change func(*gateway.Token)) gateway.Config {
		x := gateway.Token{Secret: secret, May: []string{"read"}}
		change(&x)
		return gateway.Config{Listen: "127.0.0.1:0", Tokens: map[string]gateway.Token{"x": x}}
	}
	hook := func(h ...gateway.Webhook) gateway.Config { return gateway.Config{Listen: "127.0.0.1:0", Webhooks: h} }
	for want, c := range map[string]gateway.Config{
		"is not an address":     {Listen: "8090"},
		"can be reached":        {Listen: ":8090"},
		"0.0.0.0:1 can be":      {Listen: "0.0.0.0:1"},
		"secret: it has 3":      token(func(x *gateway.Token) { x.Secret = "abc" }),
		"may: it is empty":      token(func(x *gateway.Token) { x.May = nil }),
		"no right \"rule\"":     token(func(x *gateway.Token) { x.May = []string{"rule"} }),
		"chats: it is empty":    token(func(x *gateway.Token) { x.Chats = []string{} }),
		"accounts: it is empty": token(func(x *gateway.Token) { x.Accounts = []string{} }),
		"rate: it must":         token(func(x *gateway.Token) { x.Rate = -1 }),
		"name: \"a/b\"":         hook(gateway.Webhook{Name: "a/b", URL: "http://127.0.0.1"}),
		"url: it is not":        hook(gateway.Webhook{Name: "a", URL: "ftp://x"}),
		"in: it is empty":       hook(gateway.Webhook{Name: "a", URL: "http://127.0.0.1", In: []string{}}),
		"is not base64":         hook(gateway.Webhook{Name: "a", URL: "http://127.0.0.1", Secret: "whsec_%"}),
		"[1].name: the name \"a\" is taken": hook(gateway.Webhook{Name: "a", URL: "http://127.0.0.1"},
			gateway.Webhook{Name: "a", URL: "http://127.0.0.1"}),
	} {
		_, err := gateway.New(c)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), secret)
	}
}

// TestTheDocumentOfTheAPI reads /openapi.json and the page.
func TestTheDocumentOfTheAPI(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	api := f.get("/openapi.json")
	assert.Contains(t, api.Text, `"openapi":"3.1`)
	assert.Equal(t, []any{map[string]any{"url": "http://" + f.at()}}, api.JSON["servers"], "Dify imports no document without")
	proxied := f.get("/openapi.json", "X-Forwarded-Proto", "https").JSON["servers"]
	assert.Equal(t, []any{map[string]any{"url": "https://" + f.at()}}, proxied)
	page := f.get("/docs")
	assert.NotContains(t, page.Text, "<script")
	assert.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'")
	for path := range api.JSON["paths"].(map[string]any) {
		assert.Contains(t, page.Text, path)
	}
	lists := f.get("/v1/accounts").JSON["items"].([]any)
	assert.Equal(t, simulator.DefaultAppID, lists[0].(map[string]any)["app_id"])
	for _, path := range []string{"/v1/chats", "/v1/contacts", "/v1/groups/" + f.Group("A").ID() + "/members"} {
		assert.NotEmpty(t, f.get(path).JSON["items"], path)
	}
	for _, path := range []string{"/v1/outbox", "/v1/dead", "/v1/tasks"} {
		assert.Equal(t, 200, f.get(path).Status, path)
		assert.Equal(t, 422, f.get(path+"?limit=0").Status, path)
	}
}
