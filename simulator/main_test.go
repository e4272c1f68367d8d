package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/catalogue"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	groupA = "10000000001@chatroom"
	groupB = "20000000002@chatroom"
	groupC = "30000000003@chatroom"
)

// start starts a simulator with short times.
func start(t *testing.T, configure ...func(*simulator.Config)) *simulator.Test {
	t.Helper()
	quick := func(c *simulator.Config) { c.RetryDelay = -1 }
	return simulator.Start(t, append([]func(*simulator.Config){quick}, configure...)...)
}

// patience bounds everything that a test waits for.
func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// client is an HTTP client of its own, whose connections end with the test.
func client(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// reply is the answer to a request.
type reply struct {
	status int
	body   string
}

func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(r.body))
	d.UseNumber()
	var v map[string]any
	require.NoError(t, d.Decode(&v), r.body)
	return v
}

// do does a request.
func do(t *testing.T, method, url, body string, headers ...string) reply {
	t.Helper()
	answer := fetchtest.Do(t, method, url, body, headers...)
	return reply{answer.Status, answer.Body}
}

// call calls the service's API as VideosApi.
func call(t *testing.T, sim *simulator.Simulator, endpoint string, body any) reply {
	t.Helper()
	return do(t, http.MethodPost, sim.BaseURL()+endpoint, text(t, body), "VideosApi-token", sim.Token())
}

// text is JSON, or a string as it is.
func text(t *testing.T, body any) string {
	t.Helper()
	if s, ok := body.(string); ok {
		return s
	}
	b, err := json.Marshal(body)
	require.NoError(t, err)
	return string(b)
}

// bot is an endpoint for callbacks.
type bot struct {
	*httptest.Server
	answer func(n int, body string) int // the status for the n-th post, from 1; nil means 200

	mu      sync.Mutex
	bodies  [][]byte
	arrived chan struct{}
}

// listen starts a bot and registers it.
func listen(t *testing.T, sim *simulator.Simulator, answer func(n int, body string) int) *bot {
	t.Helper()
	b := newBot(t, answer)
	require.NoError(t, sim.SetCallback(t.Context(), b.URL))
	b.take(t, 1) // the probe
	return b
}

func newBot(t *testing.T, answer func(n int, body string) int) *bot {
	t.Helper()
	b := &bot{answer: answer, arrived: make(chan struct{}, 10_000)}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		b.mu.Lock()
		b.bodies = append(b.bodies, body)
		n := len(b.bodies)
		isProbe := bytes.Contains(body, []byte("testMsg"))
		b.mu.Unlock()
		defer func() { b.arrived <- struct{}{} }()
		if b.answer != nil && !isProbe {
			w.Header().Set("Location", "/elsewhere") // for a redirect, which must not be followed
			w.WriteHeader(b.answer(n-1, string(body)))
		}
	}))
	t.Cleanup(b.Close)
	return b
}

// take waits for n posts.
func (b *bot) take(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-b.arrived:
		case <-patience(t).Done():
			require.FailNow(t, "the callback did not come")
		}
	}
}

// posts are the bodies so far, without the probe.
func (b *bot) posts(t *testing.T) []map[string]any {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var posts []map[string]any
	for _, body := range b.bodies {
		if v := (reply{body: string(body)}).json(t); v["testMsg"] == nil {
			posts = append(posts, v)
		}
	}
	return posts
}

// data is the Data of a callback.
func data(t *testing.T, post map[string]any) map[string]any {
	t.Helper()
	d, ok := post["Data"].(map[string]any)
	require.True(t, ok, post)
	return d
}

// content is the Content of a callback.
func content(t *testing.T, post map[string]any) string {
	t.Helper()
	return data(t, post)["Content"].(map[string]any)["string"].(string)
}

// settle waits until all callbacks are through.
func settle(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	require.NoError(t, sim.Settle(patience(t)))
}

// notUnderstood posts bodies to the control API, which must answer with 400 and the reason.
func notUnderstood(t *testing.T, sim *simulator.Test, path string, bodies map[string]string) {
	t.Helper()
	for body, why := range bodies {
		a := do(t, http.MethodPost, sim.URL()+path, body)
		assert.Equal(t, http.StatusBadRequest, a.status, body)
		assert.Contains(t, a.body, why, body)
		assert.Contains(t, a.body, `{"error":"`, body)
	}
}

// exampleBody is the request of an endpoint's example, with the ids that only a simulator can give.
func exampleBody(t *testing.T, sim *simulator.Test, e *catalogue.Endpoint) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(e.ExampleRequest))
	d.UseNumber()
	var body map[string]any
	require.NoError(t, d.Decode(&body))
	maps.Copy(body, ids(t, sim, e))
	return body
}

// inOtherForm is a value as the other type that a field may have; false if there is none.
func inOtherForm(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		return json.Number(v), true
	case json.Number:
		return v.String(), true // ids beyond 2^53 may be quoted
	default:
		return nil, false
	}
}

// offlineWorld is the default world with its account offline.
func offlineWorld(c *simulator.Config) {
	c.World = simulator.DefaultWorld()
	c.World.Accounts[0].Offline = true
}

// manualClock is a clock of the simulator that a test advances, in Unix seconds.
type manualClock struct{ atomic.Int64 }

// newClock begins at a round time.
func newClock() *manualClock {
	c := &manualClock{}
	c.Store(1_780_000_000)
	return c
}

// set makes it the clock of a simulator.
func (m *manualClock) set(c *simulator.Config) {
	c.Clock = clock.Func(func() time.Time { return time.Unix(m.Load(), 0) })
}
