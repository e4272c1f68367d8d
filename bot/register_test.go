package bot_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
)

// says is a handler with one answer.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// closed is an address at which nothing listens.
func closed(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

const (
	notReached = `{"ret":500,"msg":"设置回调失败","data":{"code":"500","msg":"push msg err"}}`
	badToken   = `{"ret":500,"msg":"token 不可用或已过期"}`
	gatewayTo  = "<html>gateway</html>"
)

// TestTheBotRunsUntilItIsRegistered starts bots whose registration fails. They receive, are not
// ready, and say why.
func TestTheBotRunsUntilItIsRegistered(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for name, c := range map[string]struct {
		service, public string // URLs; without a public one the bot registers nothing
		cause           string
	}{
		"gateway 401": {newServer(t, says(401, gatewayTo)), "http://127.0.0.1:1", "(HTTP 401): it does not let this bot through"},
		"gateway 404": {newServer(t, says(404, gatewayTo)), "http://127.0.0.1:1",
			"(HTTP 404): there is no service under the base URL"},
		"gateway 502":      {newServer(t, says(502, gatewayTo)), "http://127.0.0.1:1", "(HTTP 502): it does not reach the service"},
		"service, no name": {"http://no-such-host.invalid", "http://127.0.0.1:1", "the name no-such-host.invalid does not resolve"},
		"service, nobody":  {"http://" + closed(t), "http://127.0.0.1:1", "the service cannot be reached: nothing listens"},
		"bot, 401": {newServer(t, says(200, notReached)), newServer(t, says(401, "")),
			"the secret in the URL is not that of the bot (HTTP 401)"},
		"bot, 404": {newServer(t, says(200, notReached)), newServer(t, says(404, "")), "no bot under this path (HTTP 404)"},
		"bot, 502": {newServer(t, says(200, notReached)), newServer(t, says(502, "")), "does not reach the bot (HTTP 502)"},
		"bot, no name": {newServer(t, says(200, notReached)), "http://no-such-bot.invalid",
			"the name no-such-bot.invalid does not resolve"},
		"bot, nobody": {newServer(t, says(200, notReached)), "http://" + closed(t), "nothing listens at 127.0.0.1"},
		"bot, only from here": {newServer(t, says(200, notReached)), newServer(t, says(200, "")),
			"loopback or private address: the service cannot reach it"},
		"no public URL, 502": {newServer(t, says(502, gatewayTo)), "",
			"the service does not work: a gateway answers in place of the service (HTTP 502)"},
		"no public URL, down": {"http://" + closed(t), "", "the service does not work: the service cannot be reached"},
		"no public URL, wrong": {newServer(t, says(404, "404 page not found")), "",
			"the service does not work: a gateway answers in place of the service (HTTP 404)"},
	} {
		seen[c.cause] = name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, lines := observer.New(zap.WarnLevel)
			b, err := bot.New(bot.Config{
				BaseURL: c.service, Token: "t", Data: t.TempDir(), Listen: "127.0.0.1:0", Admin: "127.0.0.1:0", Logger: zap.New(core),
				Callback: bot.Callback{PublicURL: c.public, Secret: "s3cret"}, Allow: bot.Allow{Everyone: true},
			})
			require.NoError(t, err)
			start(t, b, nil)
			require.Eventually(t, func() bool { return lines.Len() > 0 }, 9*time.Second, 10*time.Millisecond,
				"it is said within 10 seconds")
			what := "the service does not work"
			if c.public != "" {
				what = "the callback URL is not registered"
			}
			assert.Contains(t, what+": "+lines.All()[0].ContextMap()["cause"].(string), c.cause)
			assert.NotContains(t, lines.All()[0].ContextMap()["cause"].(string), "s3cret")
			assert.NotEmpty(t, lines.All()[0].ContextMap()["do"])
			status, ready := ask(t, b, "/readyz")
			assert.Equal(t, http.StatusServiceUnavailable, status)
			assert.Contains(t, ready, c.cause)
			status, _ = ask(t, b, "/readyz?accounts=false")
			assert.Equal(t, http.StatusOK, status, "who sends callbacks to ready bots only must let the service's test through")
			body := `{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"me","Data":{"MsgType":1,"NewMsgId":1,"FromUserName":"wxid_a",` +
				`"Content":"hello"}}`
			assert.Equal(t, http.StatusOK, post(t, b, "/callback/s3cret", body), "it listens all the same")
		})
	}
	assert.Len(t, seen, 14, "each cause has its own sentence")
}

// TestTheBotRegistersWhenItCan mends the service while the bot runs.
func TestTheBotRegistersWhenItCan(t *testing.T) {
	t.Parallel()
	var up atomic.Bool
	service := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasSuffix(r.URL.Path, "/setCallback"), !up.Load():
			says(502, gatewayTo)(w, r)
		default:
			says(200, `{"ret":200,"msg":"ok"}`)(w, r)
		}
	})
	core, lines := observer.New(zap.WarnLevel)
	b, err := bot.New(bot.Config{
		BaseURL: service, Token: "t", Data: t.TempDir(), Listen: "127.0.0.1:0", Admin: "127.0.0.1:0", Logger: zap.New(core),
		Callback: bot.Callback{PublicURL: "https://bot.example.com", Secret: "s"}, Allow: bot.Allow{Everyone: true},
	})
	require.NoError(t, err)
	start(t, b, nil)
	require.Eventually(t, func() bool { return lines.Len() > 0 }, 9*time.Second, 10*time.Millisecond)
	up.Store(true)
	require.Eventually(t, func() bool { status, _ := ask(t, b, "/readyz"); return status == http.StatusOK },
		9*time.Second, 50*time.Millisecond)
}

// TestWhatEndsABotAtItsStart is only what nothing else can mend.
func TestWhatEndsABotAtItsStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ answer, public string }{
		"token":                {badToken, "https://bot.example.com"},
		"token, no public URL": {badToken, ""},
		"token, by number":     {`{"ret":401,"msg":"unauthorized"}`, "https://bot.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, lines := observer.New(zap.ErrorLevel)
			b, err := bot.New(bot.Config{
				BaseURL: newServer(t, says(200, c.answer)), Token: "t", Data: t.TempDir(), Listen: "127.0.0.1:0", Admin: bot.NoAdmin,
				Logger: zap.New(core), Callback: bot.Callback{PublicURL: c.public, Secret: "s3cret"}, Allow: bot.Allow{Everyone: true},
			})
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
			defer cancel()
			err = b.Run(ctx)
			require.NoError(t, ctx.Err())
			require.ErrorContains(t, err, "the service does not take the token")
			require.NotContains(t, err.Error(), "s3cret")
			var refused *api.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, 1, lines.Len())
		})
	}
}

// TestATunnelThatStartsLater registers a URL at which nothing listens yet, as when a tunnel starts
// after the bot.
func TestATunnelThatStartsLater(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	tunnel := closed(t)
	config := configFor(sim.Simulator)
	config.Callback.PublicURL = "http://" + tunnel
	core, lines := observer.New(zap.WarnLevel)
	config.Logger = zap.New(core)
	b := newBot(t, config)
	b.Text(router.Say("hello"))
	start(t, b, nil)
	require.Eventually(t, func() bool { return lines.Len() > 0 }, 9*time.Second, 10*time.Millisecond)
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", tunnel)
	require.NoError(t, err)
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+address+r.URL.Path, r.Body)
		if err != nil {
			return
		}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		if response, err := client.Do(request); err == nil {
			_ = response.Body.Close()
			w.WriteHeader(response.StatusCode)
		}
	})}
	go func() { _ = server.Serve(l) }() // ended by Close
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	sim.ExpectCallback()
	sim.Friend("alice").Says("hi")
	sim.Friend("alice").ExpectText("hello")
}
