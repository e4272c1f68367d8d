package sqlite

import (
	"bytes"
	"context"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// state is the store.State of a Store.
type state struct{ *Store }

// Get implements store.State.
func (s *state) Get(ctx context.Context, key string) (store.Entry, error) {
	found, err := s.list(ctx, `key = ?`, 1, key)
	switch {
	case err != nil:
		return store.Entry{}, err
	case len(found) == 0:
		return store.Entry{}, store.ErrNotFound
	}
	return found[0], nil
}

// list reads the entries that have not expired, in the order of their keys.
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
	}, `SELECT key, value, revision, expires, ttl FROM entries WHERE `+where+` AND (expires = 0 OR expires > ?) ORDER BY key LIMIT ?`,
		append(args, now, limit)...)
	if err == nil && setBack && !s.config.Maintenance {
		err = s.writer.do(ctx, func(*tx) error { return nil }) // an empty transaction corrects the stored times
	}
	return found, err
}

// Put implements store.State.
func (s *state) Put(ctx context.Context, key string, value []byte, ttl time.Duration) (uint64, error) {
	return s.write(ctx, key, value, ttl, func(*tx) error { return nil })
}

// Swap implements store.State.
func (s *state) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	return s.write(ctx, key, value, ttl, func(t *tx) error {
		var now uint64
		t.row(`SELECT revision FROM entries WHERE key = ? AND (expires = 0 OR expires > ?)`, []any{key, t.now.UnixNano()}, &now)
		if now != revision && t.err == nil {
			return store.ErrConflict
		}
		return nil
	})
}

func (s *state) write(ctx context.Context, key string, value []byte, ttl time.Duration, check func(*tx) error) (uint64, error) {
	if s.isClosed() {
		return 0, store.ErrClosed
	}
	if err := store.CheckEntry(key, value); err != nil {
		return 0, err
	}
	value = bytes.Clone(value)
	var revision int64
	err := s.writer.do(ctx, func(t *tx) error {
		if err := check(t); err != nil {
			return err
		}
		t.meta.revision++
		revision = t.meta.revision
		expires := int64(0)
		if ttl > 0 {
			expires = t.now.Add(ttl).UnixNano()
		}
		t.exec(`INSERT INTO entries (key, revision, expires, value, ttl) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT DO UPDATE SET revision = ?2, expires = ?3, value = ?4, ttl = ?5`,
			key, revision, expires, value, max(ttl, 0).Nanoseconds())
		return nil
	})
	if err != nil {
		return 0, err
	}
	return uint64(revision), nil //nolint:gosec // counts up from 0
}

// Delete implements store.State.
func (s *state) Delete(ctx context.Context, key string) error {
	return s.writer.do(ctx, func(t *tx) error {
		t.exec(`DELETE FROM entries WHERE key = ?`, key)
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
