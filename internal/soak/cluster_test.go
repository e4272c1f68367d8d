package soak_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/nats"
)

// clusterConfig returns the store configuration of the bots.
func clusterConfig(url string) nats.Config {
	return nats.Config{URL: url, Replicas: 3, Partitions: 12, Takeover: 3 * time.Second, MaxBytes: 256 << 20, Logger: zap.NewNop()}
}

// balancer posts each callback to the next of the bots, like a load balancer. It answers 502 if the
// bot does not respond.
type balancer struct {
	*httptest.Server
	next atomic.Uint64
	bots atomic.Pointer[[]*httputil.ReverseProxy]
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bots := b.bots.Load()
		if bots == nil {
			return // the probe of a registration
		}
		(*bots)[b.next.Add(1)%uint64(len(*bots))].ServeHTTP(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

// to sets the bots.
func (b *balancer) to(t *testing.T, bots []*process) {
	t.Helper()
	var proxies []*httputil.ReverseProxy
	for _, p := range bots {
		target, err := url.Parse("http://" + p.address)
		require.NoError(t, err)
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
		proxies = append(proxies, proxy)
	}
	b.bots.Store(&proxies)
}

// TestCluster runs three bots that share the conversations over three NATS servers, and stops a
// server and a bot while messages arrive. The guarantees are those of a single process.
func TestCluster(t *testing.T) { lose(t) }

// TestClusterTasks is TestCluster with bots that answer later, by tasks and turns.
func TestClusterTasks(t *testing.T) { lose(t, envTasks+"=1") }

func lose(t *testing.T, env ...string) {
	t.Helper()
	conversations := pick(12, 50)
	nodes := natstest.Cluster(t)
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.World = friends(conversations)
		c.Retries, c.RetryDelay = 10_000, 50*time.Millisecond
	})
	front := newBalancer(t)
	env = append(env, envNATS+"="+natstest.URLs(nodes...), envPublic+"="+front.URL)
	var bots []*process
	for range 3 {
		bots = append(bots, launch(t, sim.BaseURL(), env...))
	}
	front.to(t, bots)
	sim.ExpectCallback()

	hush := talk(t, sim, conversations)
	rest(t.Context(), time.Duration(pick(2, 10))*time.Second)
	bots[2].kill(t)
	nodes[0].Shutdown()
	killed := time.Now()
	rest(t.Context(), time.Duration(pick(4, 20))*time.Second)
	said := hush()
	require.NoError(t, sim.Settle(t.Context()), "every message is acknowledged eventually")

	config := clusterConfig(natstest.URLs(nodes[1:]...))
	config.Maintenance = true
	back, err := nats.Open(t.Context(), config)
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	if !assert.Eventually(t, func() bool { return done(t, sim, back, said) }, 2*time.Minute, 200*time.Millisecond,
		"the bots that are left handle everything") {
		stats, err := back.Inbox().Stats(t.Context())
		sends, _ := back.Ledger().Count(t.Context())
		t.Logf("inbox %+v, %v; sends %v", stats, err, sends)
	}
	for _, p := range bots[:2] {
		p.kill(t)
	}
	r := check(t, sim, back, said)
	t.Logf("a server and a bot lost: %s, all done %v later", r, time.Since(killed).Round(time.Millisecond))
	assert.LessOrEqual(t, r.unknown, 64, "at most what was under way")
}
