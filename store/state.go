package store

import (
	"context"
	"fmt"
	"time"
)

// MaxKey bounds a key of the state, and MaxValue a value, in bytes: what every back end can hold.
const (
	MaxKey   = 512
	MaxValue = 512 << 10
)

// Entry is a value of the state.
type Entry struct {
	Key   string
	Value []byte
	// Revision changes with every Put and Swap of the key, and is never the same again, also after a Delete.
	Revision uint64
	// Expires is when the entry ends; zero means never.
	Expires time.Time
}

// State is a small key-value store. Keys are text with slashes, such as "session/wx_app/wxid_alice". The rules for implementers, beside
// those of Store:
//
//   - An entry whose time is over is not there: not for Get, List and Swap either.
//   - Swap compares the revision and writes in one step: of two Swaps of one revision exactly one succeeds.
//   - Put and Swap replace the time to live: 0 means for ever.
//   - Keys up to MaxKey and values up to MaxValue bytes are taken; longer ones are an error.
type State interface {
	// Get reads a value; ErrNotFound if there is none.
	Get(ctx context.Context, key string) (Entry, error)
	// Put writes a value, whatever was there.
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) (revision uint64, err error)
	// Swap writes a value if the entry still has the revision; 0 means that there must be none. Otherwise ErrConflict.
	Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error)
	// Delete removes a value; nothing happens if there is none.
	Delete(ctx context.Context, key string) error
	// List lists up to limit entries whose keys begin with prefix and come behind after, in the order of the keys.
	List(ctx context.Context, prefix, after string, limit int) ([]Entry, error)
}

// CheckEntry reports a key or a value that the contract does not let in. Back ends call it.
func CheckEntry(key string, value []byte) error {
	switch {
	case key == "" || len(key) > MaxKey:
		return fmt.Errorf("store: a key has 1 to %d bytes, this one has %d", MaxKey, len(key))
	case len(value) > MaxValue:
		return fmt.Errorf("store: a value has at most %d bytes, this one has %d", MaxValue, len(value))
	}
	return nil
}
