package bot_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestADeletedStoreAcknowledgesNothing deletes the data of a bot that runs.
func TestADeletedStoreAcknowledgesNothing(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(dir string) error{
		"the file":      func(dir string) error { return os.Remove(filepath.Join(dir, sqlite.FileName)) },
		"the directory": os.RemoveAll,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			config := configFor(sim.Simulator)
			config.Data, config.Admin = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0"
			b := newBot(t, config)
			handled := make(chan string, 1)
			b.Text(func(_ *router.Context, text *xmlmsg.Text) error {
				handled <- text.Body
				return nil
			})
			stop := startBare(t, b)
			assert.Equal(t, http.StatusOK, post(t, b, "/callback", string(textBody(1, "before"))))
			assert.Equal(t, "before", <-handled)
			require.Eventually(t, func() bool {
				_, body := ask(t, b, "/readyz")
				return strings.Contains(strings.Join(strings.Fields(body), ""), `"pending":0,"leased":0`)
			}, 20*time.Second, time.Millisecond, "the outcome is stored")
			require.NoError(t, harm(config.Data))
			for range 2 {
				assert.Equal(t, http.StatusServiceUnavailable, post(t, b, "/callback", string(textBody(2, "after"))),
					"what is stored nowhere is not acknowledged")
			}
			status, body := ask(t, b, "/readyz")
			assert.Equal(t, http.StatusServiceUnavailable, status)
			assert.Contains(t, body, "removed under the store")
			require.ErrorIs(t, stop(), sqlite.ErrGone)
		})
	}
}

// TestAShutdownCountsNoAttempt: a handler that the grace period cuts off has not failed.
func TestAShutdownCountsNoAttempt(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Data, config.Grace, config.MaxAttempts = t.TempDir(), time.Millisecond, 1
	for range 3 { // more often than the message may be tried
		b := newBot(t, config)
		entered := make(chan struct{})
		b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
			close(entered)
			<-c.Done()
			return c.Err()
		})
		stop := startBare(t, b)
		assert.Equal(t, http.StatusOK, post(t, b, "/callback", string(textBody(1, "x"))))
		select {
		case <-entered:
		case <-time.After(20 * time.Second):
			t.Fatal("the message is not handled again: its attempts were counted")
		}
		require.NoError(t, stop())
	}
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(config.Data, sqlite.FileName)})
	require.NoError(t, err)
	defer s.Close()
	leases, err := s.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	assert.Equal(t, 1, leases[0].Attempt)
}
