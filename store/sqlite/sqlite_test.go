package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/store/storetest"
)

// open opens a store that is closed at the end of the test at the latest.
func open(t testing.TB, c sqlite.Config) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Config{
		Open: func(t *testing.T) store.Store {
			t.Helper()
			return newDisk(t)
		},
		Reopen: func(t *testing.T, closed store.Store) store.Store {
			t.Helper()
			return open(t, sqlite.Config{Path: closed.(interface{ Path() string }).Path()})
		},
		Crash: func(t *testing.T, running store.Store) []store.Store {
			t.Helper()
			return running.(*disk).crash(t)
		},
		Clock: func(t *testing.T, closed store.Store, now func() time.Time) store.Store {
			t.Helper()
			if closed != nil {
				return open(t, sqlite.Config{Path: closed.(*sqlite.Store).Path(), Clock: clock.Func(now)})
			}
			return open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName), Clock: clock.Func(now)})
		},
	})
}
