package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// beside opens the file of a running bot for maintenance.
func beside(t *testing.T, s *sqlite.Store) *sqlite.Store {
	t.Helper()
	return open(t, sqlite.Config{Path: s.Path(), Maintenance: true})
}

func TestMaintenanceBesideARunningBot(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	_, err := s.Inbox().Append(t.Context(), store.Item{Key: "a", Lane: "lane"})
	require.NoError(t, err)
	leases, err := s.Inbox().Lease(t.Context(), 1, time.Hour)
	require.NoError(t, err)

	tool := beside(t, s)
	_, err = tool.Inbox().Lease(t.Context(), 1, time.Hour)
	require.ErrorIs(t, err, sqlite.ErrMaintenance)
	require.ErrorIs(t, tool.Inbox().Complete(t.Context(), leases[0]), store.ErrLeaseLost)
	require.NoError(t, s.Inbox().Bury(t.Context(), leases[0], store.Failure{Reason: "hopeless"}), "the tool must not end the bot's leases")

	dead, err := tool.Inbox().Dead(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, dead, 1)

	waiting := make(chan error, 1)
	go func() {
		again, err := s.Inbox().Lease(t.Context(), 1, time.Hour)
		if err == nil {
			err = s.Inbox().Complete(t.Context(), again[0])
		}
		waiting <- err
	}()
	require.NoError(t, tool.Inbox().Revive(t.Context(), dead[0].Seq))
	require.NoError(t, <-waiting, "a waiting Lease must notice what another process has changed")

	stats, err := tool.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, store.InboxStats{Keys: 1}, stats)
	held, _, err := s.Ledger().Reserve(t.Context(), store.Send{Key: "x", State: store.Held})
	require.NoError(t, err)
	held.State = store.Queued
	_, err = tool.Ledger().Update(t.Context(), held)
	require.NoError(t, err)
	_, err = s.Ledger().Update(t.Context(), held)
	require.ErrorIs(t, err, store.ErrConflict, "the bot must see the change of the tool")

	require.NoError(t, tool.Close())
	_, err = s.Inbox().Append(t.Context(), store.Item{Key: "b"})
	require.NoError(t, err)
}

func TestMaintenanceLeavesTheTraceOfACrash(t *testing.T) {
	t.Parallel()
	path := filled(t, 10)
	raw(t, path, `UPDATE meta SET clean = 0`, `UPDATE lanes SET due = -1 WHERE lane = 'lane 1'`)
	tool := open(t, sqlite.Config{Path: path, Maintenance: true})
	stats, err := tool.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, stats.Leased)
	require.NoError(t, tool.Close())
	require.NoError(t, open(t, sqlite.Config{Path: path, Maintenance: true}).Close())
	s := open(t, sqlite.Config{Path: path})
	leases, err := s.Inbox().Lease(t.Context(), 100, time.Hour)
	require.NoError(t, err)
	assert.Len(t, leases, 10)
}

func TestBackupIsWhatWasThere(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	fill(t, s, 100)
	to := filepath.Join(t.TempDir(), "copy.db")
	require.NoError(t, s.Backup(t.Context(), to))
	require.ErrorContains(t, s.Backup(t.Context(), to), "exists")
	require.Error(t, s.Backup(t.Context(), filepath.Join(to, "no", "directory")))
	info, err := os.Stat(to)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	fill(t, s, 110)

	restored := open(t, sqlite.Config{Path: to})
	stats, err := restored.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 100, stats.Pending)
	assert.Equal(t, 100, stats.Keys)
	require.NoError(t, s.Close())
	require.ErrorIs(t, s.Backup(t.Context(), to+"2"), store.ErrClosed)
}
