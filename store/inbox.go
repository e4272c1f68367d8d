package store

import (
	"context"
	"time"
)

// Item is one accepted callback.
type Item struct {
	// Key identifies the message: a second item with the same key is dropped. Empty means that the
	// item has no identity and is never a duplicate.
	Key string
	// Lane is the conversation. The items of a lane are handed out one at a time, in the order of Append.
	Lane string
	// Body is the callback as it was posted.
	Body []byte
	// Received is when it was posted.
	Received time.Time
}

// Lease is an item in the hands of one worker.
type Lease struct {
	Item
	// Seq is the item's place in the inbox. It grows with every Append.
	Seq uint64
	// Attempt counts the leases of the item: 1 the first time.
	Attempt int
	// Fence grows with every lease of the item. The back end refuses an older one.
	Fence uint64
}

// Failure tells why an item could not be handled. Neither field may hold message text or secrets.
type Failure struct {
	Reason string
	Stack  string
}

// DeadItem is an item that was given up.
type DeadItem struct {
	Item
	Seq      uint64
	Attempts int
	Failure  Failure
	Buried   time.Time
}

// InboxStats counts what an inbox holds.
type InboxStats struct {
	Pending int       // waiting, delayed retries included
	Leased  int       // in the hands of a worker
	Dead    int       // given up
	Keys    int       // keys remembered for deduplication
	Oldest  time.Time // when the oldest item was received that is neither done nor dead; zero if there is none
}

// Inbox keeps accepted callbacks until they are handled. The rules for implementers, beside those of Store:
//
//   - The key and the item are stored in one step: no crash leaves one without the other.
//   - A key is remembered for days, also after its item is done.
//   - Lease hands out at most one item of a lane at a time, the oldest first; the lane is taken until
//     the lease ends by Complete, Retry or Bury, or runs out. Lanes wait for nothing but themselves.
//   - Between lanes the item that was appended first goes first. A back end that is shared by several processes
//     keeps this rule within what one process works on.
//   - A lease that runs out puts the item back at the head of its lane. A lease whose process has died runs out, at the latest, in its time.
//   - Complete, Retry, Bury and Extend return ErrLeaseLost when the lease is not current any more,
//     and change nothing then.
//   - After Retry the lane waits until the delay is over: later items do not overtake.
//   - After Bury the lane goes on with its next item; the dead item is kept until Revive or Drop.
//   - Retry with its failure, and Bury, are kept: a crash does not set the attempts of an item back.
type Inbox interface {
	// Append stores an item. It reports false if the key was known: the item is then dropped.
	Append(ctx context.Context, item Item) (added bool, err error)
	// Lease waits until at least one item is ready, or ctx is done, and takes up to limit items of
	// different lanes for the time ttl.
	Lease(ctx context.Context, limit int, ttl time.Duration) ([]Lease, error)
	// Extend lengthens a lease: it then runs out after ttl from now.
	Extend(ctx context.Context, lease Lease, ttl time.Duration) error
	// Complete ends a lease: the item is done.
	Complete(ctx context.Context, lease Lease) error
	// Retry ends a lease: the item is handed out again after delay.
	Retry(ctx context.Context, lease Lease, delay time.Duration, why Failure) error
	// Release ends a lease as if it had never been: the item is ready at once, and the attempt does not count. A shutdown does it.
	Release(ctx context.Context, lease Lease) error
	// Bury ends a lease: the item is given up and goes to the dead letters.
	Bury(ctx context.Context, lease Lease, why Failure) error

	// Dead lists up to limit dead items with a Seq above after, in order.
	Dead(ctx context.Context, after uint64, limit int) ([]DeadItem, error)
	// Revive puts a dead item back at the end of its lane, with its attempts at zero. Items that are revived in order are handled in order.
	Revive(ctx context.Context, seq uint64) error
	// Drop forgets a dead item.
	Drop(ctx context.Context, seq uint64) error

	// Stats counts.
	Stats(ctx context.Context) (InboxStats, error)
}
