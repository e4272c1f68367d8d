package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// raw runs statements on a file that is not open elsewhere.
func raw(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	for _, text := range statements {
		_, err := db.Exec(text)
		require.NoError(t, err)
	}
}

// filled returns the file of a closed store with n items of 1 KB.
func filled(t *testing.T, n int) string {
	t.Helper()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	fill(t, s, n)
	require.NoError(t, s.Close())
	return s.Path()
}

// fill appends n items of 1 KB to 10 lanes, concurrently so that they share disk flushes.
func fill(t *testing.T, s *sqlite.Store, n int) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				_, err := s.Inbox().Append(t.Context(),
					store.Item{Key: strconv.Itoa(i), Lane: "lane " + strconv.Itoa(i%10), Body: make([]byte, 1024)})
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
}

// overwrite overwrites length bytes of a file from an offset on.
func overwrite(t *testing.T, path string, from, length int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, int(length)), from)
	require.NoError(t, err)
}

func TestOnlyItsOwnerCanReadIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "b", sqlite.FileName)
	s := open(t, sqlite.Config{Path: path})
	_, err := s.State().Put(t.Context(), "a", nil, 0)
	require.NoError(t, err)
	for name, mode := range map[string]os.FileMode{"": 0o600, "-wal": 0o600, "-shm": 0o600, ".lock": 0o600, "/..": 0o700, "/../..": 0o700} {
		info, err := os.Stat(filepath.Clean(path + name))
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), path+name)
	}
}

// TestANewFileIsAsAfterAllUpgrades compares every table, column and index of a new file with those
// of one that began with version 1.
func TestANewFileIsAsAfterAllUpgrades(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fresh, upgraded := filepath.Join(dir, "fresh.db"), filepath.Join(dir, "upgraded.db")
	require.NoError(t, os.WriteFile(upgraded, nil, 0o600))
	raw(t, upgraded, sqlite.FirstTables(), `PRAGMA user_version = 1`)
	shape := func(path string) (list []string) {
		require.NoError(t, open(t, sqlite.Config{Path: path}).Close())
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		defer db.Close()
		rows, err := db.Query(`
			SELECT 'version', user_version, '', '', '', '', '' FROM pragma_user_version
			UNION ALL SELECT 'column', m.name, c.cid, c.name, c.type || c."notnull" || c.pk, coalesce(c.dflt_value, ''), t.wr || t.strict
				FROM sqlite_schema m, pragma_table_xinfo(m.name) c, pragma_table_list(m.name) t WHERE m.type = 'table'
			UNION ALL SELECT 'index', m.name, m.tbl_name, x.seqno, coalesce(x.name, ''), x."desc" || x.coll || x."key", coalesce(m.sql, '')
				FROM sqlite_schema m, pragma_index_xinfo(m.name) x WHERE m.type = 'index'
			UNION ALL SELECT 'meta', id, epoch, clean, items, dead, keys || revision || commits || length(file) FROM meta
			ORDER BY 1, 2, 3, 4`)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			row := make([]string, 7)
			require.NoError(t, rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &row[6]))
			list = append(list, strings.Join(row, " "))
		}
		require.NoError(t, rows.Err())
		return list
	}
	want := shape(upgraded)
	assert.Greater(t, len(want), 60)
	assert.Equal(t, want, shape(fresh))
}

func TestASecondBotIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	s := open(t, sqlite.Config{Path: path})
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	require.ErrorIs(t, err, sqlite.ErrLocked)
	for _, text := range []string{path, "process " + strconv.Itoa(os.Getpid()), "stop it first"} {
		require.ErrorContains(t, err, text)
	}
	_, err = s.Inbox().Append(t.Context(), store.Item{Key: "a"})
	require.NoError(t, err, "the first one must not notice")
	require.NoError(t, s.Close())
	open(t, sqlite.Config{Path: path})
}

func TestWhatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	foreign, text := filepath.Join(dir, "foreign.db"), filepath.Join(dir, "text.db")
	raw(t, foreign, `CREATE TABLE t (a)`)
	require.NoError(t, os.WriteFile(text, bytes.Repeat([]byte("no database "), 1000), 0o600))
	before, err := os.ReadFile(foreign)
	require.NoError(t, err)
	newer := filled(t, 1)
	raw(t, newer, `PRAGMA user_version = 99`)
	notYet := filepath.Join(dir, "empty.db")
	raw(t, notYet, `PRAGMA user_version = 0`)

	for name, c := range map[string]struct {
		config sqlite.Config
		is     error
		says   string
	}{
		"no path":                {config: sqlite.Config{}, says: "Config.Path is empty"},
		"some other database":    {config: sqlite.Config{Path: foreign}, says: "some other program"},
		"no database":            {config: sqlite.Config{Path: text}, is: sqlite.ErrCorrupt, says: "backup"},
		"a newer one":            {config: sqlite.Config{Path: newer}, is: sqlite.ErrNewer, says: "version 99"},
		"a newer one, to mend":   {config: sqlite.Config{Path: newer, Maintenance: true}, is: sqlite.ErrNewer},
		"none, to mend":          {config: sqlite.Config{Path: filepath.Join(dir, "none.db"), Maintenance: true}, is: os.ErrNotExist},
		"an old one, to mend":    {config: sqlite.Config{Path: notYet, Maintenance: true}, says: "start the bot once"},
		"a directory for a file": {config: sqlite.Config{Path: dir}, is: store.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := sqlite.Open(t.Context(), c.config)
			if err == nil {
				_ = s.Close()
			}
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "sqlite: ")
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			after, err := os.ReadFile(foreign)
			require.NoError(t, err)
			assert.Equal(t, before, after, "what is not ours must not be touched")
		})
	}
}

func TestDamageIsFoundAfterACrash(t *testing.T) {
	t.Parallel()
	path := filled(t, 600)
	raw(t, path, `UPDATE meta SET clean = 0`)
	s := open(t, sqlite.Config{Path: path, CheckFor: time.Minute})
	require.NoError(t, s.Close(), "what is whole is opened")

	overwrite(t, path, 1<<18, 1<<18)
	raw(t, path, `UPDATE meta SET clean = 0`)
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, CheckFor: time.Minute})
	require.ErrorIs(t, err, sqlite.ErrCorrupt)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "hongyan backup")
}

func TestDamageIsFoundWhereItIsRead(t *testing.T) {
	t.Parallel()
	path := filled(t, 600)
	overwrite(t, path, 1<<18, 1<<18)
	s := open(t, sqlite.Config{Path: path})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var err error
	for err == nil { // leases read the file in order
		var leases []store.Lease
		leases, err = s.Inbox().Lease(ctx, 10, time.Minute)
		for i := 0; i < len(leases) && err == nil; i++ {
			err = s.Inbox().Complete(ctx, leases[i])
		}
	}
	require.ErrorIs(t, err, sqlite.ErrCorrupt)
}

func TestACheckEndsInItsTime(t *testing.T) {
	t.Parallel()
	path := filled(t, 600)
	raw(t, path, `UPDATE meta SET clean = 0`)
	s := open(t, sqlite.Config{Path: path, CheckFor: time.Nanosecond})
	_, err := s.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	_, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	require.ErrorIs(t, err, context.Canceled)
	open(t, sqlite.Config{Path: path})
}
