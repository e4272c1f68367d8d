package memory

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// ledger is the store.Ledger of a Store.
type ledger struct {
	config Config

	mu     sync.Mutex
	closed bool
	seq    uint64
	sends  map[string]*store.Send
	order  []*store.Send // by Seq
}

func newLedger(c Config) *ledger { return &ledger{config: c, sends: map[string]*store.Send{}} }

// own returns a deep copy of s.
func own(s *store.Send) store.Send {
	c := *s
	c.Body, c.Result = bytes.Clone(s.Body), bytes.Clone(s.Result)
	return c
}

// Reserve implements store.Ledger.
func (l *ledger) Reserve(ctx context.Context, s store.Send) (store.Send, bool, error) {
	if err := ctx.Err(); err != nil {
		return store.Send{}, false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return store.Send{}, false, store.ErrClosed
	}
	if known := l.sends[s.Key]; known != nil {
		return own(known), false, nil
	}
	now := l.config.Clock.Now()
	l.forget(now)
	if len(l.sends) >= l.config.MaxSends {
		return store.Send{}, false, store.ErrFull
	}
	l.seq++
	c := own(&s)
	c.Seq, c.Revision, c.Created, c.Updated = l.seq, 1, now, now
	l.sends[c.Key] = &c
	l.order = append(l.order, &c)
	return own(&c), true, nil
}

// forget removes the final sends that have expired, and the oldest final ones if the ledger is
// full.
func (l *ledger) forget(now time.Time) {
	over := now.Add(-l.config.Remember)
	full := len(l.sends) >= l.config.MaxSends
	if len(l.order) == 0 || !full && l.order[0].Updated.After(over) {
		return
	}
	room := len(l.sends) / 10 // several at a time, because each pass costs time
	l.order = slices.DeleteFunc(l.order, func(s *store.Send) bool {
		gone := s.State.Final() && (!s.Updated.After(over) || full && room > 0)
		if gone {
			room--
			delete(l.sends, s.Key)
		}
		return gone
	})
}

// Update implements store.Ledger.
func (l *ledger) Update(_ context.Context, s store.Send) (store.Send, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.sends[s.Key]
	switch {
	case l.closed:
		return store.Send{}, store.ErrClosed
	case known == nil:
		return store.Send{}, store.ErrNotFound
	case known.Revision != s.Revision:
		return store.Send{}, store.ErrConflict
	}
	known.State, known.Attempts, known.Reason = s.State, s.Attempts, s.Reason
	known.NotBefore, known.Expires = s.NotBefore, s.Expires
	known.Body, known.Result = bytes.Clone(s.Body), bytes.Clone(s.Result)
	known.Revision++
	known.Updated = l.config.Clock.Now()
	return own(known), nil
}

// Get implements store.Ledger.
func (l *ledger) Get(_ context.Context, key string) (store.Send, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return store.Send{}, store.ErrClosed
	}
	if s := l.sends[key]; s != nil {
		return own(s), nil
	}
	return store.Send{}, store.ErrNotFound
}

// List implements store.Ledger.
func (l *ledger) List(_ context.Context, q store.SendQuery) ([]store.Send, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, store.ErrClosed
	}
	limit := q.Limit
	if limit == 0 {
		limit = store.DefaultListLimit
	}
	var found []store.Send
	for _, s := range l.order {
		if len(found) == limit {
			break
		}
		if s.Seq > q.After && (q.Account == "" || q.Account == s.Account) && (q.Target == "" || q.Target == s.Target) &&
			(len(q.States) == 0 || slices.Contains(q.States, s.State)) {
			found = append(found, own(s))
		}
	}
	return found, nil
}

// Count implements store.Ledger.
func (l *ledger) Count(context.Context) (map[store.SendState]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, store.ErrClosed
	}
	counts := map[store.SendState]int{}
	for _, s := range l.order {
		counts[s.State]++
	}
	return counts, nil
}

func (l *ledger) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}
