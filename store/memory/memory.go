// Package memory is a store back end in the memory of the process. It is fast, but its contents are
// lost with the process: use it for tests, demos, and bots that may forget.
package memory

import (
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	DefaultMaxPending = 100_000
	DefaultRemember   = 7 * 24 * time.Hour
	DefaultMaxKeys    = 1_000_000
	DefaultMaxDead    = 1_000
	DefaultMaxSends   = 100_000
	DefaultMaxEntries = 100_000
)

// Config configures a Store. The zero value works.
type Config struct {
	// MaxPending bounds the items that are not done; beyond it, Append returns store.ErrFull. 0
	// means DefaultMaxPending.
	MaxPending int
	// Remember is how long keys and final sends are remembered. 0 means DefaultRemember.
	Remember time.Duration
	// MaxKeys bounds the remembered keys; the oldest are forgotten first. 0 means DefaultMaxKeys.
	MaxKeys int
	// MaxDead bounds the dead letters; the oldest are forgotten first. 0 means DefaultMaxDead.
	MaxDead int
	// MaxSends bounds the ledger: the oldest final sends are forgotten first, and Reserve returns
	// store.ErrFull if there are none. 0 means DefaultMaxSends.
	MaxSends int
	// MaxEntries bounds the state; beyond it, a new key gives store.ErrFull. 0 means
	// DefaultMaxEntries.
	MaxEntries int
}

// Store is a store.Store in memory. It is created by New.
type Store struct {
	inbox  *inbox
	ledger *ledger
	state  *state
}

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New(c Config) *Store {
	for _, d := range []struct {
		value *int
		def   int
	}{
		{&c.MaxPending, DefaultMaxPending}, {&c.MaxKeys, DefaultMaxKeys}, {&c.MaxDead, DefaultMaxDead},
		{&c.MaxSends, DefaultMaxSends}, {&c.MaxEntries, DefaultMaxEntries},
	} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if c.Remember == 0 {
		c.Remember = DefaultRemember
	}
	return &Store{inbox: newInbox(c), ledger: newLedger(c), state: newState(c)}
}

// Inbox implements store.Store.
func (s *Store) Inbox() store.Inbox { return s.inbox }

// Ledger implements store.Store.
func (s *Store) Ledger() store.Ledger { return s.ledger }

// State implements store.Store.
func (s *Store) State() store.State { return s.state }

// Durable implements store.Store: the contents are lost with the process.
func (s *Store) Durable() bool { return false }

// Close implements store.Store. A waiting Lease returns store.ErrClosed.
func (s *Store) Close() error {
	s.inbox.close()
	s.ledger.close()
	s.state.close()
	return nil
}
