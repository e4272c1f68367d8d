package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/simulator"
)

// texts are the contents of the callbacks, without the group prefix.
func texts(t *testing.T, b *bot) []string {
	t.Helper()
	var all []string
	for _, p := range b.posts(t) {
		if p["TypeName"] != "AddMsg" {
			all = append(all, p["TypeName"].(string))
			continue
		}
		_, said, _ := strings.Cut(content(t, p), ":\n")
		all = append(all, said)
	}
	return all
}

func TestReorder(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	alice := sim.Group("A").Member("alice")
	sim.Breaks(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultReorder, Delay: time.Hour})
	alice.Says("1")
	alice.Says("2")
	alice.Says("3")
	settle(t, sim.Simulator)
	assert.Equal(t, []string{"2", "1", "3"}, texts(t, b))
	sim.Breaks(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultReorder, Delay: time.Millisecond})
	alice.Says("4")
	settle(t, sim.Simulator)
	assert.Equal(t, []string{"2", "1", "3", "4"}, texts(t, b), "nothing follows: it is posted all the same")
}

func TestALateDuplicate(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	sim.Breaks(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDuplicate, Delay: time.Millisecond})
	sim.Group("A").Member("alice").Says("1")
	b.take(t, 2)
	assert.Equal(t, []string{"1", "1"}, texts(t, b))
}

func TestAZombie(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultZombie})
	assert.True(t, online(t, sim, simulator.DefaultAppID))
	for range 3 {
		refused(t, sim, "/message/postText", sendText("wxid_bob", "hi"), "session is dead")
	}
	sim.Group("A").Member("alice").Says("lost")
	settle(t, sim.Simulator)
	assert.Empty(t, texts(t, b))
	sim.ClearFaults()
	sim.Group("A").Member("alice").Says("back")
	settle(t, sim.Simulator)
	assert.Equal(t, []string{"back"}, texts(t, b))
	sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultZombie, AppID: "wx_other"})
	assert.Contains(t, call(t, sim.Simulator, "/message/postText", sendText("wxid_bob", "hi")).body, `"ret":200`, "another account is dead")
	sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultZombie, Delay: time.Millisecond})
	_, err := try(t, sim, "/message/postText", text(t, sendText("wxid_bob", "hi")))
	require.Error(t, err, "the call hangs, and the connection is closed")
}

func TestOfflineInPlaceOfACallback(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	sim.Breaks(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultOffline})
	sim.Group("A").Member("alice").Says("lost")
	settle(t, sim.Simulator)
	assert.Equal(t, []string{"Offline"}, texts(t, b))
	assert.False(t, online(t, sim, simulator.DefaultAppID))
	ask(t, sim, "/login/reconnection")
	sim.Group("A").Member("alice").Says("back")
	settle(t, sim.Simulator)
	assert.Equal(t, []string{"Offline", "back"}, texts(t, b))
}

func TestAWrongClock(t *testing.T) {
	t.Parallel()
	sim := start(t)
	added := do(t, http.MethodPost, sim.URL()+"/sim/faults", `{"endpoint":"*","fault":"clock_skew","delay":"-10m"}`)
	require.Equal(t, 200, added.status, added.body)
	for range 2 {
		answer := fetchtest.Do(t, http.MethodPost, sim.BaseURL()+"/login/checkOnline", "{}")
		date, err := http.ParseTime(answer.Header.Get("Date"))
		require.NoError(t, err)
		assert.InDelta(t, -600, time.Until(date).Seconds(), 60)
	}
}

func TestASlowBody(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultSlowBody, Delay: 10 * time.Millisecond})
	a := call(t, sim.Simulator, "/message/postText", sendText("wxid_bob", "hi"))
	assert.Equal(t, "200", number(a.json(t)["ret"]))
	sim.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultSlowBody, Delay: time.Hour})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sim.BaseURL()+"/message/postText",
		strings.NewReader(text(t, sendText("wxid_bob", "hi"))))
	require.NoError(t, err)
	request.Header.Set("VideosApi-token", sim.Token())
	response, err := client(t).Do(request)
	require.NoError(t, err, "the head of the answer comes at once")
	assert.Equal(t, 200, response.StatusCode)
	response.Body.Close()
}

func TestCallbacksThatTheServiceCannotReach(t *testing.T) {
	t.Parallel()
	body := func(url string) map[string]any { return map[string]any{"token": "sim-token", "callbackUrl": url} }
	sim := start(t, func(c *simulator.Config) { c.RefuseLocal = true })
	for _, url := range []string{"http://127.0.0.1:1/x", "http://localhost/x", "http://192.168.1.2/x", "http://[::1]/x",
		"http://10.0.0.1"} {
		a := call(t, sim.Simulator, "/login/setCallback", body(url))
		assert.Contains(t, a.body, "push msg err: the service cannot reach", url)
	}
	sim = start(t)
	b := newBot(t, nil)
	sim.Breaks(simulator.Fault{Endpoint: "/login/setCallback", Kind: simulator.FaultRefuseLocal})
	assert.Contains(t, call(t, sim.Simulator, "/login/setCallback", body(b.URL)).body, "push msg err")
	assert.Contains(t, call(t, sim.Simulator, "/login/setCallback", body(b.URL)).body, `"ret":200`)
	removed := call(t, sim.Simulator, "/tools/removeCallback", fieldsOf(nil))
	assert.Contains(t, removed.body, `"ret":200`)
	assert.Empty(t, sim.State().Accounts[0].CallbackURL)
}

func TestMoreFaultsThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	sim := start(t)
	notUnderstood(t, sim, "/sim/faults", map[string]string{
		`{"endpoint":"*","fault":"clock_skew"}`:                           `needs a \"delay\"`,
		`{"endpoint":"*","fault":"clock_skew","delay":"1s","app_id":"x"}`: "not about an account",
		`{"endpoint":"*","fault":"refuse_local"}`:                         "there is no",
		`{"endpoint":"callback","fault":"reorder","delay":"-1s"}`:         `\"delay\" must be a time`,
		`{"endpoint":"callback","fault":"zombie"}`:                        "there is no",
	})
	_, err := sim.AddFaults(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDelay, Delay: -time.Second})
	require.ErrorContains(t, err, "negative")
}

// TestTheSameSeedMakesTheSameTrace runs two simulators with the same seed through the same events.
func TestTheSameSeedMakesTheSameTrace(t *testing.T) {
	t.Parallel()
	trace := func(seed uint64) []byte {
		var tick time.Duration
		sim := start(t, func(c *simulator.Config) {
			c.Seed = seed
			c.Clock = clock.Func(func() time.Time { return time.Unix(1_780_000_000, 0).Add(tick) })
		})
		b := listen(t, sim.Simulator, nil)
		sim.Breaks(
			simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDuplicate, Count: 100, Probability: 0.3},
			simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDrop, Count: 100, Probability: 0.3},
			simulator.Fault{Endpoint: "*", Kind: simulator.FaultHTTP502, Count: 100, Probability: 0.3},
		)
		for i := range 20 {
			// many conversations at once: their order on the wire is not fixed, but what happens to
			// each is
			for _, group := range []string{"A", "B", "C"} {
				sim.Group(group).Member("alice").Says(strconv.Itoa(i))
				sim.Group(group).Member("bob").Drops(simulator.File{Name: fmt.Sprint(i, ".txt"), Size: int64(i)})
			}
			settle(t, sim.Simulator)
			call(t, sim.Simulator, "/message/postImage", map[string]any{"appId": simulator.DefaultAppID, "toWxid": "wxid_bob",
				"imgUrl": "https://example.com/p"})
			call(t, sim.Simulator, "/group/createChatroom", map[string]any{"appId": simulator.DefaultAppID, "wxids": []string{"wxid_bob",
				"wxid_carol"}})
		}
		settle(t, sim.Simulator)
		b.mu.Lock()
		defer b.mu.Unlock()
		bodies := slices.Clone(b.bodies)
		slices.SortStableFunc(bodies, bytes.Compare)
		messages, err := sim.Messages("", 0)
		require.NoError(t, err)
		all, err := json.Marshal([]any{messages, sim.Calls(), sim.Faults()})
		require.NoError(t, err)
		return append(all, bytes.Join(bodies, []byte("\n"))...)
	}
	first := trace(7)
	assert.Equal(t, string(first), string(trace(7)))
	assert.NotEqual(t, string(first), string(trace(8)))
}
