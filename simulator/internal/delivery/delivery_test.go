package delivery_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bot answers posts with the statuses in turn, then with 200, and keeps their bodies.
type bot struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	bodies   []string
}

// start starts a bot and a poster for it. The probe has been posted.
func start(t *testing.T, statuses ...int) (*delivery.Poster, *bot) {
	t.Helper()
	b := &bot{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.bodies = append(b.bodies, string(body))
		if len(b.statuses) > 0 {
			w.WriteHeader(b.statuses[0])
			b.statuses = b.statuses[1:]
		}
	}))
	t.Cleanup(b.Close)
	life := lifetime.New()
	p := delivery.New(life, delivery.Config{Retries: 2, Timeout: 10 * time.Second, Clock: clock.Or(nil), Log: func(string, ...any) {}})
	t.Cleanup(func() {
		life.Close()
		life.WaitGoroutines()
		p.CloseIdleConnections()
	})
	require.NoError(t, p.Register(t.Context(), b.URL, []byte("probe"), false))
	b.statuses = statuses
	return p, b
}

// post posts texts to one conversation, each with a fault or nil, and returns the outcome of each.
func post(t *testing.T, p *delivery.Poster, posted map[string]*faults.Fault, order ...string) map[string]string {
	t.Helper()
	outcome := map[string]string{}
	p.Lock()
	for _, text := range order {
		p.Post(delivery.Conversation{AppID: "wx_a", ID: "wxid_a"}, &delivery.Callback{
			Body: []byte(text), Fault: posted[text], Settled: func(err error, dropped bool) {
				switch {
				case dropped:
					outcome[text] = "dropped"
				case err != nil:
					outcome[text] = err.Error()
				default:
					outcome[text] = "acknowledged"
				}
			},
		})
	}
	p.Unlock()
	require.NoError(t, p.Idle(t.Context()))
	return outcome
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statuses []int
		fault    string // of the first
		bodies   []string
		first    string
	}{
		"in order":   {bodies: []string{"a", "b"}, first: "acknowledged"},
		"retried":    {statuses: []int{500, 503}, bodies: []string{"a", "a", "a", "b"}, first: "acknowledged"},
		"given up":   {statuses: []int{500, 503, 204}, bodies: []string{"a", "a", "a", "b"}, first: "the bot answered HTTP 204"},
		"redirected": {statuses: []int{302, 302, 302}, bodies: []string{"a", "a", "a", "b"}, first: "the bot answered HTTP 302"},
		"dropped":    {fault: faults.Drop, bodies: []string{"b"}, first: "dropped"},
		"twice":      {fault: faults.Duplicate, bodies: []string{"a", "a", "b"}, first: "acknowledged"},
		"overtaken":  {fault: faults.Reorder, bodies: []string{"b", "a"}, first: "acknowledged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, b := start(t, test.statuses...)
			posted := map[string]*faults.Fault{}
			if test.fault != "" {
				posted["a"] = &faults.Fault{Kind: test.fault, Delay: 0}
			}
			outcome := post(t, p, posted, "a", "b")
			assert.Equal(t, append([]string{"probe"}, test.bodies...), b.bodies)
			assert.Equal(t, map[string]string{"a": test.first, "b": "acknowledged"}, outcome)
		})
	}
}

// TestRegister refuses a URL and keeps the one before.
func TestRegister(t *testing.T) {
	t.Parallel()
	p, b := start(t)
	for target, why := range map[string]string{
		"bot.example.com":          "not an http or https URL",
		"ftp://127.0.0.1/":         "not an http or https URL",
		"https://bot.example.com/": "is not a loopback address",
		"http://127.0.0.1:1/":      "refused",
	} {
		require.ErrorContains(t, p.Register(t.Context(), target, nil, false), why, target)
	}
	for _, target := range []string{b.URL, "http://10.0.0.1/", "http://[fe80::1]/"} {
		require.ErrorContains(t, p.Register(t.Context(), target, nil, true), "the service cannot reach", target)
	}
	b.statuses = []int{404}
	require.ErrorContains(t, p.Register(t.Context(), b.URL+"/wrong", []byte("probe"), false), "HTTP 404")
	p.Lock()
	assert.Equal(t, b.URL, p.URL())
	p.Unlock()
	require.NoError(t, p.Register(t.Context(), "", nil, false))
	p.Lock()
	defer p.Unlock()
	assert.Empty(t, p.URL())
}
