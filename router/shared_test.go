package router_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestAnotherProcessAnswersTheSame has a handler fail in one process and run again in another:
// after a restart with SQLite, and beside the first one on NATS.
func TestAnotherProcessAnswersTheSame(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	cluster := nats.Config{URL: natstest.Start(t, nil).ClientURL(), Prefix: "shared", Partitions: 4, MaxBytes: 64 << 20}
	for name, test := range map[string]struct {
		open    func() (store.Store, error)
		restart bool
	}{
		"sqlite": {func() (store.Store, error) { return sqlite.Open(t.Context(), sqlite.Config{Path: path}) }, true},
		"nats":   {func() (store.Store, error) { return nats.Open(t.Context(), cluster) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failing := errors.New("not yet")
			type answers struct {
				First bool
				Count int
			}
			serve := func(back store.Store, e *callback.Event, fails error) (got answers) {
				r := router.New()
				r.Text(func(c *router.Context, m *xmlmsg.Text) (err error) {
					s := c.Store()
					if got.First, err = s.Claim(c, "k", time.Millisecond); err != nil {
						return err
					}
					if got.Count, err = s.Window(c, "k", time.Hour); err != nil {
						return err
					}
					if err := router.NewLog[string](s, "l", time.Hour).Append(c, m.Body); err != nil {
						return err
					}
					return fails
				}).Named("r")
				err := r.Serve(t.Context(), e, router.Services{State: back.State(), Log: back.Log()})
				require.ErrorIs(t, err, fails)
				return got
			}
			k := newTalk(t, nil)
			alice, bob := k.event("wxid_alice", 1, "a"), k.event("wxid_bob", 1, "b")
			one, err := test.open()
			require.NoError(t, err)
			if !test.restart {
				defer one.Close()
			}
			first := serve(one, alice, failing)
			assert.Equal(t, answers{true, 1}, first)
			if test.restart {
				require.NoError(t, one.Close())
			}
			two, err := test.open()
			require.NoError(t, err)
			defer two.Close()
			assert.Equal(t, 2, serve(two, bob, nil).Count)
			assert.Equal(t, first, serve(two, alice, nil))
			s := router.Services{State: two.State(), Log: two.Log()}
			lines, err := router.NewLog[string](router.NewStore(s, ""), "l", time.Hour).Newest(t.Context(), 10)
			require.NoError(t, err)
			require.Len(t, lines, 2)
			assert.Equal(t, "a", lines[0].Data)
			assert.Equal(t, "b", lines[1].Data)
		})
	}
}
