package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// logTables are the tables of the logs. keep is that of the latest Append; at is the time of the
// Append by the clock of this machine, and time that of the line, in milliseconds.
const logTables = `
CREATE TABLE logs (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	keep INTEGER NOT NULL -- 0: forever
);

CREATE TABLE lines (
	seq  INTEGER PRIMARY KEY AUTOINCREMENT,
	log  INTEGER NOT NULL,
	key  TEXT NOT NULL,
	time INTEGER NOT NULL,
	at   INTEGER NOT NULL,
	id   TEXT NOT NULL,
	data BLOB
);
CREATE INDEX lines_log ON lines (log); -- and by seq, as in every index
CREATE INDEX lines_key ON lines (log, key) WHERE key <> '';
CREATE INDEX lines_time ON lines (log, time);
CREATE INDEX lines_at ON lines (log, at);
CREATE UNIQUE INDEX lines_id ON lines (log, id) WHERE id <> '';
`

// log is the store.Log of a Store.
type log struct{ *Store }

// Append implements store.Log.
func (l *log) Append(ctx context.Context, name string, line store.Line, keep time.Duration) (seq uint64, added bool, err error) {
	if l.isClosed() {
		return 0, false, store.ErrClosed
	}
	if err := store.CheckLine(name, line); err != nil {
		return 0, false, err
	}
	data := bytes.Clone(line.Data)
	err = l.writer.do(ctx, func(t *tx) error {
		var id, kept int64
		if !t.row(`SELECT id, keep FROM logs WHERE name = ?`, []any{name}, &id, &kept) {
			_, id = t.exec(`INSERT INTO logs (name, keep) VALUES (?, ?)`, name, max(keep, 0).Nanoseconds())
		} else if kept != max(keep, 0).Nanoseconds() {
			t.exec(`UPDATE logs SET keep = ? WHERE id = ?`, max(keep, 0).Nanoseconds(), id)
		}
		if line.ID != "" && t.row(`SELECT seq FROM lines WHERE log = ? AND id = ? AND id <> ''`, []any{id, line.ID}, &seq) {
			if keep <= 0 || !t.overdue(seq, keep) {
				added = false
				return nil
			}
			t.exec(`DELETE FROM lines WHERE seq = ?`, int64(seq)) //nolint:gosec // a rowid
		}
		when := line.Time
		if when.IsZero() || when.After(t.now) {
			when = t.now
		}
		_, last := t.exec(`INSERT INTO lines (log, key, time, at, id, data) VALUES (?, ?, ?, ?, ?, ?)`,
			id, line.Key, when.UnixMilli(), t.now.UnixNano(), line.ID, data)
		seq, added = uint64(last), true //nolint:gosec // counts up from 1
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	return seq, added, nil
}

// overdue reports whether the time of a line is over.
func (t *tx) overdue(seq uint64, keep time.Duration) bool {
	var at int64
	found := t.row(`SELECT at FROM lines WHERE seq = ?`, []any{int64(seq)}, &at) //nolint:gosec // a rowid
	return found && at <= t.now.Add(-keep).UnixNano()
}

// Read implements store.Log.
func (l *log) Read(ctx context.Context, name string, q store.LineQuery) ([]store.Line, error) {
	text, args := readLines(name, q, l.config.Clock.Now())
	var found []store.Line
	err := l.query(ctx, func(row scanner) error {
		var x store.Line
		var at int64
		err := row.Scan(&x.Seq, &x.Key, &x.ID, &at, &x.Data)
		x.Time = time.UnixMilli(at)
		found = append(found, x)
		return err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	if q.Newest {
		slices.Reverse(found)
	}
	return found, nil
}

// readLines is the statement of a query. A line is not later than its Append, so the index over the
// times of the Appends finds the first Seq that From can select, and the lines are read from there
// in the order of Seq. If only times are given, the lines in between are read and sorted.
func readLines(name string, q store.LineQuery, now time.Time) (text string, args []any) {
	index := "lines_log"
	var where strings.Builder
	and := func(condition string, value any) {
		where.WriteString(" AND " + condition)
		args = append(args, value)
	}
	args = append(args, name, now.UnixNano())
	and("seq > ?", int64(q.After)) //nolint:gosec // a rowid
	if q.Key != "" {
		index = "lines_key"
		and("key = ? AND key <> ''", q.Key)
	}
	if !q.From.IsZero() {
		and("time >= ?", milli(q.From))
	}
	if !q.To.IsZero() {
		and("time < ?", milli(q.To))
	}
	switch {
	case q.Key == "" && !q.To.IsZero():
		index = "lines_time"
	case !q.From.IsZero():
		and(`seq >= (SELECT seq FROM lines AS first INDEXED BY lines_at WHERE first.log = logs.id AND first.at >= ? ORDER BY at LIMIT 1)`,
			milli(q.From)*int64(time.Millisecond))
	}
	order := ""
	if q.Newest {
		order = "DESC"
	}
	return fmt.Sprintf(`SELECT seq, key, lines.id, time, data FROM logs CROSS JOIN lines INDEXED BY %s ON log = logs.id
		WHERE name = ? AND (keep = 0 OR at > ? - keep)%s ORDER BY seq %s LIMIT ?`, index, &where, order),
		append(args, cmp.Or(q.Limit, store.DefaultListLimit))
}

// milli is a bound of a query in milliseconds, rounded up: lines have no smaller parts.
func milli(t time.Time) int64 { return t.Add(time.Millisecond - 1).UnixMilli() }

// Forget implements store.Log.
func (l *log) Forget(ctx context.Context, name, key string) error {
	for {
		var deleted int64
		err := l.writer.do(ctx, func(t *tx) error {
			of, args := "", []any{name}
			if key != "" {
				of = " AND key = ? AND key <> ''"
				args = append(args, key)
			}
			deleted, _ = t.exec(`DELETE FROM lines WHERE seq IN (SELECT seq FROM logs JOIN lines ON log = logs.id WHERE name = ?`+of+
				` LIMIT ?)`, append(args, tidyRows)...)
			return nil
		})
		if err != nil || deleted < tidyRows {
			return err
		}
	}
}

// forgetLines deletes one batch of lines whose time is over, and returns how many.
func (t *tx) forgetLines() int64 {
	deleted, _ := t.exec(`DELETE FROM lines WHERE seq IN (SELECT seq FROM logs CROSS JOIN lines INDEXED BY lines_at ON log = logs.id
		WHERE keep > 0 AND at <= ? - keep LIMIT ?)`, t.now.UnixNano(), tidyRows)
	return deleted
}

// setBackLines keeps a clock that was ahead from making lines last longer.
func (t *tx) setBackLines() {
	t.exec(`UPDATE lines SET at = ?1, time = min(time, ?2)
		WHERE seq IN (SELECT seq FROM logs JOIN lines INDEXED BY lines_at ON log = logs.id WHERE at > ?1)`,
		t.now.UnixNano(), t.now.UnixMilli())
}
