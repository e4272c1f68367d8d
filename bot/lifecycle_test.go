package bot_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for want, c := range map[string]bot.Config{
		"set HONGYAN_TOKEN":        {},
		"Parallel is -1":           {Token: "t", Parallel: -1, Data: data},
		"Lease is -1s":             {Token: "t", Lease: -time.Second, Data: data},
		"MaxAttempts is -2":        {Token: "t", MaxAttempts: -2, Data: data},
		`the base URL "nonsense" `: {Token: "t", BaseURL: "nonsense", Data: data},
		"the public URL":           {Token: "t", Data: data, Callback: bot.Callback{PublicURL: "bot.example.com"}},
		"like https://bot":         {Token: "t", Data: data, Callback: bot.Callback{PublicURL: "https://bot.example.com?x=1"}},
	} {
		_, err := bot.New(c)
		require.ErrorContains(t, err, want)
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	lookup := func(vars map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
	}
	c, err := bot.ConfigFromEnv(lookup(map[string]string{
		"HONGYAN_TOKEN": "t", "HONGYAN_APP_ID": "wx_a, wx_b", "HONGYAN_BASE_URL": "http://127.0.0.1:1/x", "HONGYAN_LISTEN": "127.0.0.1:2",
		"HONGYAN_CALLBACK_SECRET": "s", "HONGYAN_PUBLIC_URL": "https://bot", "HONGYAN_DATA": "d", "HONGYAN_ALLOW": "1@chatroom,wxid_a",
		"HONGYAN_PROVIDER": "gewe", "HONGYAN_TIMEOUT": "90s", "HONGYAN_GRACE": "7s", "HONGYAN_PARALLEL": "3", "HONGYAN_LOG_TEXT": "true",
		"HONGYAN_PACE": "unlimited", "HONGYAN_ADMIN": "0.0.0.0:9100", "HONGYAN_ADMIN_PUBLIC": "true",
		"HONGYAN_ALARM_WEBHOOK": "https://hook", "HONGYAN_ALARM_OWNER": "wxid_o", "HONGYAN_ALARM_SILENCE": "1h",
	}))
	require.NoError(t, err)
	assert.Equal(t, []bot.Account{{AppID: "wx_a"}, {AppID: "wx_b"}}, c.Accounts)
	assert.Equal(t, bot.Allow{Groups: []string{"1@chatroom"}, People: []string{"wxid_a"}}, c.Allow)
	assert.Equal(t, bot.Callback{Secret: "s", PublicURL: "https://bot"}, c.Callback)
	assert.Equal(t, api.GeWe(), c.Provider)
	assert.Equal(t, bot.Alarm{Webhook: "https://hook", Owner: "wxid_o", Silence: time.Hour}, c.Alarm)
	assert.Equal(t, []any{"0.0.0.0:9100", true}, []any{c.Admin, c.AdminPublic})
	assert.Equal(t, []any{"t", "http://127.0.0.1:1/x", "127.0.0.1:2", "d", 90 * time.Second, 7 * time.Second, 3, true, false},
		[]any{c.Token, c.BaseURL, c.Listen, c.Data, c.Timeout, c.Grace, c.Parallel, c.LogText, c.Simulator})

	c, err = bot.ConfigFromEnv(lookup(nil))
	require.NoError(t, err)
	assert.True(t, c.Simulator, "no token: the simulator")

	for name, value := range map[string]string{
		"HONGYAN_PROVIDER": "nobody", "HONGYAN_TIMEOUT": "soon", "HONGYAN_PARALLEL": "many", "HONGYAN_LOG_TEXT": "maybe",
		"HONGYAN_PACE": "fast",
	} {
		_, err := bot.ConfigFromEnv(lookup(map[string]string{name: value}))
		require.ErrorContains(t, err, name)
	}
}

func TestAPublicAddressNeedsASecret(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0"} {
		_, err := bot.New(bot.Config{Token: "t", Listen: listen, Data: t.TempDir(), Logger: zap.NewNop()})
		require.ErrorContains(t, err, "HONGYAN_CALLBACK_SECRET", listen)
	}
	for _, listen := range []string{"127.0.0.1:0", "[::1]:0", "localhost:0"} {
		b, err := bot.New(bot.Config{Token: "t", Listen: listen, Data: t.TempDir(), Logger: zap.NewNop()})
		require.NoError(t, err, listen)
		require.NoError(t, b.Close())
	}
}

func TestAnAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Listen = sim.URL()[len("http://"):]
	b := newBot(t, config)
	require.ErrorContains(t, b.Run(t.Context()), "cannot listen for callbacks")
}

func TestOwnSimulator(t *testing.T) {
	t.Parallel()
	b, err := bot.New(bot.Config{Simulator: true, Logger: zap.NewNop(), Callback: bot.Callback{Secret: "a/b c"}})
	require.NoError(t, err)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply(m.Body) }, match.Private())
	start(t, b, nil)
	sim := b.Simulator().Test(t)
	sim.ExpectCallback()
	sim.Friend("alice").Says("hello")
	sim.Friend("alice").ExpectText("hello")
	assert.Equal(t, 401, post(t, b, "/callback/wrong", "{}"))
}

// TestASimulatorInAnotherProcess needs nothing but the address and the token.
func TestASimulatorInAnotherProcess(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(bot.Config{BaseURL: sim.BaseURL(), Token: sim.Token(), Listen: "127.0.0.1:0", Logger: zap.NewNop()})
	require.NoError(t, err)
	b.Text(router.Say("hi"))
	start(t, b, nil)
	sim.ExpectCallback()
	sim.Friend("alice").Says("hello")
	sim.Friend("alice").Says("again") // paced sends would come seconds apart
	sim.Friend("alice").ExpectText("hi")
	sim.Friend("alice").ExpectText("hi")

	service := httptest.NewServer(http.NotFoundHandler()) // a service on loopback that is not a simulator
	defer service.Close()
	b, err = bot.New(bot.Config{BaseURL: service.URL, Token: "t", Data: t.TempDir(), Listen: "127.0.0.1:0", Logger: zap.NewNop()})
	require.NoError(t, err)
	b.Text(router.Say("hi"))
	stop := start(t, b, nil)
	assert.Equal(t, 200, post(t, b, "/callback", `{"TypeName":"AddMsg","Appid":"a","Wxid":"me","Data":{"MsgType":1,"NewMsgId":1,`+
		`"FromUserName":"wxid_a","Content":"hello"}}`))
	require.Eventually(t, func() bool { return b.Stats().Dropped["not allowed"] == 1 },
		time.Minute, time.Millisecond, "no one is allowed until listed")
	require.NoError(t, stop())
}

func TestRunOnlyOnce(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	stop := start(t, b, sim.Simulator)
	require.NoError(t, stop())
	require.ErrorIs(t, b.Run(t.Context()), bot.ErrStarted)
	require.NoError(t, b.Close())
}

// TestDrain stops a bot in the middle of a handler.
func TestDrain(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	entered, release := make(chan struct{}), make(chan struct{})
	var ended error
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		close(entered)
		<-release
		ended = c.Err()
		return c.Reply("finished")
	})
	stop := start(t, b, sim.Simulator)
	sim.Friend("alice").Says("x")
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(release)
	require.NoError(t, <-stopped)
	require.NoError(t, ended, "a drain does not end the context of a handler that is in time")
	sim.Friend("alice").ExpectText("finished")
}

func TestAHandlerThatIsTooSlowForTheGrace(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Grace = 50 * time.Millisecond
	b := newBot(t, config)
	entered := make(chan struct{})
	var cause error
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		close(entered)
		<-c.Done()
		cause = context.Cause(c)
		return c.Err()
	})
	stop := start(t, b, sim.Simulator)
	sim.Friend("alice").Says("x")
	<-entered
	require.ErrorContains(t, stop(), "1 messages were not handled within the grace period")
	require.ErrorContains(t, cause, "grace period")
}

// greeter is a plugin.
type greeter struct {
	name     string
	setupErr error
	closed   *[]string
	panics   bool
}

func (g *greeter) Name() string { return g.name }

func (g *greeter) Setup(h *bot.Handle) error {
	h.Text(router.Say("from "+g.name), match.Exact(g.name))
	if g.panics {
		h.Text(nil)
	}
	return g.setupErr
}

func (g *greeter) Close() error {
	*g.closed = append(*g.closed, g.name)
	return nil
}

func TestPlugins(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	var closed []string
	require.NoError(t, b.Install(&greeter{name: "one", closed: &closed}, &greeter{name: "two", closed: &closed}))
	require.ErrorContains(t, b.Install(&greeter{name: "one", closed: &closed}), "installed twice")
	require.ErrorContains(t, b.Install(nil), "nil")
	require.ErrorContains(t, b.Install(&greeter{name: "bad", closed: &closed, setupErr: errors.New("no luck")}), "plugin bad: no luck")
	require.ErrorContains(t, b.Install(&greeter{name: "worse", closed: &closed, panics: true}), "handler at lifecycle_test.go")
	stop := start(t, b, sim.Simulator)
	require.NoError(t, b.Install(&greeter{name: "three", closed: &closed}), "also after the start")
	require.PanicsWithValue(t, "comes after the start", func() {
		defer func() {
			if v := recover(); v != nil && len(fmt.Sprint(v)) > 0 {
				panic("comes after the start")
			}
		}()
		b.Text(router.Say("x"))
	})

	alice := sim.Friend("alice")
	for _, name := range []string{"one", "three"} {
		alice.Says(name)
		alice.ExpectText("from " + name)
	}
	require.NoError(t, b.Uninstall("one"))
	require.ErrorContains(t, b.Uninstall("one"), "no plugin one")
	alice.Says("one")
	alice.Says("bad")
	alice.Says("two")
	alice.ExpectText("from two")
	require.NoError(t, stop())
	assert.Equal(t, []string{"one", "three", "two"}, closed, "the last one first")
	assert.Equal(t, 2, b.Stats().Unhandled)
}

func TestNamesAreAskedOnce(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		return c.Replyf("%s in %q", c.SenderName(), c.GroupName())
	})
	start(t, b, sim.Simulator)
	for range 3 {
		sim.Group("A").Member("alice").Says("x")
		sim.Group("A").ExpectText(`Alice in "A"`)
	}
	sim.Friend("carol").Says("x")
	sim.Friend("carol").ExpectText(`Carol in ""`)
	asked := map[string]int{}
	for _, c := range sim.Calls() {
		asked[c.Endpoint]++
	}
	assert.Equal(t, 1, asked["/group/getChatroomInfo"], "the group and its members")
	assert.Equal(t, 1, asked["/contacts/getBriefInfo"])
}

func TestASendThatMayHaveArrivedIsNotRepeated(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	sim.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultExecuteThenDrop})
	b := newBot(t, configFor(sim.Simulator))
	var runs atomic.Int32
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		runs.Add(1)
		return c.Reply("re: " + m.Body)
	})
	stop := start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	alice.Says("one") // answered, but the answer's answer is lost
	alice.ExpectText("re: one")
	alice.Says("two")
	alice.ExpectText("re: two")
	require.NoError(t, stop())
	assert.Equal(t, int32(2), runs.Load())
	assert.Equal(t, 1, b.Stats().Unknown)
	assert.Equal(t, 1, b.Stats().Sent)
}

// TestABotThatCannotAnswerSaysSo starts one that no account can reach and that listens to no one:
// it works, and a person would wait in vain.
func TestABotThatCannotAnswerSaysSo(t *testing.T) {
	t.Parallel()
	service := newServer(t, http.NotFound)
	for name, c := range map[string]struct {
		change func(*bot.Config)
		says   []string
	}{
		"neither": {func(*bot.Config) {}, []string{"bot is running", "no callback URL", "the allow list is empty"}},
		"allowed": {func(c *bot.Config) { c.Allow.Everyone = true }, []string{"bot is running", "no callback URL", "shutting down"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := make(chan string, 100)
			core, _ := observer.New(zap.InfoLevel)
			logger := zap.New(core, zap.Hooks(func(e zapcore.Entry) error { lines <- e.Message; return nil }))
			config := bot.Config{BaseURL: service, Token: "t", Data: t.TempDir(), Listen: "127.0.0.1:0", Admin: bot.NoAdmin, Logger: logger}
			c.change(&config)
			b := newBot(t, config)
			stop := start(t, b, nil)
			for i, want := range c.says {
				if want == "shutting down" {
					require.NoError(t, stop())
				}
				line := <-lines
				for want == "shutting down" && strings.Contains(line, "the service does not work") { // it knows no call
					line = <-lines
				}
				assert.Contains(t, line, want, "line %d", i)
			}
		})
	}
}

// TestAnEndClosesItsConnections looks at the service's side of them.
func TestAnEndClosesItsConnections(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{}, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"ret":200,"msg":"ok","data":true}`)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	b, err := bot.New(bot.Config{BaseURL: server.URL, Token: "x", Data: t.TempDir(), Logger: zap.NewNop()})
	require.NoError(t, err)
	for len(closed) > 0 { // of the question whether it is a simulator
		<-closed
	}
	_, err = b.Client().Login.CheckOnline(t.Context(), "wx_a")
	require.NoError(t, err)
	require.NoError(t, b.Close())
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		assert.Fail(t, "the connection is still open")
	}
}

// TestTheRegistrationIsRemembered keeps for the command line where the service posts to.
func TestTheRegistrationIsRemembered(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := memory.New(memory.Config{})
	none, err := bot.LastRegistration(t.Context(), back.State())
	require.NoError(t, err)
	assert.Empty(t, none.Host)
	config := configFor(sim.Simulator)
	config.Store = back
	config.Callback.Secret = "geheim"
	b := newBot(t, config)
	start(t, b, nil)
	sim.ExpectCallback()
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		r, err := bot.LastRegistration(t.Context(), back.State())
		return err == nil && r.Host == "http://"+address && !r.At.IsZero()
	}, 5*time.Second, 10*time.Millisecond, "without the path, where the secret is")
}
