package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Rows counts the messages of the file, also those whose time is over.
func (f *File) Rows(t testing.TB) (n int) {
	t.Helper()
	require.NoError(t, f.read.QueryRowContext(t.Context(), `SELECT count(*) FROM messages`).Scan(&n))
	return n
}

// Say is a text that somebody says.
type Say struct {
	Key, Chat, Sender, Text string
	Time                    time.Time
}

// Fill adds messages as the log would, but all except the last ones in large transactions that
// nothing flushes: it makes a large file in a fraction of the time.
func (f *File) Fill(t testing.TB, n int, message func(i int) Say) {
	t.Helper()
	const large, last = 100_000, 50_000
	set := func(list ...string) {
		for _, text := range list {
			_, err := f.write.ExecContext(t.Context(), text)
			require.NoError(t, err)
		}
	}
	hash := func(size int) string {
		return fmt.Sprint(`INSERT INTO words (words, rank) VALUES ('hashsize', `, size, ")")
	}
	set("PRAGMA synchronous = off", "PRAGMA secure_delete = off", "PRAGMA cache_size = -500000", hash(128<<20))
	i := 0
	add := func(end int) {
		tx, err := f.write.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		w := &writer{ctx: t.Context(), tx: tx, floor: f.floor()}
		for ; i < end; i++ {
			m := message(i)
			w.add(int64(i+1), entry{
				Op: opSay, Key: m.Key, Account: "wx_a", Chat: m.Chat, Type: callback.Group, Sender: m.Sender, Called: "some name",
				Time: m.Time.UnixMilli(), Kind: xmlmsg.KindText, Text: m.Text,
			})
		}
		require.NoError(t, w.err)
		require.NoError(t, tx.Commit())
	}
	for i < n-last {
		add(min(i+large, n-last))
	}
	set(hash(1<<20), "PRAGMA secure_delete = on") // what SQLite and this package have otherwise
	for i < n {
		add(min(i+page, n))
	}
	set("PRAGMA wal_checkpoint(TRUNCATE)")
}

// Look is Search with other parts.
func (f *File) Look(t testing.TB, q Query, part int64, most time.Duration) Page {
	t.Helper()
	require.NoError(t, f.CatchUp(t.Context()))
	p, err := f.look(t.Context(), q, part, most)
	require.NoError(t, err)
	return p
}

// Plan is the query plan of a question.
func (f *File) Plan(t testing.TB, q Query, search bool) string {
	t.Helper()
	s, err := f.messages(t.Context(), &q)
	if search {
		s, err = f.search(t.Context(), q)
		s.args = append(s.args, 0, 1000, 10)
	}
	require.NoError(t, err)
	rows, err := f.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.text, s.args...)
	require.NoError(t, err)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		lines = append(lines, detail)
	}
	require.NoError(t, rows.Err())
	return strings.Join(lines, "\n")
}
