package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// full copies a store to a place where SQLite cannot create the index that it needs for shared
// reads.
func full(t *testing.T, path string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), sqlite.FileName)
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(copied+suffix, data, 0o600))
	}
	require.NoError(t, os.Mkdir(copied+"-shm", 0o700))
	return copied
}

// TestOpenReadOnly opens what Open cannot: a store that was closed cleanly, and one whose process
// was killed, so that everything is in the log.
func TestOpenReadOnly(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	fill(t, s, 10)
	_, _, err := s.Ledger().Reserve(t.Context(), store.Send{Key: "k", State: store.Unknown})
	require.NoError(t, err)
	paths := map[string]string{"killed": full(t, s.Path())}
	require.NoError(t, s.Close())
	paths["closed"] = full(t, s.Path())
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, Maintenance: true})
			require.ErrorIs(t, err, store.ErrUnavailable)
			looking, err := sqlite.OpenReadOnly(t.Context(), sqlite.Config{Path: path})
			require.NoError(t, err)
			stats, err := looking.Inbox().Stats(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 10, stats.Pending)
			counts, err := looking.Ledger().Count(t.Context())
			require.NoError(t, err)
			assert.Equal(t, map[store.SendState]int{store.Unknown: 1}, counts)
			_, err = looking.State().Put(t.Context(), "k", nil, 0)
			require.ErrorIs(t, err, store.ErrFull)
			require.ErrorIs(t, err, sqlite.ErrReadOnly)
			require.NoError(t, looking.Close())
			_, err = looking.Ledger().Count(t.Context())
			require.ErrorIs(t, err, store.ErrClosed)

			require.NoError(t, os.RemoveAll(path+"-shm")) // space was freed
			again := open(t, sqlite.Config{Path: path})
			stats, err = again.Inbox().Stats(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 10, stats.Pending, "nothing was harmed")
		})
	}
	_, err = sqlite.OpenReadOnly(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "nothing.db")})
	require.ErrorIs(t, err, os.ErrNotExist)
}
