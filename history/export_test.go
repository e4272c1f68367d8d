package history

import (
	"fmt"
	"strconv"
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

// Fill adds messages as the log would, but all except the last ones by two statements, and without
// a flush: that makes a large file in a fraction of the time. The statements say the first messages
// again and again, each time under other keys and numbers.
func (f *File) Fill(t testing.TB, n int, message func(i int) Say) {
	t.Helper()
	const pool, last = 50_000, 20_000
	set := func(text string, args ...any) {
		_, err := f.write.ExecContext(t.Context(), text, args...)
		require.NoError(t, err, text)
	}
	for _, text := range []string{
		"PRAGMA synchronous = off", "PRAGMA secure_delete = off", "PRAGMA cache_size = -500000",
		`INSERT INTO words (words, rank) VALUES ('hashsize', 134217728)`,
		`CREATE TEMP TABLE pool (i INTEGER PRIMARY KEY, text, terms, singles, place, chat, sender)`,
	} {
		set(text)
	}
	i := 0
	add := func(end int, keep bool) {
		tx, err := f.write.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		w := &writer{ctx: t.Context(), tx: tx, floor: f.floor()}
		for ; i < end; i++ {
			m := message(i)
			m.Text = fmt.Sprint(m.Text, " 订单", i)
			w.add(int64(i+1), entry{
				Op: opSay, Key: m.Key, Account: "wx_a", Chat: m.Chat, Type: callback.Group, Sender: m.Sender, Called: "some name",
				Time: m.Time.UnixMilli(), Kind: xmlmsg.KindText, Text: m.Text,
			})
			if !keep {
				continue
			}
			var chat int64
			m.Text = strings.TrimSuffix(m.Text, strconv.Itoa(i))
			terms, singles := indexed(m.Text)
			w.row(`SELECT chat FROM messages WHERE seq = ?`, []any{i + 1}, &chat)
			w.exec(`INSERT INTO pool VALUES (?, ?, ?, ?, ?, ?, ?)`, i+1, m.Text, terms, singles,
				strings.TrimPrefix(placeWords(0, chat, "wx_a", m.Sender), stretchWord(0)), chat, m.Sender)
		}
		w.keepSpans()
		require.NoError(t, w.err)
		require.NoError(t, tx.Commit())
	}
	add(min(pool, n-last), true)
	for pooled := i; i < n-last; {
		most := min(pooled, n-last-i)
		begin := message(i).Time.UnixMilli()
		set(`INSERT INTO messages SELECT i + ?1, chat, ?2 + i * 10, 'wx_a:' || (i + ?1), sender, 'some name', 'text',
			text || (i + ?1 - 1), 0, 0, '', '', '', '', 0 FROM pool WHERE i <= ?3 ORDER BY i`, i, begin, most)
		set(`INSERT INTO words (rowid, terms, singles, place) SELECT i + ?1, terms || (i + ?1 - 1), singles,
			's' || ((i + ?1) / 131072) || place FROM pool WHERE i <= ?2 ORDER BY i`, i, most)
		i += most
	}
	set(`INSERT OR REPLACE INTO spans SELECT seq / ?, min(time), max(time) FROM messages GROUP BY 1`, blockSize)
	set(`INSERT INTO words (words, rank) VALUES ('hashsize', 1048576)`) // what SQLite has otherwise
	set("PRAGMA secure_delete = on")
	for i < n {
		add(min(i+page, n), false)
	}
	set("PRAGMA wal_checkpoint(TRUNCATE)")
}

// Add adds a text at a place of the log.
func (f *File) Add(t testing.TB, seq int64, m Say) {
	t.Helper()
	tx, err := f.write.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	w := &writer{ctx: t.Context(), tx: tx, floor: f.floor()}
	w.add(seq, entry{
		Op: opSay, Key: m.Key, Account: "wx_a", Chat: m.Chat, Type: callback.Group, Sender: m.Sender, Time: m.Time.UnixMilli(),
		Kind: xmlmsg.KindText, Text: m.Text,
	})
	w.keepSpans()
	require.NoError(t, w.err)
	require.NoError(t, tx.Commit())
}

// MakeOld makes the file one of version 1.
func (f *File) MakeOld(t testing.TB) {
	t.Helper()
	rows, err := f.write.QueryContext(t.Context(), `SELECT seq, chat, sender, text FROM messages`)
	require.NoError(t, err)
	type message struct {
		seq, chat    int64
		sender, text string
	}
	var all []message
	for rows.Next() {
		var m message
		require.NoError(t, rows.Scan(&m.seq, &m.chat, &m.sender, &m.text))
		all = append(all, m)
	}
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	for _, m := range all {
		terms, singles := indexed(m.text)
		_, err := f.write.ExecContext(t.Context(), `DELETE FROM words WHERE rowid = ?1;
			INSERT INTO words (rowid, terms, singles, place) VALUES (?1, ?2, ?3, ?4)`, m.seq, terms, singles,
			chatWord(m.chat)+" "+accountWord("wx_a")+" "+personWord(m.sender))
		require.NoError(t, err)
	}
	_, err = f.write.ExecContext(t.Context(), `DROP TABLE spans; ALTER TABLE meta DROP COLUMN paired; PRAGMA user_version = 1`)
	require.NoError(t, err)
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
