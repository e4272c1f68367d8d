package nats

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/nats-io/nats.go"

	"github.com/hongyan-go/hongyan/store"
)

// state is the store.State of a Store. The time to live is in a header and enforced by readers: the
// server's own is lost with an update.
type state struct {
	*bucket
	config Config
	self   *membership
	recent *lru.Cache[string, store.Entry] // known to this process, without the values
}

// remember notes an entry as it is stored now.
func (s *state) remember(e store.Entry) {
	e.Value = nil
	s.recent.Add(e.Key, e)
}

func (s *state) usable(ctx context.Context) error {
	if s.self.closed() {
		return store.ErrClosed
	}
	return ctx.Err()
}

func (s *state) entry(r record) store.Entry {
	e := store.Entry{Key: text(r.header, headKey), Value: r.data, Revision: r.revision, Expires: timeOf(r.header, headExpires)}
	if ttl, err := time.ParseDuration(r.header.Get(headTTL)); err == nil {
		e.Expires = store.Bound(e.Expires, s.config.now(), ttl)
	}
	return e
}

// over reports whether an entry has expired.
func (s *state) over(e store.Entry) bool {
	return !e.Expires.IsZero() && !e.Expires.After(s.config.now())
}

// Get implements store.State.
func (s *state) Get(ctx context.Context, key string) (store.Entry, error) {
	if err := s.usable(ctx); err != nil {
		return store.Entry{}, err
	}
	if err := store.CheckEntry(key, nil); err != nil {
		return store.Entry{}, store.ErrNotFound
	}
	r, err := s.last(ctx, s.subjectOf(key))
	if err != nil {
		return store.Entry{}, err
	}
	e := s.entry(r)
	if s.over(e) {
		return store.Entry{}, store.ErrNotFound
	}
	s.remember(e)
	return e, nil
}

// Put implements store.State.
func (s *state) Put(ctx context.Context, key string, value []byte, ttl time.Duration) (uint64, error) {
	return s.write(ctx, key, value, anyRevision, ttl)
}

// Swap implements store.State.
func (s *state) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	if err := store.CheckEntry(key, value); err != nil {
		return 0, err
	}
	if e, ok := s.recent.Get(key); ok && revision != 0 && e.Revision == revision && !s.over(e) {
		return s.write(ctx, key, value, revision, ttl)
	}
	r, err := s.last(ctx, s.subjectOf(key))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	there := r.revision
	if s.over(s.entry(r)) {
		there = 0
	}
	if there != revision {
		return 0, store.ErrConflict
	}
	return s.write(ctx, key, value, r.revision, ttl)
}

func (s *state) write(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	if err := store.CheckEntry(key, value); err != nil {
		return 0, err
	}
	h := nats.Header{}
	setText(h, headKey, key)
	if ttl > 0 {
		setTime(h, headExpires, s.config.now().Add(ttl))
		h.Set(headTTL, ttl.String())
	}
	stored, err := s.put(ctx, callTimeout, s.subjectOf(key), h, value, revision)
	if err == nil {
		s.remember(s.entry(record{revision: stored, header: h}))
	}
	return stored, err
}

// Delete implements store.State.
func (s *state) Delete(ctx context.Context, key string) error {
	for store.CheckEntry(key, nil) == nil { // an invalid key has no entry
		if err := s.usable(ctx); err != nil {
			return err
		}
		r, err := s.last(ctx, s.subjectOf(key))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if removed, err := s.remove(ctx, r.revision); removed || err != nil {
			return err
		}
	}
	return s.usable(ctx)
}

// List implements store.State. The server filters by prefix up to its last slash; the headers of
// all entries below that are read.
func (s *state) List(ctx context.Context, prefix, after string, limit int) ([]store.Entry, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var found []record
	byKey := func(r record, key string) int { return strings.Compare(text(r.header, headKey), key) }
	err := s.scan(ctx, s.stateBelow(prefix), func(r record) {
		key := text(r.header, headKey)
		if !strings.HasPrefix(key, prefix) || key <= after || s.over(s.entry(r)) {
			return
		}
		at, known := slices.BinarySearchFunc(found, key, byKey)
		if known {
			found[at] = r
			return
		}
		if found = slices.Insert(found, at, r); len(found) > limit {
			found = found[:limit]
		}
	})
	if err != nil {
		return nil, err
	}
	full, err := s.fill(ctx, found)
	if err != nil {
		return nil, err
	}
	list := make([]store.Entry, 0, len(full))
	for _, r := range full {
		if e := s.entry(r); !s.over(e) {
			list = append(list, e)
		}
	}
	return list, nil
}

// sweep deletes expired entries.
func (s *state) sweep(ctx context.Context) error {
	over := map[string]uint64{}
	err := s.scan(ctx, s.prefix+".state.>", func(r record) {
		delete(over, r.subject)
		if s.over(s.entry(r)) {
			over[r.subject] = r.revision
		}
	})
	if err != nil {
		return err
	}
	for _, revision := range over {
		if _, err := s.remove(ctx, revision); err != nil {
			return err
		}
	}
	return nil
}
