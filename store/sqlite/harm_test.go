package sqlite_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// kept holds the files of a store by their suffix, without the lock file and the index of the log.
type kept map[string][]byte

// keep reads the files of a running, idle store: what a kill -9 leaves.
func keep(t *testing.T, path string) kept {
	t.Helper()
	files := kept{}
	for _, part := range []string{"", "-wal", ".promise"} {
		data, err := os.ReadFile(path + part)
		require.NoError(t, err)
		files[part] = data
	}
	return files
}

// put writes the files into a new directory, and returns the path of the store.
func (k kept) put(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	for part, data := range k {
		require.NoError(t, os.WriteFile(path+part, data, 0o600))
	}
	return path
}

// now reads the same files from path.
func (k kept) now(t *testing.T, path string) kept {
	t.Helper()
	files := kept{}
	for part := range k {
		data, err := os.ReadFile(path + part)
		require.NoError(t, err)
		files[part] = data
	}
	return files
}

// with returns a copy with one file changed; nil removes it.
func (k kept) with(part string, data []byte) kept {
	changed := maps.Clone(k)
	if changed[part] = data; data == nil {
		delete(changed, part)
	}
	return changed
}

func flip(data []byte, at int) []byte {
	data = slices.Clone(data)
	data[at] ^= 1
	return data
}

func pending(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	stats, err := s.Inbox().Stats(t.Context())
	require.NoError(t, err)
	return stats.Pending
}

// one appends a single message, which gets its own transaction.
func one(t *testing.T, s *sqlite.Store, key string) {
	t.Helper()
	added, err := s.Inbox().Append(t.Context(), store.Item{Key: key, Lane: "lane", Body: make([]byte, 1024)})
	require.NoError(t, err)
	require.True(t, added)
}

func TestAStoreThatWasHarmedIsNoticed(t *testing.T) {
	t.Parallel()
	const header, frame, n = 32, 24 + 4096, 20
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	fresh := keep(t, s.Path())
	for i := range n / 2 {
		one(t, s, strconv.Itoa(i))
	}
	half := keep(t, s.Path())
	for i := n / 2; i < n; i++ {
		one(t, s, strconv.Itoa(i))
	}
	whole := keep(t, s.Path())
	wal := whole["-wal"]
	require.Zero(t, (len(wal)-header)%frame)

	for name, harmed := range map[string]kept{
		"the header of the log is changed":      whole.with("-wal", flip(wal, 9)),
		"a salt of the log is changed":          whole.with("-wal", flip(wal, 17)),
		"the first frame of the log is changed": whole.with("-wal", flip(wal, header+100)),
		"the middle of the log is changed":      whole.with("-wal", flip(wal, header+len(wal)/2/frame*frame+24+7)),
		"the end of the log is changed":         whole.with("-wal", flip(wal, len(wal)-1)),
		"a checksum of the log is changed":      whole.with("-wal", flip(wal, len(wal)-frame+20)),
		"the log is cut by a byte":              whole.with("-wal", wal[:len(wal)-1]),
		"the log is cut by a frame":             whole.with("-wal", wal[:len(wal)-frame]),
		"the log is cut by half":                whole.with("-wal", wal[:header+len(wal)/2/frame*frame]),
		"the log is cut to its header":          whole.with("-wal", wal[:header]),
		"the log is cut to nothing":             whole.with("-wal", []byte{}),
		"the log is deleted":                    whole.with("-wal", nil),
		"an older log":                          whole.with("-wal", half["-wal"]),
		"a log of nothing":                      whole.with("-wal", fresh["-wal"]),
		"the file is deleted":                   whole.with("", nil),
		"the file is emptied":                   whole.with("", []byte{}).with("-wal", nil),
		"file and log are deleted":              whole.with("", nil).with("-wal", nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := harmed.put(t)
			for range 2 { // opening must not change the evidence
				_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
				require.ErrorIs(t, err, sqlite.ErrLost)
				require.ErrorIs(t, err, sqlite.ErrCorrupt)
				for _, text := range []string{path, "acknowledged are gone", "hongyan backup", "remove " + path + ".promise"} {
					require.ErrorContains(t, err, text)
				}
				assert.Equal(t, harmed, harmed.now(t, path), "the files are left as they were")
			}
			if _, ok := harmed[""]; ok && len(harmed[""]) > 0 {
				core, logs := observer.New(zap.WarnLevel)
				tool, err := sqlite.Open(t.Context(), sqlite.Config{Path: harmed.put(t), Maintenance: true, Logger: zap.New(core)})
				if err == nil { // otherwise the file cannot be opened at all
					require.NoError(t, tool.Close())
				}
				assert.Equal(t, 1, logs.Len(), "a warning is logged")
			}
			require.NoError(t, os.Remove(path+".promise"))
			again := open(t, sqlite.Config{Path: path})
			assert.Less(t, pending(t, again), n, "a person has decided to go on with what is there")
			one(t, again, "after")
			require.NoError(t, again.Close())
			require.NoError(t, open(t, sqlite.Config{Path: path}).Close(), "from then on all is well")
		})
	}

	backup := filepath.Join(t.TempDir(), "backup.db")
	require.NoError(t, s.Backup(t.Context(), backup))
	copied, err := os.ReadFile(backup)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		files kept
		warns int
	}{
		"nothing":                         {whole, 0},
		"a torn end":                      {whole.with("-wal", append(slices.Clone(wal), wal[header:header+frame/2]...)), 0},
		"a promise that was not flushed":  {whole.with(".promise", half[".promise"]), 0},
		"a promise that was never there":  {whole.with(".promise", nil), 0},
		"a promise that is empty":         {whole.with(".promise", []byte{}), 1},
		"a promise that is changed":       {whole.with(".promise", flip(whole[".promise"], 40)), 1},
		"a promise of zeros":              {whole.with(".promise", make([]byte, 96)), 1},
		"a backup in place of what it is": {kept{"": copied, ".promise": whole[".promise"]}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, logs := observer.New(zap.WarnLevel)
			path := c.files.put(t)
			s := open(t, sqlite.Config{Path: path, Logger: zap.New(core)})
			assert.Equal(t, n, pending(t, s))
			assert.Equal(t, c.warns, logs.Len(), "%v", logs.All())
			one(t, s, "after")
			require.NoError(t, s.Close())
		})
	}
}

// TestAnOldCopyIsNoticed restores a plain copy of the file, which has the id of the original.
func TestAnOldCopyIsNoticed(t *testing.T) {
	t.Parallel()
	path := filled(t, 3)
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	s := open(t, sqlite.Config{Path: path})
	one(t, s, "new")
	require.NoError(t, s.Close())
	require.NoError(t, os.WriteFile(path, old, 0o600))
	_, err = sqlite.Open(t.Context(), sqlite.Config{Path: path})
	require.ErrorIs(t, err, sqlite.ErrLost)
	require.ErrorContains(t, err, "the last 2 of its ")
}

// TestWhatIsDeletedStoresNothing deletes and moves files of a running store.
func TestWhatIsDeletedStoresNothing(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(path string) error{
		"the file":  os.Remove,
		"the log":   func(path string) error { return os.Remove(path + "-wal") },
		"the index": func(path string) error { return os.Remove(path + "-shm") },
		"all files": func(path string) error {
			for _, part := range []string{"", "-wal", "-shm", ".lock", ".promise"} {
				if err := os.Remove(path + part); err != nil {
					return err
				}
			}
			return nil
		},
		"the directory":       func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"the directory moved": func(path string) error { return os.Rename(filepath.Dir(path), filepath.Dir(path)+"-old") },
		"another file in its place": func(path string) error {
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path+".new", data, 0o600)
			}
			if err == nil {
				err = os.Rename(path+".new", path)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "data", sqlite.FileName)})
			one(t, s, "a")
			leases, err := s.Inbox().Lease(t.Context(), 1, time.Hour)
			require.NoError(t, err)
			require.NoError(t, harm(s.Path()))

			for range 2 {
				added, err := s.Inbox().Append(t.Context(), store.Item{Key: "b", Lane: "lane"})
				assert.False(t, added)
				require.ErrorIs(t, err, sqlite.ErrGone)
				require.ErrorIs(t, err, store.ErrUnavailable)
				require.ErrorContains(t, err, s.Path())
			}
			_, err = s.Inbox().Append(t.Context(), store.Item{Key: "a", Lane: "lane"})
			require.ErrorIs(t, err, sqlite.ErrGone, "that it is known already cannot be said any more")
			_, err = s.Inbox().Lease(t.Context(), 1, time.Hour)
			require.ErrorIs(t, err, sqlite.ErrGone)
			require.ErrorIs(t, s.Inbox().Complete(t.Context(), leases[0]), sqlite.ErrGone)
			_, err = s.Inbox().Stats(t.Context())
			require.ErrorIs(t, err, sqlite.ErrGone, "the bot is not ready")
			_, _, err = s.Ledger().Reserve(t.Context(), store.Send{Key: "x"})
			require.ErrorIs(t, err, sqlite.ErrGone)
			_, err = s.State().Get(t.Context(), "x")
			require.ErrorIs(t, err, sqlite.ErrGone)
			require.ErrorIs(t, s.Close(), sqlite.ErrGone)
		})
	}
}

func TestADirectoryThatComesBackIsUsedAgain(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "data", sqlite.FileName)})
	dir := filepath.Dir(s.Path())
	require.NoError(t, os.Rename(dir, dir+"-away"))
	_, err := s.Inbox().Append(t.Context(), store.Item{Key: "a"})
	require.ErrorIs(t, err, sqlite.ErrGone)
	require.NoError(t, os.Rename(dir+"-away", dir))
	one(t, s, "a")
	require.NoError(t, s.Close())
	assert.Equal(t, 1, pending(t, open(t, sqlite.Config{Path: s.Path()})))
}

// TestACloseLeavesTheFilesOfOthers: a bot whose files were deleted closes after another bot has
// started in the same directory.
func TestACloseLeavesTheFilesOfOthers(t *testing.T) {
	t.Parallel()
	old := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "data", sqlite.FileName)})
	one(t, old, "a")
	require.NoError(t, os.RemoveAll(filepath.Dir(old.Path())))
	fresh := open(t, sqlite.Config{Path: old.Path()})
	one(t, fresh, "b")
	require.ErrorIs(t, old.Close(), sqlite.ErrGone)
	one(t, fresh, "c")
	require.NoError(t, fresh.Close())
	assert.Equal(t, 2, pending(t, open(t, sqlite.Config{Path: old.Path()})))
}

func TestADeletedLockFileLetsNobodyIn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	s := open(t, sqlite.Config{Path: path})
	require.NoError(t, os.Remove(path+".lock"))
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	require.ErrorIs(t, err, sqlite.ErrLocked)
	require.ErrorContains(t, err, "stop it first")
	one(t, s, "a")
	require.NoError(t, os.Remove(path+".lock"))
	require.Eventually(t, func() bool {
		_, err := os.Stat(path + ".lock")
		return err == nil
	}, 20*time.Second, 10*time.Millisecond, "the lock file is made again")
	_, err = sqlite.Open(t.Context(), sqlite.Config{Path: path})
	require.ErrorIs(t, err, sqlite.ErrLocked)
	require.ErrorContains(t, err, "process "+strconv.Itoa(os.Getpid()))
	require.NoError(t, s.Close())
	open(t, sqlite.Config{Path: path})
}

// TestOfTwoBotsTheOlderStops covers file systems without working locks, such as network file
// systems.
func TestOfTwoBotsTheOlderStops(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	one(t, s, "a")
	raw(t, s.Path(), `UPDATE meta SET epoch = epoch + 1`)
	_, err := s.Inbox().Append(t.Context(), store.Item{Key: "b"})
	require.ErrorIs(t, err, sqlite.ErrLocked)
	_, err = s.Inbox().Lease(t.Context(), 1, time.Hour)
	require.ErrorIs(t, err, sqlite.ErrLocked)
}

func TestCheckpointsComeByTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
		one(t, s, "a")
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		data, err := os.ReadFile(s.Path())
		require.NoError(t, err)
		alone := open(t, sqlite.Config{Path: kept{"": data}.put(t)})
		assert.Equal(t, 1, pending(t, alone), "the file has it without the log")
		require.NoError(t, alone.Close())
		require.NoError(t, s.Close())
	})
}
