package memory

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// state is the store.State of a Store.
type state struct {
	config Config

	mu       sync.Mutex
	closed   bool
	revision uint64
	entries  map[string]store.Entry
}

func newState(c Config) *state { return &state{config: c, entries: map[string]store.Entry{}} }

// live returns the entry of a key, unless it has expired.
func (s *state) live(key string) (store.Entry, bool) {
	e, ok := s.entries[key]
	if ok && !e.Expires.IsZero() && !e.Expires.After(s.config.Clock.Now()) {
		delete(s.entries, key)
		return store.Entry{}, false
	}
	return e, ok
}

// Get implements store.State.
func (s *state) Get(_ context.Context, key string) (store.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.Entry{}, store.ErrClosed
	}
	e, ok := s.live(key)
	if !ok {
		return store.Entry{}, store.ErrNotFound
	}
	e.Value = bytes.Clone(e.Value)
	return e, nil
}

// Put implements store.State.
func (s *state) Put(_ context.Context, key string, value []byte, ttl time.Duration) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write(key, value, ttl)
}

// Swap implements store.State.
func (s *state) Swap(_ context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, _ := s.live(key); e.Revision != revision && !s.closed {
		return 0, store.ErrConflict
	}
	return s.write(key, value, ttl)
}

func (s *state) write(key string, value []byte, ttl time.Duration) (uint64, error) {
	if s.closed {
		return 0, store.ErrClosed
	}
	if err := store.CheckEntry(key, value); err != nil {
		return 0, err
	}
	if _, known := s.entries[key]; !known && len(s.entries) >= s.config.MaxEntries {
		s.sweep()
		if len(s.entries) >= s.config.MaxEntries {
			return 0, fmt.Errorf("memory: %d entries: %w", len(s.entries), store.ErrFull)
		}
	}
	s.revision++
	e := store.Entry{Key: key, Value: bytes.Clone(value), Revision: s.revision}
	if ttl > 0 {
		e.Expires = s.config.Clock.Now().Add(ttl)
	}
	s.entries[key] = e
	return e.Revision, nil
}

// sweep removes the expired entries.
func (s *state) sweep() {
	for key := range s.entries {
		s.live(key)
	}
}

// Delete implements store.State.
func (s *state) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	delete(s.entries, key)
	return nil
}

// List implements store.State.
func (s *state) List(_ context.Context, prefix, after string, limit int) ([]store.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	s.sweep()
	var found []store.Entry
	for key, e := range s.entries {
		if strings.HasPrefix(key, prefix) && key > after {
			e.Value = bytes.Clone(e.Value)
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b store.Entry) int { return strings.Compare(a.Key, b.Key) })
	return found[:min(limit, len(found))], nil
}

func (s *state) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}
