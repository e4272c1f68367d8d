package bench_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// keysEnv is how many keys of messages that were taken before the large case begins with.
const keysEnv = "HONGYAN_KEYS"

// BenchmarkLarge compares one account with 1,000 conversations and an empty store with 100 accounts
// with 10,000 conversations and a store that knows 100,000 keys, or as many as HONGYAN_KEYS says.
func BenchmarkLarge(b *testing.B) {
	keys := 100_000
	if text := os.Getenv(keysEnv); text != "" {
		var err error
		keys, err = strconv.Atoi(text)
		require.NoError(b, err)
	}
	full := withKeys(b, keys)
	for _, size := range []struct {
		name                          string
		accounts, conversations, warm int
		file                          string
	}{
		{"small", 1, conversations, 2 * conversations, filepath.Join(b.TempDir(), sqlite.FileName)},
		{"large", 100, 10 * conversations, 20 * conversations, full},
	} {
		from := 0
		b.Run(size.name, func(b *testing.B) {
			back := openFile(b, size.file)
			s := newService(b)
			address := runAccounts(b, s, back, outbox.Unlimited(), size.accounts)
			p := posts{[]string{address}, size.conversations, clients, 0, size.accounts}
			answer(b, s, p, from, size.warm)
			b.ResetTimer()
			u := answer(b, s, p, from+size.warm, b.N)
			b.StopTimer()
			u.report(b)
			slow := p
			slow.clients, slow.every = 8, time.Second/40
			u = answer(b, s, slow, from+size.warm+b.N, 400)
			b.ReportMetric(u.percentile(50), "p50-ms")
			b.ReportMetric(u.percentile(99), "p99-ms")
			from += size.warm + b.N + 400 // the file stays, and knows these
		})
	}
}

func openFile(b *testing.B, path string) store.Store {
	b.Helper()
	back, err := sqlite.Open(b.Context(), sqlite.Config{Path: path})
	require.NoError(b, err)
	return back
}

// withKeys makes a file that knows that many keys, of messages of 100 accounts with random ids.
func withKeys(b *testing.B, keys int) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), sqlite.FileName)
	require.NoError(b, openFile(b, path).Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(b, err)
	_, err = db.ExecContext(b.Context(), fmt.Sprintf(`
		WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT OR IGNORE INTO keys (key, at)
			SELECT printf('wx_bench%%d:%%d', i %% 100, random() & 0x7fffffffffffffff), %d + i FROM n ORDER BY 1;
		UPDATE meta SET keys = (SELECT count(*) FROM keys)`, keys, time.Now().UnixNano()))
	require.NoError(b, err)
	require.NoError(b, db.Close())
	return path
}
