package simulator_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

func TestFaultsOfCalls(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]struct {
		status   int
		body     string
		ret      int
		executed bool
	}{
		"refuse":            {200, `"ret":500`, 500, false},
		"http_500":          {500, `"ret":500`, 500, false},
		"http_502":          {502, "<html>", 502, false},
		"offline":           {200, "离线", 500, false},
		"drop_before":       {0, "", 0, false},
		"execute_then_drop": {0, "", 0, true},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			sim := start(t)
			sim.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: fault})
			a, err := try(t, sim, "/message/postText", text(t, sendText("wxid_bob", "hi")))
			if want.status == 0 {
				require.ErrorIs(t, err, io.EOF, "the connection is closed without an answer")
			} else {
				require.NoError(t, err)
				assert.Equal(t, want.status, a.status)
				assert.Contains(t, a.body, want.body)
			}
			c := sim.Calls()[0]
			assert.Equal(t, want.ret, c.Ret)
			assert.Equal(t, want.executed, c.Executed)
			assert.Equal(t, fault, c.Fault)
			messages, err := sim.Messages("bob", 0)
			require.NoError(t, err)
			assert.Equal(t, want.executed, len(messages) == 1)

			assert.Contains(t, call(t, sim.Simulator, "/message/postText", sendText("wxid_bob", "hi")).body, `"ret":200`, "it happens once")
			assert.Equal(t, 1, sim.Faults()[0].Hits)
		})
	}
}

// try is call for what may fail.
func try(t *testing.T, sim *simulator.Test, endpoint, body string) (reply, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sim.BaseURL()+endpoint, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("VideosApi-token", sim.Token())
	response, err := client(t).Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, string(answer)}, err
}

func TestASlowAnswer(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultSlow, Delay: time.Hour}, simulator.Fault{
		Endpoint: "/login/checkOnline", Kind: simulator.FaultSlow, Delay: time.Millisecond,
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, sim.BaseURL()+"/message/postText",
			strings.NewReader(`{"appId":"`+simulator.DefaultAppID+`","toWxid":"wxid_bob","content":"hi"}`))
		if err == nil {
			request.Header.Set("VideosApi-token", sim.Token())
			var response *http.Response
			if response, err = client(t).Do(request); err == nil {
				response.Body.Close()
			}
		}
		done <- err
	}()
	sim.Friend("bob").ExpectText("hi") // it is executed at once
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	assert.Contains(t, call(t, sim.Simulator, "/login/checkOnline", map[string]any{"appId": simulator.DefaultAppID}).body, `"ret":200`)
}

func TestOfflineIsSeenByCheckOnline(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultOffline, Count: 2})
	body := map[string]any{"appId": simulator.DefaultAppID}
	for _, online := range []string{"false", "false", "true"} {
		assert.Contains(t, call(t, sim.Simulator, "/login/checkOnline", body).body, `"data":`+online)
	}
}

func TestFaultsOfCallbacks(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]struct {
		posts    int
		callback string
	}{
		"drop": {0, simulator.CallbackNone}, "duplicate": {2, simulator.CallbackAcknowledged}, "delay": {1, simulator.CallbackAcknowledged},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			sim := start(t)
			b := listen(t, sim.Simulator, nil)
			f := simulator.Fault{Endpoint: "callback", Kind: fault}
			if fault == simulator.FaultDelay {
				f.Delay = time.Millisecond
			}
			sim.Breaks(f)
			sim.Group("A").Member("alice").Says("hi")
			settle(t, sim.Simulator)
			assert.Len(t, b.posts(t), want.posts)
			messages, err := sim.Messages("A", 0)
			require.NoError(t, err)
			assert.Equal(t, want.callback, messages[0].Callback)
		})
	}
}

func TestProbabilityIsReproducible(t *testing.T) {
	t.Parallel()
	pattern := func(seed uint64) string {
		sim := start(t)
		sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultRefuse, Count: 1000, Probability: 0.5, Seed: seed})
		for range 30 {
			call(t, sim.Simulator, "/login/checkOnline", map[string]any{"appId": simulator.DefaultAppID})
		}
		var b strings.Builder
		for _, c := range sim.Calls() {
			b.WriteString(map[bool]string{true: "1", false: "0"}[c.Executed])
		}
		return b.String()
	}
	first := pattern(7)
	assert.Contains(t, first, "0")
	assert.Contains(t, first, "1")
	assert.Equal(t, first, pattern(7))
	assert.NotEqual(t, first, pattern(8))
}

func TestTheControlAPIOfFaults(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) {
		c.VirtualClock, c.Begins = true, time.Date(2026, 3, 2, 14, 3, 0, 0, time.UTC)
	})
	one := do(t, http.MethodPost, sim.URL()+"/sim/faults", `{"endpoint":"/message/postText","fault":"refuse","count":2}`)
	assert.JSONEq(t, `{"faults":[{"id":1,"endpoint":"/message/postText","fault":"refuse","count":2,"probability":1,"seed":1,"hits":0}]}`,
		one.body)
	many := do(t, http.MethodPost, sim.URL()+"/sim/faults",
		`{"faults":[{"endpoint":"*","fault":"slow","delay":"1ms"},{"endpoint":"callback","fault":"drop","probability":0.5,"seed":9}]}`)
	assert.Equal(t, http.StatusOK, many.status, many.body)
	call(t, sim.Simulator, "/message/postText", sendText("wxid_bob", "hi"))
	assert.JSONEq(t, `{"faults":[
		{"id":1,"endpoint":"/message/postText","fault":"refuse","count":2,"probability":1,"seed":1,"hits":1,"last":"2026-03-02T14:03:00Z"},
		{"id":2,"endpoint":"*","fault":"slow","delay":"1ms","count":1,"probability":1,"seed":2,"hits":0},
		{"id":3,"endpoint":"callback","fault":"drop","count":1,"probability":0.5,"seed":9,"hits":0}
	]}`, get(t, sim, "/sim/faults").body)
	left := do(t, http.MethodDelete, sim.URL()+"/sim/faults/2", "")
	assert.Equal(t, http.StatusOK, left.status)
	assert.Len(t, left.json(t)["faults"], 2)
	for _, gone := range []string{"2", "none", "-1"} {
		assert.Equal(t, http.StatusNotFound, do(t, http.MethodDelete, sim.URL()+"/sim/faults/"+gone, "").status, gone)
	}
	assert.JSONEq(t, `{"cleared":2}`, do(t, http.MethodDelete, sim.URL()+"/sim/faults", "").body)
	assert.JSONEq(t, `{"faults":[]}`, get(t, sim, "/sim/faults").body)
}

func TestFaultsThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	sim := start(t)
	notUnderstood(t, sim, "/sim/faults", map[string]string{
		``:                             "empty",
		`[]`:                           "not understood",
		`{}`:                           `\"endpoint\" is missing`,
		`{"endpoint":"/message/post"}`: "there is no endpoint",
		`{"endpoint":"/finder/v2/api/message/postText","fault":"refuse"}`: "there is no endpoint",
		`{"endpoint":"*"}`:                                    "there is no \\\"fault\\\"",
		`{"endpoint":"*","fault":"drop"}`:                     "there is no \\\"fault\\\"",
		`{"endpoint":"callback","fault":"refuse"}`:            "there is no \\\"fault\\\"",
		`{"endpoint":"*","fault":"slow"}`:                     `needs a \"delay\"`,
		`{"endpoint":"*","fault":"slow","delay":"soon"}`:      `\"delay\" must be a time`,
		`{"endpoint":"*","fault":"slow","delay":"-1s"}`:       `\"delay\" must be a time`,
		`{"endpoint":"*","fault":"refuse","delay":"1s"}`:      `no use for a \"delay\"`,
		`{"endpoint":"*","fault":"refuse","count":0}`:         `\"count\" must be at least 1`,
		`{"endpoint":"*","fault":"refuse","count":-1}`:        `\"count\" must be at least 1`,
		`{"endpoint":"*","fault":"refuse","count":1.5}`:       "not understood",
		`{"endpoint":"*","fault":"refuse","probability":0}`:   `\"probability\" must be`,
		`{"endpoint":"*","fault":"refuse","probability":1.1}`: `\"probability\" must be`,
		`{"endpoint":"*","fault":"refuse","times":1}`:         "unknown field",
		`{"faults":[]}`: "empty",
		`{"faults":[{"endpoint":"*","fault":"refuse"},{"endpoint":"*","fault":"x"}]}`: "faults[1]",
		`{"endpoint":"*","faults":[{"endpoint":"*","fault":"refuse"}]}`:               "either one fault",
	})
	assert.Empty(t, sim.Faults(), "either all faults of a request are added or none")
	assert.Equal(t, http.StatusBadRequest, do(t, http.MethodDelete, sim.URL()+"/sim/faults?id=1", "").status)
	_, err := sim.AddFaults(simulator.Fault{Endpoint: "*", Kind: simulator.FaultRefuse, Count: -1})
	require.ErrorContains(t, err, "simulator: fault: ")
}
