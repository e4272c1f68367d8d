package monitor_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// get asks the admin side.
func get(t *testing.T, m *monitor.Monitor, path string) (int, string) {
	t.Helper()
	server := httptest.NewServer(m.Admin())
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	require.NoError(t, err)
	response, err := server.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow, quick := w.Heartbeat("lanes", 10*time.Minute), w.Heartbeat("dispatch", time.Minute)
	status, body := get(t, w.Monitor, "/livez")
	assert.Equal(t, []any{200, "alive\n"}, []any{status, body})
	w.pass(2 * time.Minute)
	status, body = get(t, w.Monitor, "/livez")
	assert.Equal(t, []any{503, "no sign of life from: dispatch\n"}, []any{status, body})
	quick.Beat()
	assert.Empty(t, w.Dead())
	w.pass(11 * time.Minute)
	assert.Equal(t, []string{"dispatch", "lanes"}, w.Dead())
	slow.End()
	quick.End()
	assert.Empty(t, w.Dead(), "a loop that has ended as it should is not dead")
}

func TestReady(t *testing.T) {
	t.Parallel()
	stopped := false
	w := newWorld(t, func(c *monitor.Config) {
		c.Data = t.TempDir()
		c.AllPaused = func(context.Context) (bool, error) { return stopped, nil }
	})
	w.callback()
	w.sends(nil, alice)
	_, err := w.store.Inbox().Append(t.Context(), store.Item{Key: "k", Lane: "l", Received: w.clock().Add(-time.Minute)})
	require.NoError(t, err)
	w.Review(t.Context())
	status, body := get(t, w.Monitor, "/readyz")
	require.Equal(t, 200, status, body)
	var r monitor.Report
	require.NoError(t, json.Unmarshal([]byte(body), &r))
	assert.True(t, r.Ready)
	assert.Empty(t, r.Reasons)
	assert.Equal(t, monitor.StoreReport{Reachable: true, Pending: 1, Lag: 60}, r.Store)
	require.NotNil(t, r.Disk)
	assert.NotZero(t, r.Disk.Free)
	require.Len(t, r.Accounts, 1)
	assert.Equal(t, []any{monitor.Online, 0.0, "sent"}, []any{r.Accounts[0].State, *r.Accounts[0].Callback, r.Accounts[0].Send})

	stopped = true
	w.fall()
	status, body = get(t, w.Monitor, "/readyz")
	require.Equal(t, 503, status)
	require.NoError(t, json.Unmarshal([]byte(body), &r))
	assert.Equal(t, []string{"a person has stopped all sending", "account " + app + " is offline"}, r.Reasons)
	assert.True(t, r.Accounts[0].Paused)
	assert.Equal(t, monitor.CauseOffline, r.Accounts[0].Cause)
	stopped = false
	status, _ = get(t, w.Monitor, "/readyz?accounts=false")
	assert.Equal(t, 200, status, "for those who would take the bot out of service, with its callbacks")

	w.lift()
	w.sends(&api.Error{Ret: 500, HTTPStatus: 200, Err: api.ErrTokenInvalid}, alice)
	report := w.Ready(t.Context())
	assert.Equal(t, []string{"the service refuses the token: set a valid one"}, report.Reasons)
	w.sends(nil, alice)
	assert.True(t, w.Ready(t.Context()).Ready)
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, want := range map[string]int{
		"/": 200, "/debug/pprof/": 200, "/debug/pprof/goroutine?debug=1": 200, "/debug/pprof/heap": 200,
		"/debug/pprof/trace?seconds=0.01": 200,
		"/debug/pprof/cmdline":            404, "/debug/pprof/nothing": 404, "/nothing": 404,
	} {
		status, body := get(t, w.Monitor, path)
		assert.Equal(t, want, status, path)
		assert.NotEmpty(t, body, path)
	}
}

// TestRun reviews in its own time, and soon when a signal says that something is wrong.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		m, err := monitor.New(monitor.Config{
			Store: memory.New(memory.Config{}), Metrics: monitor.NewMetrics(), Accounts: []string{app},
			Online: func(context.Context, string) (bool, error) { asked++; return true, nil },
		})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			m.Run(ctx)
		}()
		<-time.After(61 * time.Second) // of the bubble
		synctest.Wait()
		assert.Equal(t, 1, asked)
		assert.Equal(t, monitor.Online, m.StateOf(app))
		m.LoggedOut(app, time.Now())
		synctest.Wait()
		assert.Equal(t, monitor.Offline, m.StateOf(app))
		cancel()
		<-ended
		assert.Empty(t, m.Dead())
	})
}
