// Package bench measures the whole way of a message: a stub of the service posts callbacks over
// loopback to a bot with a store, whose handler answers each one, and the stub takes the answers.
// Everything is in this process, so CPU time and allocations include the stub's; these are small,
// see BenchmarkAnswered/bare. docs/en/performance.md has the figures.
package bench_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) {
	install()
	goleak.VerifyTestMain(m)
}

// conversations is how many there are where nothing else is said, and clients how many connections
// post.
const (
	conversations = 1000
	clients       = 64
)

// stores open the back ends for one bot.
var stores = []struct {
	name string
	open func(t testing.TB) store.Store
}{
	{"memory", func(testing.TB) store.Store { return memory.New(memory.Config{MaxPending: 1 << 30}) }},
	{"sqlite", openSQLite},
	{"nats", func(t testing.TB) store.Store {
		t.Helper()
		return openNATS(t, natstest.Start(t, nil).ClientURL())
	}},
}

func openSQLite(t testing.TB) store.Store {
	t.Helper()
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	require.NoError(t, err)
	return back
}

func openNATS(t testing.TB, url string) store.Store {
	t.Helper()
	back, err := nats.Open(t.Context(), nats.Config{URL: url, Logger: zap.NewNop()})
	require.NoError(t, err)
	return back
}

// run runs a bot that answers every text with the same text until the test ends, and returns its
// address. With plugins it has a listener for the operator.
func run(t testing.TB, s *service, back store.Store, pace outbox.Pace, plugins ...bot.Plugin) string {
	t.Helper()
	return runAccounts(t, s, back, pace, 1, plugins...)
}

// runAccounts is like run, for a bot with that many accounts.
func runAccounts(t testing.TB, s *service, back store.Store, pace outbox.Pace, accounts int, plugins ...bot.Plugin) string {
	t.Helper()
	s.store = back
	admin := bot.NoAdmin
	if len(plugins) > 0 {
		admin = "127.0.0.1:0"
	}
	b, err := bot.New(bot.Config{
		BaseURL: s.url, Token: "token", Listen: "127.0.0.1:0", Admin: admin, Store: back, Pace: &pace,
		Allow: bot.Allow{Everyone: true}, Grace: 5 * time.Second, Logger: zap.NewNop(),
		Accounts:  accountsOf(accounts),
		LoopGuard: &middleware.LoopGuardConfig{Rounds: -1}, // everybody here is as fast as a bot
	})
	require.NoError(t, err)
	require.NoError(t, b.Install(plugins...))
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply(m.Body) })
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	wait, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	address, err := b.Address(wait)
	require.NoError(t, err)
	return address
}

// accountsOf are the accounts that callbacks are for.
func accountsOf(n int) []bot.Account {
	accounts := make([]bot.Account, n)
	for i := range accounts {
		accounts[i] = bot.Account{AppID: "wx_bench" + strconv.Itoa(i), Wxid: "wxid_me" + strconv.Itoa(i)}
	}
	return accounts
}

// bare is the same way without a bot: a handler that only makes the call.
func bare(t testing.TB, s *service) string {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, s.url+"/message/postText", strings.NewReader(string(body)))
		if err != nil {
			panic(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			panic(err)
		}
		_ = response.Body.Close()
	}))
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.Listener.Addr().String()
}

// usage is what a number of messages has cost.
type usage struct {
	took, posting     time.Duration // until all are answered, and until all are acknowledged
	cpu               time.Duration
	allocations       uint64
	flush, statements int64
	latencies         []time.Duration // from the callback to the call, sorted
}

// answer posts n messages, waits until each is answered, and returns what that has cost.
func answer(t testing.TB, s *service, p posts, from, n int) usage {
	t.Helper()
	began := make([]time.Time, n)
	arrived := make([]atomic.Int64, n)
	var left atomic.Int64
	left.Store(int64(n))
	all := make(chan struct{})
	start := time.Now()
	s.expect(func(number int) {
		if i := number - from; i >= 0 && i < n && arrived[i].CompareAndSwap(0, int64(max(1, time.Since(start)))) && left.Add(-1) == 0 {
			close(all)
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	flushed, statements, cpu := flushes(s.store), counts.statements.Load(), cpuTime()
	start = time.Now()
	p.post(t, from, n, func(number int) { began[number-from] = time.Now() })
	u := usage{posting: time.Since(start)}
	select {
	case <-all:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%d of %d messages are not answered", left.Load(), n)
	}
	u.took, u.cpu = time.Since(start), cpuTime()-cpu
	u.flush, u.statements = flushes(s.store)-flushed, counts.statements.Load()-statements
	runtime.ReadMemStats(&after)
	u.allocations = after.Mallocs - before.Mallocs
	for i := range n {
		u.latencies = append(u.latencies, time.Duration(arrived[i].Load())-began[i].Sub(start))
	}
	slices.Sort(u.latencies)
	return u
}

// report reports the cost of each message.
func (u usage) report(b *testing.B) {
	n := float64(b.N)
	b.ReportMetric(n/u.took.Seconds(), "answered/s")
	b.ReportMetric(n/u.posting.Seconds(), "taken/s")
	b.ReportMetric(float64(u.cpu.Microseconds())/n, "cpu-µs/msg")
	b.ReportMetric(float64(u.allocations)/n, "allocs/msg")
	b.ReportMetric(float64(u.flush)/n, "flushes/msg")
	b.ReportMetric(float64(u.statements)/n, "statements/msg")
}

func (u usage) percentile(p int) float64 {
	return float64(u.latencies[min(len(u.latencies)*p/100, len(u.latencies)-1)].Microseconds()) / 1000
}

// warm is how many messages go before those that are measured.
const warm = 2 * conversations

// measure answers b.N messages after the first ones, which open connections and fill caches.
func measure(b *testing.B, s *service, p posts, warm int) usage {
	b.Helper()
	answer(b, s, p, 0, warm)
	runtime.GC()
	b.ResetTimer()
	u := answer(b, s, p, warm, b.N)
	b.StopTimer()
	return u
}

// BenchmarkAnswered answers messages of 1,000 conversations, without a pace.
func BenchmarkAnswered(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		s := newService(b)
		measure(b, s, posts{[]string{bare(b, s)}, conversations, clients, 0, 1}, warm).report(b)
	})
	for _, back := range stores {
		b.Run(back.name, func(b *testing.B) {
			s := newService(b)
			address := run(b, s, back.open(b), outbox.Unlimited())
			measure(b, s, posts{[]string{address}, conversations, clients, 0, 1}, warm).report(b)
		})
	}
}

// BenchmarkConversation answers messages of one conversation: each waits for the one before.
func BenchmarkConversation(b *testing.B) {
	for _, back := range stores {
		b.Run(back.name, func(b *testing.B) {
			s := newService(b)
			address := run(b, s, back.open(b), outbox.Unlimited())
			measure(b, s, posts{[]string{address}, 1, clients, 0, 1}, 50).report(b)
		})
	}
}

// BenchmarkPaced is BenchmarkAnswered with all limits set, and none ever reached.
func BenchmarkPaced(b *testing.B) {
	limits := outbox.DefaultPace().New
	limits.Gap, limits.ChatGap = outbox.Range{}, outbox.Range{Max: time.Nanosecond}
	limits.PerHour, limits.PerDay, limits.ProactivePerDay, limits.ProactiveChatsPerHour = 1e9, 1e9, 1e9, 1e9
	pace := outbox.Pace{New: limits, Young: limits, Old: limits, Quiet: outbox.DefaultPace().Quiet}
	for _, back := range stores[:2] {
		b.Run(back.name, func(b *testing.B) {
			s := newService(b)
			address := run(b, s, back.open(b), pace)
			measure(b, s, posts{[]string{address}, conversations, clients, 0, 1}, warm).report(b)
		})
	}
}

// BenchmarkLatency posts 40 messages a second, and measures from the callback to the call. Run it
// with -benchtime 400x or more.
func BenchmarkLatency(b *testing.B) {
	for _, back := range stores {
		b.Run(back.name, func(b *testing.B) {
			s := newService(b)
			address := run(b, s, back.open(b), outbox.Unlimited())
			answer(b, s, posts{[]string{address}, conversations, clients, 0, 1}, 0, 200)
			b.ResetTimer()
			u := answer(b, s, posts{[]string{address}, conversations, 8, time.Second / 40, 1}, 200, b.N)
			u.report(b)
			b.ReportMetric(u.percentile(50), "p50-ms")
			b.ReportMetric(u.percentile(99), "p99-ms")
		})
	}
}
