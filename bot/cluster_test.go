package bot_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// common is a store that several bots use, as a cluster does.
type common struct{ store.Store }

func (common) Shared() bool { return true }
func (common) Close() error { return nil }

// TestABotOfAnotherMachineServesAFile lets one bot of a cluster send a file that the service
// fetches from another.
func TestABotOfAnotherMachineServesAFile(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := common{memory.New(memory.Config{})}
	dir := t.TempDir()
	small, large := filepath.Join(dir, "small.txt"), filepath.Join(dir, "large.bin")
	require.NoError(t, os.WriteFile(small, []byte("hello"), 0o600))
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, media.DefaultMaxShared+1))
	errs := make(chan error, 2)
	var addresses []string
	for range 2 {
		config := configFor(sim.Simulator)
		config.Store, config.Data = back, t.TempDir()
		b := newBot(t, config)
		b.Text(func(c *router.Context, m *xmlmsg.Text) error {
			path := small
			if m.Body == "large" {
				path = large
			}
			errs <- c.ReplyFile(path)
			return nil
		})
		start(t, b, nil)
		address, err := b.Address(t.Context())
		require.NoError(t, err)
		addresses = append(addresses, address)
	}
	sim.ExpectCallback()
	sim.Friend("alice").Says("small")
	require.NoError(t, <-errs)
	require.NoError(t, os.Remove(small), "the other machine never had it")
	link := sentTo(t, sim.ExpectCall("/message/postFile"), "fileUrl")
	_, rest, found := strings.Cut(link, media.FilesPath)
	require.True(t, found)
	for _, address := range addresses {
		status, body := get(t, "http://"+address+media.FilesPath+rest)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, "hello", body)
	}
	sim.Friend("alice").Says("large")
	err := <-errs
	require.ErrorIs(t, err, media.ErrNotShared, "it is refused when the send is made, and not when nobody finds it")
	assert.True(t, router.IsPermanent(err))
}
