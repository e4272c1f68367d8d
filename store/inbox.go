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
	// Lane is the queue of the item's conversation. The items of a lane are leased one at a time,
	// in the order of Append.
	Lane string
	// Body is the callback as it was posted.
	Body []byte
	// Received is the time at which it was posted.
	Received time.Time
}

// Lease is an item that one worker has leased.
type Lease struct {
	Item
	// Seq is the position of the item in the inbox. It grows with every Append.
	Seq uint64
	// Attempt counts the leases of the item: 1 the first time.
	Attempt int
	// Fence grows with every lease of the item. The back end refuses an older one.
	Fence uint64
}

// Failure says why an item could not be handled. Neither field may contain message text or secrets.
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
	Pending int       // waiting, including delayed retries
	Leased  int       // leased by a worker
	Dead    int       // given up
	Keys    int       // keys remembered for deduplication
	Oldest  time.Time // Received of the oldest item that is neither done nor dead; zero if there is none
}

// Inbox stores accepted callbacks until they are handled. The rules for implementers, in addition
// to those of Store:
//
//   - The key and the item are stored atomically: no crash leaves one without the other.
//   - A key is remembered for days, even after its item is done.
//   - Lease returns at most one item of a lane at a time, oldest first. The lane is blocked until
//     the lease ends by Complete, Retry or Bury, or expires. Lanes do not wait for each other.
//   - Among lanes, the item that was appended first is leased first. A back end that several
//     processes share follows this rule among the lanes of one process.
//   - A lease that expires puts the item back at the head of its lane. The lease of a dead process
//     expires after its ttl at the latest.
//   - Complete, Retry, Bury and Extend return ErrLeaseLost if the lease is no longer current, and
//     change nothing.
//   - After Retry, the lane waits until the delay has passed: later items do not overtake.
//   - After Bury, the lane continues with its next item; the dead item is kept until Revive or
//     Drop.
//   - Lease, Retry with its failure, and Bury are stored like every change: a crash of the process
//     does not reset the attempts of an item.
type Inbox interface {
	// Append stores an item. It returns false if the key is known; the item is then dropped.
	Append(ctx context.Context, item Item) (added bool, err error)
	// Lease waits until at least one item is ready, or ctx is done, and takes up to limit items of
	// different lanes for the time ttl.
	Lease(ctx context.Context, limit int, ttl time.Duration) ([]Lease, error)
	// Extend extends a lease until ttl from now.
	Extend(ctx context.Context, lease Lease, ttl time.Duration) error
	// Complete ends a lease: the item is done.
	Complete(ctx context.Context, lease Lease) error
	// Retry ends a lease: the item can be leased again after delay.
	Retry(ctx context.Context, lease Lease, delay time.Duration, why Failure) error
	// Release undoes a lease: the item is ready immediately, and the attempt does not count. It is
	// for shutdowns.
	Release(ctx context.Context, lease Lease) error
	// Bury ends a lease: the item is given up and goes to the dead letters.
	Bury(ctx context.Context, lease Lease, why Failure) error

	// Dead lists up to limit dead items with a Seq above after, in order.
	Dead(ctx context.Context, after uint64, limit int) ([]DeadItem, error)
	// Revive puts a dead item at the end of its lane, with zero attempts. Items that are revived in
	// order are handled in order.
	Revive(ctx context.Context, seq uint64) error
	// Drop deletes a dead item.
	Drop(ctx context.Context, seq uint64) error

	// Stats returns the current counts.
	Stats(ctx context.Context) (InboxStats, error)
}
