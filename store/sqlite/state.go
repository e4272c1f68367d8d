package sqlite

import (
	"bytes"
	"context"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// state is the store.State of a Store.
type state struct {
	*Store
	recent *recent
}

// Get implements store.State. It reads the file only if the entry was not read or written lately,
// and may exist.
func (s *state) Get(ctx context.Context, key string) (store.Entry, error) {
	if s.isClosed() {
		return store.Entry{}, store.ErrClosed
	}
	if err := s.lately(); err != nil {
		return store.Entry{}, err
	}
	now := s.config.Clock.Now()
	e, changes, known := s.recent.get(key, now)
	if !known && len(s.recent.parts) > 0 && s.recent.families.lacks(ctx, key, s.keys) {
		return store.Entry{}, store.ErrNotFound
	}
	if !known {
		found, err := s.list(ctx, `key = ?`, 1, key)
		if err != nil {
			return store.Entry{}, err
		}
		if len(found) > 0 {
			e = found[0]
		}
		s.recent.read(key, e, changes, now)
	}
	if e.Key == "" {
		return store.Entry{}, store.ErrNotFound
	}
	e.Value = bytes.Clone(e.Value)
	return e, nil
}

// keys reads the keys of a family, also those that have expired.
func (s *state) keys(ctx context.Context, family string, limit int) ([]string, error) {
	var keys []string
	err := s.query(ctx, func(row scanner) error {
		var key string
		err := row.Scan(&key)
		keys = append(keys, key)
		return err
	}, `SELECT key FROM entries WHERE key >= ? AND key < ? LIMIT ?`, family, prefixEnd(family), limit)
	return keys, err
}

// list reads the entries that have not expired, in the order of their keys. With a plain expires,
// SQLite would compare each value with the partial index, and so prepare the statement every time.
func (s *state) list(ctx context.Context, where string, limit int, args ...any) ([]store.Entry, error) {
	var found []store.Entry
	now, setBack := s.config.Clock.Now().UnixNano(), false
	err := s.query(ctx, func(row scanner) error {
		var e store.Entry
		var expires, ttl int64
		err := row.Scan(&e.Key, &e.Value, &e.Revision, &expires, &ttl)
		if ttl > 0 && expires > now+ttl { // the clock was set back since the last transaction
			expires, setBack = now+ttl, true
		}
		e.Expires = fromNano(expires)
		found = append(found, e)
		return err
	}, `SELECT key, value, revision, expires, ttl FROM entries WHERE `+where+` AND (+expires = 0 OR +expires > ?) ORDER BY key LIMIT ?`,
		append(args, now, limit)...)
	if err == nil && setBack && !s.config.Maintenance {
		err = s.writer.do(ctx, func(*tx) error { return nil }) // an empty transaction corrects the stored times
	}
	return found, err
}

// Put implements store.State.
func (s *state) Put(ctx context.Context, key string, value []byte, ttl time.Duration) (uint64, error) {
	return s.write(ctx, key, value, ttl, func(t *tx, e []any) bool {
		t.exec(`INSERT INTO entries (key, revision, expires, value, ttl) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT DO UPDATE SET revision = ?2, expires = ?3, value = ?4, ttl = ?5`, e...)
		return true
	})
}

// Swap implements store.State.
func (s *state) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	return s.write(ctx, key, value, ttl, func(t *tx, e []any) bool {
		now := t.now.UnixNano()
		var changed int64
		if revision == 0 { // none, or one that has expired
			changed, _ = t.exec(`INSERT INTO entries (key, revision, expires, value, ttl) VALUES (?1, ?2, ?3, ?4, ?5)
				ON CONFLICT DO UPDATE SET revision = ?2, expires = ?3, value = ?4, ttl = ?5 WHERE expires > 0 AND expires <= ?6`,
				append(e, now)...)
		} else {
			changed, _ = t.exec(`UPDATE entries SET revision = ?2, expires = ?3, value = ?4, ttl = ?5
				WHERE key = ?1 AND revision = ?6 AND (expires = 0 OR expires > ?7)`, append(e, revision, now)...)
		}
		return changed > 0
	})
}

// write makes a change of an entry; change reports whether it may be made.
func (s *state) write(
	ctx context.Context, key string, value []byte, ttl time.Duration, change func(*tx, []any) bool,
) (uint64, error) {
	if s.isClosed() {
		return 0, store.ErrClosed
	}
	if err := store.CheckEntry(key, value); err != nil {
		return 0, err
	}
	value = bytes.Clone(value)
	var e store.Entry
	err := s.writer.do(ctx, func(t *tx) error {
		e = store.Entry{Key: key, Value: value, Revision: uint64(t.meta.revision + 1)} //nolint:gosec // counts up from 0
		expires := int64(0)
		if ttl > 0 {
			e.Expires = t.now.Add(ttl).Round(0)
			expires = e.Expires.UnixNano()
		}
		if !change(t, []any{key, e.Revision, expires, value, max(ttl, 0).Nanoseconds()}) && t.err == nil {
			return store.ErrConflict
		}
		t.meta.revision++
		written := e
		t.onCommit(func() { s.recent.write(key, written, t.now) })
		return nil
	})
	if err != nil {
		return 0, err
	}
	return e.Revision, nil
}

// Delete implements store.State.
func (s *state) Delete(ctx context.Context, key string) error {
	return s.writer.do(ctx, func(t *tx) error {
		t.exec(`DELETE FROM entries WHERE key = ?`, key)
		t.onCommit(func() { s.recent.write(key, store.Entry{}, t.now) })
		return nil
	})
}

// List implements store.State.
func (s *state) List(ctx context.Context, prefix, after string, limit int) ([]store.Entry, error) {
	if end := prefixEnd(prefix); end != "" {
		return s.list(ctx, `key >= ? AND key > ? AND key < ?`, limit, prefix, after, end)
	}
	return s.list(ctx, `key >= ? AND key > ?`, limit, prefix, after)
}

// prefixEnd returns the smallest string that sorts after every string with the prefix, or "" if
// there is none.
func prefixEnd(prefix string) string {
	end := []byte(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return string(end[:i+1])
		}
	}
	return ""
}
