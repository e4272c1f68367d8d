package store

import (
	"context"
	"fmt"
	"time"
)

// MaxKey bounds a key of the state, and MaxValue a value, in bytes: every back end can store these
// sizes.
const (
	MaxKey   = 512
	MaxValue = 512 << 10
)

// Entry is a value of the state.
type Entry struct {
	Key   string
	Value []byte
	// Revision changes with every Put and Swap of the key, and never repeats, even after a Delete.
	Revision uint64
	// Expires is the time at which the entry expires; zero means never.
	Expires time.Time
}

// State is a small key-value store. Keys are paths such as "session/wx_app/wxid_alice". The rules
// for implementers, in addition to those of Store:
//
//   - An expired entry does not exist, also for Get, List and Swap.
//   - Swap compares the revision and writes atomically: of two Swaps of one revision, exactly one
//     succeeds.
//   - Put and Swap replace the time to live: 0 means forever.
//   - Keys up to MaxKey and values up to MaxValue bytes are accepted; longer ones are an error.
type State interface {
	// Get returns an entry, or ErrNotFound.
	Get(ctx context.Context, key string) (Entry, error)
	// Put writes a value, replacing any other.
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) (revision uint64, err error)
	// Swap writes a value if the entry still has the revision; 0 means that there must be no entry.
	// Otherwise it returns ErrConflict.
	Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error)
	// Delete removes a value; it does nothing if there is none.
	Delete(ctx context.Context, key string) error
	// List returns up to limit entries whose keys begin with prefix and are greater than after, in
	// the order of the keys.
	List(ctx context.Context, prefix, after string, limit int) ([]Entry, error)
}

// CheckEntry returns an error for a key or a value that violates the contract. Back ends call it.
func CheckEntry(key string, value []byte) error {
	switch {
	case key == "" || len(key) > MaxKey:
		return fmt.Errorf("store: a key has 1 to %d bytes, this one has %d", MaxKey, len(key))
	case len(value) > MaxValue:
		return fmt.Errorf("store: a value has at most %d bytes, this one has %d", MaxValue, len(value))
	}
	return nil
}
