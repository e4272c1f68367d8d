package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) {
	_, err := os.Stat(bot.DefaultData)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if _, now := os.Stat(bot.DefaultData); err != nil && now == nil {
			fmt.Println("a test has made bot/" + bot.DefaultData + ": give its bot a Store, or t.TempDir() as Data")
			code = 1
		}
		os.Exit(code)
	}))
}

const (
	groupA = "10000000001@chatroom"
	groupB = "20000000002@chatroom"
)

// configFor is the configuration of a bot for a simulator: everybody is allowed, and nothing waits.
func configFor(sim *simulator.Simulator) bot.Config {
	pace := outbox.Unlimited()
	return bot.Config{
		BaseURL: sim.BaseURL(), Token: sim.Token(), Listen: "127.0.0.1:0", Pace: &pace,
		Allow: bot.Allow{Everyone: true}, Grace: 5 * time.Second, Logger: zap.NewNop(),
	}
}

// newBot makes a bot whose configuration must be valid.
func newBot(t *testing.T, config bot.Config) *bot.Bot {
	t.Helper()
	b, err := bot.New(config)
	require.NoError(t, err)
	return b
}

// start runs a bot until the test ends, and registers its callback with the simulator. The function
// stops it earlier.
func start(t *testing.T, b *bot.Bot, sim *simulator.Simulator) (stop func() error) {
	t.Helper()
	stop = startBare(t, b)
	wait, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	address, err := b.Address(wait)
	require.NoError(t, err)
	if sim != nil {
		require.NoError(t, b.Client().Login.SetCallback(wait, "http://"+address+"/callback"))
	}
	return stop
}

// startBare is start without a registration.
func startBare(t *testing.T, b *bot.Bot) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() { assert.NoError(t, stop()) })
	return stop
}

// post posts a body to a bot like the service does.
func post(t *testing.T, b *bot.Bot, path, body string) int {
	t.Helper()
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	return fetchtest.Do(t, http.MethodPost, "http://"+address+path, body).Status
}

// newServer serves HTTP on loopback until the test ends, and is its URL.
func newServer(t *testing.T, f http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return server.URL
}
