package soak_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// openFile returns a store in a file of the test.
func openFile(t *testing.T, edit ...func(*sqlite.Config)) *sqlite.Store {
	t.Helper()
	c := sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)}
	for _, f := range edit {
		f(&c)
	}
	s, err := sqlite.Open(t.Context(), c)
	require.NoError(t, err)
	return s
}

// newBot returns a bot of a simulator with a store. Its Run closes the store.
func newBot(t *testing.T, sim *simulator.Test, back store.Store, edit ...func(*bot.Config)) *bot.Bot {
	t.Helper()
	c := bot.Config{
		BaseURL: sim.BaseURL(), Token: sim.Token(), Listen: "127.0.0.1:0", Store: back, Allow: bot.Allow{Everyone: true},
		Grace: 10 * time.Second, Logger: zap.NewNop(),
	}
	for _, f := range edit {
		f(&c)
	}
	b, err := bot.New(c)
	require.NoError(t, err)
	return b
}

// run runs a bot until stop is called.
func run(t *testing.T, b *bot.Bot) (address string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { assert.NoError(t, stop()) })
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	return address, stop
}

// body returns a text message of a friend.
func body(id int, from, text string) string {
	return fmt.Sprintf(`{"TypeName":"AddMsg","Appid":"%s","Wxid":"wxid_hongyan_bot","Data":{"MsgType":1,"NewMsgId":%d,`+
		`"FromUserName":{"string":"%s"},"ToUserName":{"string":"wxid_hongyan_bot"},"Content":{"string":"%s"}}}`,
		simulator.DefaultAppID, 1_000_000_000_000_000_000+id, from, text)
}

// deliver posts a body, and expects an acknowledgement.
func deliver(t *testing.T, address, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/callback", strings.NewReader(text))
	if err != nil {
		t.Error(err)
		return
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	defer response.Body.Close()
	assert.Equal(t, http.StatusOK, response.StatusCode)
}

// flood appends n messages, spread over the conversations.
func flood(t *testing.T, back store.Store, n, conversations int) {
	t.Helper()
	var producers sync.WaitGroup
	var next atomic.Int64
	for range 64 {
		producers.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				from := wxid(i % conversations)
				_, err := back.Inbox().Append(context.Background(), store.Item{
					Key: fmt.Sprint("flood:", i), Lane: simulator.DefaultAppID + "/" + from, Body: []byte(body(i, from, "hi")),
					Received: time.Now(),
				})
				if err != nil {
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	producers.Wait()
}

// TestAFloodStaysOnDisk queues far more messages than handlers may run, while one conversation is
// stuck. Goroutines and memory must not grow, and the other conversations are served.
func TestAFloodStaysOnDisk(t *testing.T) {
	n := pick(3_000, 100_000)
	sim := simulator.Start(t, func(c *simulator.Config) { c.World = friends(100) })
	back := openFile(t)
	release, handled := make(chan struct{}), make(chan struct{})
	var done, most atomic.Int64
	b := newBot(t, sim, back, func(c *bot.Config) { c.Grace = time.Minute })
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		if c.Sender() == wxid(0) {
			<-release
		}
		if done.Add(1) == int64(n-n/100) {
			close(handled)
		}
		if done.Load()%1000 == 0 {
			most.Store(max(most.Load(), int64(runtime.NumGoroutine())))
		}
		return nil
	})
	before := heap()
	flood(t, back, n, 100)
	run(t, b)
	<-handled // 99 of 100 conversations are done, the stuck one has only begun
	during := heap()
	t.Logf("%d queued: %d goroutines at most, heap %d → %d KB", n, most.Load(), before>>10, during>>10)
	assert.Less(t, most.Load(), int64(200))
	assert.Less(t, during, before+32<<20)
	assert.Eventually(t, func() bool { // the last outcomes are still being written
		stats, err := back.Inbox().Stats(context.Background())
		return err == nil && stats.Pending+stats.Leased == n/100
	}, time.Minute, 10*time.Millisecond, "what is left belongs to the stuck conversation")
	close(release)
}

// heap returns the memory in use, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestDuplicates posts a message again after a second, six hours and a day, and twice at once.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	back := openFile(t, func(c *sqlite.Config) { c.Clock = clock.Func(func() time.Time { return time.Unix(0, now.Load()) }) })
	b := newBot(t, sim, back)
	runs := make(chan string, 10)
	b.Text(func(_ *router.Context, m *xmlmsg.Text) error { runs <- m.Body; return nil })
	address, stop := run(t, b)
	post := func(text string) { deliver(t, address, text) }
	post(body(1, "wxid_alice", "once"))
	assert.Equal(t, "once", <-runs)
	for _, later := range []time.Duration{time.Second, 6*time.Hour - time.Second, 20 * time.Hour} { // at +1 s, +6 h, +26 h
		now.Add(int64(later))
		post(body(1, "wxid_alice", "once"))
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { post(body(2, "wxid_alice", "twice at once")) })
	}
	both.Wait()
	assert.Equal(t, "twice at once", <-runs)
	require.NoError(t, stop())
	assert.Empty(t, runs, "one run each")
	assert.Equal(t, 4, b.Stats().Duplicates)
}

// TestDrain stops a bot that has accepted 100 messages: each is handled or still stored, and no
// context ends before the grace period does.
func TestDrain(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t, func(c *simulator.Config) { c.World = friends(100) })
	back := openFile(t)
	path := back.Path()
	b := newBot(t, sim, back, func(c *bot.Config) { c.Parallel = 8 })
	begun, release := make(chan struct{}, 100), make(chan struct{})
	var handled, cut atomic.Int32
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		begun <- struct{}{}
		<-release
		if c.Err() != nil {
			cut.Add(1)
		}
		handled.Add(1)
		return nil
	})
	flood(t, back, 100, 100)
	_, stop := run(t, b)
	for range 8 {
		<-begun
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(release)
	require.NoError(t, <-stopped)
	assert.Zero(t, cut.Load())
	assert.GreaterOrEqual(t, handled.Load(), int32(8))

	left, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	require.NoError(t, err)
	defer func() { assert.NoError(t, left.Close()) }()
	stats, err := left.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 100, int(handled.Load())+stats.Pending)
	assert.Zero(t, stats.Dead)
}
