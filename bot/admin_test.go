package bot_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ask asks the admin listener of a bot.
func ask(t *testing.T, b *bot.Bot, path string) (int, string) {
	t.Helper()
	address, err := b.AdminAddress(t.Context())
	require.NoError(t, err)
	answer := fetchtest.Get(t, "http://"+address+path)
	return answer.Status, answer.Body
}

// conversation runs a bot with everything that is counted, and lets something of each kind happen.
// It returns what a scrape shows then.
func conversation(t *testing.T) (*bot.Bot, string) {
	t.Helper()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Admin, config.Data, config.MaxAttempts = "127.0.0.1:0", t.TempDir(), 1
	config.Callback.Secret = "s"
	b := newBot(t, config)
	b.Text(func(*router.Context, *xmlmsg.Text) error { panic("oh") }, match.Exact("panic")).Named("panics")
	b.Text(router.Say("hello"), match.Exact("hi")).Named("greets")
	start(t, b, nil)
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.Client().Login.SetCallback(t.Context(), "http://"+address+"/callback/s"))

	alice := sim.Friend("alice")
	alice.Says("panic")
	alice.Says("hi")
	alice.ExpectText("hello")
	alice.Says("nobody wants this")
	sim.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultExecuteThenDrop})
	alice.Says("hi")
	alice.ExpectText("hello")
	body := `{"TypeName":"AddMsg","Appid":"` + simulator.DefaultAppID +
		`","Wxid":"wxid_hongyan_bot","Data":{"MsgType":1,"NewMsgId":1234567890123456789,` +
		`"FromUserName":{"string":"wxid_alice"},"ToUserName":{"string":"wxid_hongyan_bot"},"Content":{"string":"hi"}}}`
	for range 2 {
		assert.Equal(t, 200, post(t, b, "/callback/s", body))
	}
	alice.ExpectText("hello")
	assert.Equal(t, 401, post(t, b, "/callback/wrong", body))
	assert.Equal(t, 400, post(t, b, "/callback/s", "no json"))
	var text string
	require.Eventually(t, func() bool { // the last run ends after its answer has arrived
		_, text = ask(t, b, "/metrics")
		return strings.Contains(text, `hongyan_events_total{result="handled"} 2`) && strings.Contains(text, "hongyan_inbox_lag_seconds 0\n")
	}, 5*time.Second, 10*time.Millisecond)
	return b, text
}

func TestScrape(t *testing.T) {
	t.Parallel()
	b, text := conversation(t)
	app := simulator.DefaultAppID
	for _, want := range []string{
		`hongyan_callbacks_total{result="accepted"} 5`,
		`hongyan_callbacks_total{result="duplicate"} 1`,
		`hongyan_callbacks_total{result="refused"} 0`,
		`hongyan_callbacks_rejected_total{status="400"} 1`,
		`hongyan_callbacks_rejected_total{status="401"} 1`,
		`hongyan_events_total{result="failed"} 2`, // the panic, and the lost answer
		`hongyan_events_total{result="handled"} 2`,
		`hongyan_events_total{result="unhandled"} 1`,
		`hongyan_handler_errors_total{route="panics"} 1`,
		`hongyan_handler_errors_total{route="greets"} 1`,
		`hongyan_handler_seconds_count{route="greets"} 3`,
		`hongyan_handling_delay_seconds_count 5`,
		`hongyan_dead_total 2`,
		`hongyan_retries_total 0`,
		`hongyan_sends_total{endpoint="/message/postText",outcome="sent"} 2`,
		`hongyan_sends_total{endpoint="/message/postText",outcome="unknown"} 1`,
		`hongyan_api_call_seconds_count{endpoint="/message/postText",status="0"} 1`,
		`hongyan_api_call_seconds_count{endpoint="/message/postText",status="200"} 2`,
		`hongyan_pacing_wait_seconds_count 3`,
		`hongyan_inbox_items{state="dead"} 2`,
		`hongyan_inbox_lag_seconds 0`,
		`hongyan_ledger_sends{state="sent"} 2`,
		`hongyan_store_up 1`,
		`hongyan_account_state{account="` + app + `",state="online"} 1`,
		`hongyan_account_state{account="` + app + `",state="zombie"} 0`,
		`hongyan_account_paused{account="` + app + `"} 0`,
	} {
		assert.Contains(t, text, want+"\n")
	}
	for _, never := range []string{"alice", "hello", "panic(", "nobody wants"} {
		assert.NotContains(t, text, never, "nothing of people or their messages")
	}
	stats := b.Stats()
	assert.Equal(t, []int{5, 1, 2, 1, 2, 2, 1}, []int{stats.Received, stats.Duplicates, stats.Handled, stats.Unhandled, stats.Failed,
		stats.Sent, stats.Unknown})

	status, body := ask(t, b, "/readyz")
	assert.Equal(t, 200, status, body)
	status, _ = ask(t, b, "/livez")
	assert.Equal(t, 200, status)
}

// TestAZombie lets an account look online and do nothing: its sending stops, one notice goes out,
// and one when it works again.
func TestAZombie(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	notices := make(chan monitor.Alert, 10)
	hook := webhook(t, notices)
	config := configFor(sim.Simulator)
	config.Admin, config.Alarm = "127.0.0.1:0", bot.Alarm{Webhook: hook}
	b := newBot(t, config)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) })
	start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	alice.Says("one")
	alice.ExpectText("re: one")

	sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultZombie})
	for i := range 3 {
		_, err := b.Send(t.Context(), api.PostText{AppID: simulator.DefaultAppID, To: "wxid_alice", Content: strconv.Itoa(i)})
		require.ErrorIs(t, err, outbox.ErrRefused)
	}
	n := receive(t, notices)
	assert.Equal(t, []any{"incident", monitor.Zombie, monitor.CauseSends, simulator.DefaultAppID, "failed", true},
		[]any{n.Event, n.State, n.Cause, n.Account, n.Reconnection, n.Paused})
	status, body := ask(t, b, "/readyz")
	assert.Equal(t, 503, status)
	assert.Contains(t, body, "account "+simulator.DefaultAppID+" is zombie")
	_, text := ask(t, b, "/metrics")
	assert.Contains(t, text, `hongyan_account_incidents_total{cause="sends"} 1`)
	assert.Contains(t, text, `hongyan_account_paused{account="`+simulator.DefaultAppID+`"} 1`)
}

// TestOfflineAndBack logs an account out, and in again: its sending stops meanwhile.
func TestOfflineAndBack(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	notices := make(chan monitor.Alert, 10)
	back := memory.New(memory.Config{})
	config := configFor(sim.Simulator)
	config.Admin, config.Store, config.Alarm = "127.0.0.1:0", back, bot.Alarm{Webhook: webhook(t, notices)}
	b := newBot(t, config)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) })
	start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	alice.Says("one")
	alice.ExpectText("re: one")

	assert.Equal(t, 200, post(t, b, "/callback", loggedOut))
	n := receive(t, notices)
	assert.Equal(t, []any{"incident", monitor.Offline, monitor.CauseOffline, true}, []any{n.Event, n.State, n.Cause, n.Paused})
	pauses, err := outbox.Pauses(t.Context(), back.State())
	require.NoError(t, err)
	require.Len(t, pauses, 1)
	assert.Equal(t, simulator.DefaultAppID, pauses[0].Account)

	alice.Says("two") // the session lives
	alice.ExpectText("re: two")
	assert.Equal(t, "recovery", receive(t, notices).Event)
	pauses, err = outbox.Pauses(t.Context(), back.State())
	require.NoError(t, err)
	assert.Empty(t, pauses)
	status, _ := ask(t, b, "/readyz")
	assert.Equal(t, 200, status)
}

// loggedOut is the callback of an account that was logged out.
const loggedOut = `{"TypeName":"Offline","Appid":"` + simulator.DefaultAppID + `","Wxid":"wxid_hongyan_bot"}`

// TestAPauseOfAPersonStays when an account that was offline is back.
func TestAPauseOfAPersonStays(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	notices := make(chan monitor.Alert, 10)
	back := memory.New(memory.Config{})
	config := configFor(sim.Simulator)
	config.Store, config.Alarm = back, bot.Alarm{Webhook: webhook(t, notices)}
	b := newBot(t, config)
	start(t, b, sim.Simulator)
	require.NoError(t, outbox.Pause(t.Context(), back.State(), simulator.DefaultAppID, "holidays"))
	assert.Equal(t, 200, post(t, b, "/callback", loggedOut))
	assert.Equal(t, "incident", receive(t, notices).Event)
	sim.Friend("alice").Says("hi")
	assert.Equal(t, "recovery", receive(t, notices).Event)
	pauses, err := outbox.Pauses(t.Context(), back.State())
	require.NoError(t, err)
	require.Len(t, pauses, 1)
	assert.Equal(t, "holidays", pauses[0].Reason)
}

// receive waits for a notice.
func receive(t *testing.T, notices <-chan monitor.Alert) monitor.Alert {
	t.Helper()
	select {
	case n := <-notices:
		return n
	case <-time.After(10 * time.Second):
		require.FailNow(t, "no notice")
		return monitor.Alert{}
	}
}

// webhook collects notices.
func webhook(t *testing.T, notices chan<- monitor.Alert) (url string) {
	t.Helper()
	server := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		var n monitor.Alert
		if assert.NoError(t, json.NewDecoder(r.Body).Decode(&n)) {
			notices <- n
		}
	})
	return server
}

func TestAdminAddresses(t *testing.T) {
	t.Parallel()
	b, err := bot.New(bot.Config{Token: "t", BaseURL: "http://192.0.2.1/x", Admin: "0.0.0.0:0", Listen: "127.0.0.1:0",
		Store: memory.New(memory.Config{}), Logger: zap.NewNop()})
	require.NoError(t, err)
	require.ErrorContains(t, b.Run(t.Context()), "HONGYAN_ADMIN_PUBLIC")

	b, err = bot.New(bot.Config{Token: "t", BaseURL: "http://192.0.2.1/x", Admin: "nowhere", Listen: "127.0.0.1:0",
		Store: memory.New(memory.Config{}), Logger: zap.NewNop()})
	require.NoError(t, err)
	require.ErrorContains(t, b.Run(t.Context()), "HONGYAN_ADMIN")

	for _, c := range []struct {
		admin  string
		public bool
		want   string
	}{{"", false, `^127\.0\.0\.1:\d+$`}, {"", false, `^127\.0\.0\.1:\d+$`}, {bot.NoAdmin, false, `^$`},
		{"0.0.0.0:0", true, `^\[::\]:\d+$|^0\.0\.0\.0:\d+$`}} {
		b, err := bot.New(bot.Config{
			Token: "t", BaseURL: "http://192.0.2.1/x", Admin: c.admin, AdminPublic: c.public, Listen: "127.0.0.1:0",
			Store: memory.New(memory.Config{}), Logger: zap.NewNop(),
		})
		require.NoError(t, err)
		start(t, b, nil) // the first two run at the same time: the second finds the usual port taken
		address, err := b.AdminAddress(t.Context())
		require.NoError(t, err)
		assert.Regexp(t, c.want, address)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	never, err := bot.New(bot.Config{Token: "t", BaseURL: "http://192.0.2.1/x", Store: memory.New(memory.Config{}), Logger: zap.NewNop()})
	require.NoError(t, err)
	_, err = never.AdminAddress(ended)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, never.Close())
}

// TestSpans follows a message from its callback to the API call.
func TestSpans(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	recorder := tracetest.NewSpanRecorder()
	config := configFor(sim.Simulator)
	config.Tracer = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	b := newBot(t, config)
	b.Text(router.Say("a secret answer"), match.Exact("hi")).Named("greets")
	stop := start(t, b, sim.Simulator)
	sim.Friend("alice").Says("hi")
	sim.Friend("alice").ExpectText("a secret answer")
	require.NoError(t, stop())

	spans := map[string]sdktrace.ReadOnlySpan{}
	for _, s := range recorder.Ended() {
		if s.Name() == "callback" && !hasAttribute(s, "hongyan.event") {
			continue // the probe
		}
		spans[s.Name()] = s
		for _, a := range s.Attributes() {
			for _, never := range []string{"wxid_", simulator.DefaultAppID, "secret", "hi", sim.Token()} {
				assert.NotEqual(t, never, a.Value.String(), s.Name())
				if len(never) > 2 {
					assert.NotContains(t, a.Value.String(), never, "%s %s", s.Name(), a.Key)
				}
			}
		}
	}
	callback, handle := spans["callback"], spans["handle"]
	require.NotNil(t, callback)
	require.NotNil(t, handle)
	require.Len(t, handle.Links(), 1)
	assert.Equal(t, callback.SpanContext().SpanID(), handle.Links()[0].SpanContext.SpanID())
	assert.NotEqual(t, callback.SpanContext().TraceID(), handle.SpanContext().TraceID())
	parent := handle
	for _, name := range []string{"route greets", "send /message/postText", "POST /message/postText"} {
		span := spans[name]
		require.NotNil(t, span, name)
		assert.Equal(t, parent.SpanContext().SpanID(), span.Parent().SpanID(), name)
		parent = span
	}
	assert.Contains(t, spans["send /message/postText"].Attributes(), attribute.String("hongyan.outcome", "sent"))
	for _, c := range sim.Calls() {
		assert.NotContains(t, string(c.Body), parent.SpanContext().TraceID().String())
	}
}

func hasAttribute(s sdktrace.ReadOnlySpan, key attribute.Key) bool {
	return slices.ContainsFunc(s.Attributes(), func(a attribute.KeyValue) bool { return a.Key == key })
}
