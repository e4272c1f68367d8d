// Package memory is the store back end that lives in the process. It is as quick as it gets, and what
// it holds is gone with the process: use it for tests, demos, and bots that may forget.
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

// Config of a store. The zero value works.
type Config struct {
	// MaxPending bounds the items that are not done; Append returns store.ErrFull beyond. 0 means DefaultMaxPending.
	MaxPending int
	// Remember is how long a key, and a send that is final, is known. 0 means DefaultRemember.
	Remember time.Duration
	// MaxKeys bounds the keys remembered; the oldest are forgotten first. 0 means DefaultMaxKeys.
	MaxKeys int
	// MaxDead bounds the dead letters; the oldest are forgotten first. 0 means DefaultMaxDead.
	MaxDead int
	// MaxSends bounds the ledger: the oldest final sends are forgotten first, and Reserve returns store.ErrFull if there are none. 0 means
	// DefaultMaxSends.
	MaxSends int
	// MaxEntries bounds the state; a new key beyond is store.ErrFull. 0 means DefaultMaxEntries.
	MaxEntries int
}

// Store is a store.Store in memory. Make it with New.
type Store struct {
	inbox  *inbox
	ledger *ledger
	state  *state
}

var _ store.Store = (*Store)(nil)

// New makes an empty store.
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

// Durable implements store.Store: what is here is gone with the process.
func (s *Store) Durable() bool { return false }

// Close implements store.Store. A waiting Lease returns store.ErrClosed.
func (s *Store) Close() error {
	s.inbox.close()
	s.ledger.close()
	s.state.close()
	return nil
}
