package sqlite

import (
	"bytes"
	"context"
	"strings"

	"github.com/hongyan-go/hongyan/store"
)

// ledger is the store.Ledger of a Store.
type ledger struct{ *Store }

// sendColumns lists the columns of a send in the order that scanSend reads them.
const sendColumns = `seq, key, account, target, endpoint, class, source, event, state, attempts, reason,
	not_before, expires, created, updated, revision, result, body`

func scanSend(row scanner, s *store.Send) error {
	var notBefore, expires, created, updated int64
	err := row.Scan(&s.Seq, &s.Key, &s.Account, &s.Target, &s.Endpoint, &s.Class, &s.Source, &s.Event, &s.State, &s.Attempts, &s.Reason,
		&notBefore, &expires, &created, &updated, &s.Revision, &s.Result, &s.Body)
	s.NotBefore, s.Expires = fromNano(notBefore), fromNano(expires)
	s.Created, s.Updated = fromNano(created), fromNano(updated)
	return err
}

// find reads a send in a transaction.
func (l *ledger) find(t *tx, key string) (s store.Send) {
	t.rows(`SELECT `+sendColumns+` FROM sends WHERE key = ?`, []any{key}, func(row scanner) error {
		return scanSend(row, &s)
	})
	return s
}

// Reserve implements store.Ledger.
func (l *ledger) Reserve(ctx context.Context, s store.Send) (store.Send, bool, error) {
	s.Body, s.Result = bytes.Clone(s.Body), bytes.Clone(s.Result)
	var stored store.Send
	var added bool
	err := l.change(ctx, s, func(t *tx) error {
		now := t.now.UnixNano()
		changed, seq := t.exec(`INSERT INTO sends (key, account, target, endpoint, class, source, event, state, attempts, reason,
				not_before, expires, created, updated, revision, result, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING`,
			s.Key, s.Account, s.Target, s.Endpoint, s.Class, s.Source, s.Event, string(s.State), s.Attempts, s.Reason,
			toNano(s.NotBefore), toNano(s.Expires), now, now, s.Result, s.Body)
		if added = changed > 0; !added {
			stored = l.find(t, s.Key)
			return nil
		}
		stored = s
		stored.NotBefore, stored.Expires = fromNano(toNano(s.NotBefore)), fromNano(toNano(s.Expires))
		stored.Created, stored.Updated = fromNano(now), fromNano(now)
		stored.Seq, stored.Revision = uint64(seq), 1 //nolint:gosec // a seq of SQLite
		return nil
	})
	if err != nil {
		return store.Send{}, false, err
	}
	return stored, added, nil
}

// change makes a change of a send. One that says that the request leaves is durable.
func (l *ledger) change(ctx context.Context, s store.Send, run func(*tx) error) error {
	if s.State == store.Sending {
		return l.writer.doDurable(ctx, run)
	}
	return l.writer.do(ctx, run)
}

// Update implements store.Ledger. A send does not change what Update does not write, so the rest is
// as it was read.
func (l *ledger) Update(ctx context.Context, s store.Send) (store.Send, error) {
	s.Body, s.Result = bytes.Clone(s.Body), bytes.Clone(s.Result)
	var stored store.Send
	err := l.change(ctx, s, func(t *tx) error {
		now := t.now.UnixNano()
		changed, _ := t.exec(`UPDATE sends SET state = ?, attempts = ?, reason = ?, not_before = ?, expires = ?, result = ?, body = ?,
				updated = ?, revision = revision + 1 WHERE key = ? AND revision = ?`,
			string(s.State), s.Attempts, s.Reason, toNano(s.NotBefore), toNano(s.Expires), s.Result, s.Body,
			now, s.Key, s.Revision)
		if changed == 0 {
			if t.row(`SELECT 1 FROM sends WHERE key = ?`, []any{s.Key}, new(int)) {
				return store.ErrConflict
			}
			return store.ErrNotFound
		}
		if s.Created.IsZero() { // it was not read
			stored = l.find(t, s.Key)
			return nil
		}
		stored = s
		stored.NotBefore, stored.Expires = fromNano(toNano(s.NotBefore)), fromNano(toNano(s.Expires))
		stored.Updated = fromNano(now)
		stored.Revision++
		return nil
	})
	if err != nil {
		return store.Send{}, err
	}
	return stored, nil
}

// Get implements store.Ledger.
func (l *ledger) Get(ctx context.Context, key string) (store.Send, error) {
	var s store.Send
	found := false
	err := l.query(ctx, func(row scanner) error {
		found = true
		return scanSend(row, &s)
	}, `SELECT `+sendColumns+` FROM sends WHERE key = ?`, key)
	switch {
	case err != nil:
		return store.Send{}, err
	case !found:
		return store.Send{}, store.ErrNotFound
	}
	return s, nil
}

// List implements store.Ledger.
func (l *ledger) List(ctx context.Context, q store.SendQuery) ([]store.Send, error) {
	where, args := []string{"seq > ?"}, []any{int64(q.After)} //nolint:gosec // a seq of SQLite
	for _, c := range []struct{ column, value string }{{"account", q.Account}, {"target", q.Target}} {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	if len(q.States) > 0 {
		where = append(where, "state IN (?"+strings.Repeat(", ?", len(q.States)-1)+")")
		for _, state := range q.States {
			args = append(args, string(state))
		}
	}
	if q.Limit == 0 {
		q.Limit = store.DefaultListLimit
	}
	var found []store.Send
	err := l.query(ctx, func(row scanner) error {
		var s store.Send
		err := scanSend(row, &s)
		found = append(found, s)
		return err
	}, `SELECT `+sendColumns+` FROM sends WHERE `+strings.Join(where, " AND ")+` ORDER BY seq LIMIT ?`, append(args, q.Limit)...)
	return found, err
}

// Count implements store.Ledger.
func (l *ledger) Count(ctx context.Context) (map[store.SendState]int, error) {
	counts := map[store.SendState]int{}
	err := l.query(ctx, func(row scanner) error {
		var state store.SendState
		var n int
		err := row.Scan(&state, &n)
		counts[state] = n
		return err
	}, `SELECT state, count(*) FROM sends GROUP BY state`)
	if err != nil {
		return nil, err
	}
	return counts, nil
}
