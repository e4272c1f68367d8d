// Package memory is a store back end in the memory of the process. It is fast, but its contents are
// lost with the process: use it for tests, demos, and bots that may forget.
package memory

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	defaultMaxPending = 100_000
	defaultRemember   = 7 * 24 * time.Hour
	defaultMaxKeys    = 1_000_000
	defaultMaxDead    = 1_000
	defaultMaxSends   = 100_000
	defaultMaxEntries = 100_000
	defaultMaxLines   = 100_000
)

// Config configures a Store. The zero value works.
type Config struct {
	// MaxPending bounds the items that are not done; beyond it, Append returns store.ErrFull. 0
	// means 100,000.
	MaxPending int
	// Remember is how long keys and final sends are remembered. 0 means 7 days.
	Remember time.Duration
	// MaxKeys bounds the remembered keys; the oldest are forgotten first. 0 means 1,000,000.
	MaxKeys int
	// MaxDead bounds the dead letters; the oldest are forgotten first. 0 means 1,000.
	MaxDead int
	// MaxSends bounds the ledger: the oldest final sends are forgotten first, and Reserve returns
	// store.ErrFull if there are none. 0 means 100,000.
	MaxSends int
	// MaxEntries bounds the state; beyond it, a new key gives store.ErrFull. 0 means
	// 100,000.
	MaxEntries int
	// MaxLines bounds the lines of all logs; the oldest are forgotten first. 0 means 100,000.
	MaxLines int
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// Store is a store.Store in memory. It is created by New.
type Store struct {
	inbox  *inbox
	ledger *ledger
	state  *state
	log    *log
}

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New(c Config) *Store {
	for _, d := range []struct {
		value *int
		def   int
	}{
		{&c.MaxPending, defaultMaxPending}, {&c.MaxKeys, defaultMaxKeys}, {&c.MaxDead, defaultMaxDead},
		{&c.MaxSends, defaultMaxSends}, {&c.MaxEntries, defaultMaxEntries}, {&c.MaxLines, defaultMaxLines},
	} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if c.Remember == 0 {
		c.Remember = defaultRemember
	}
	c.Clock = clock.Or(c.Clock)
	return &Store{inbox: newInbox(c), ledger: newLedger(c), state: newState(c), log: newLog(c)}
}

// Inbox implements store.Store.
func (s *Store) Inbox() store.Inbox { return s.inbox }

// Ledger implements store.Store.
func (s *Store) Ledger() store.Ledger { return s.ledger }

// State implements store.Store.
func (s *Store) State() store.State { return s.state }

// Log implements store.Store.
func (s *Store) Log() store.Log { return s.log }

// Durable implements store.Store: the contents are lost with the process.
func (s *Store) Durable() bool { return false }

// Flush implements store.Store: there is nothing to wait for.
func (s *Store) Flush(ctx context.Context) error { return ctx.Err() }

// Close implements store.Store. A waiting Lease returns store.ErrClosed.
func (s *Store) Close() error {
	s.inbox.close()
	s.ledger.close()
	s.state.close()
	s.log.close()
	return nil
}
