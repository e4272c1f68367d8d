// Package store defines what must survive a crash, and the contract of the back ends.
//
// A [Store] has four parts: the [Inbox] of accepted callbacks, the [Ledger] of sends, the [Log] of
// what happened, and the [State] of everything else: values of plugins, schedules, budgets, the
// pause switch. The contracts are in the comments of the interfaces; package storetest checks them
// against any back end. store/memory keeps everything in the process, store/sqlite in a file,
// store/nats in a JetStream cluster; packages above this one do not know which back end is used.
package store

import (
	"context"
	"errors"
	"time"
)

// The errors that a back end returns, possibly wrapped.
var (
	// ErrFull means that the store is full: nothing was stored, so nothing may be acknowledged.
	ErrFull = errors.New("store: full")
	// ErrLeaseLost means that the lease has expired and another worker has, or may have, the item.
	ErrLeaseLost = errors.New("store: the lease is lost")
	// ErrConflict means that the entry was changed since it was read.
	ErrConflict = errors.New("store: changed since it was read")
	// ErrClosed means that the back end has been closed.
	ErrClosed = errors.New("store: closed")
	// ErrNotFound means that there is no such item or entry.
	ErrNotFound = errors.New("store: not found")
	// ErrUnavailable means that the back end cannot be reached; it is unknown whether the change
	// was stored.
	ErrUnavailable = errors.New("store: unavailable")
)

// Bound returns the stored time until, or now plus most if that is earlier. The clock that set the
// time may have been ahead, or may have been set back since. The zero time, which means never, is
// returned as it is.
func Bound(until, now time.Time, most time.Duration) time.Time {
	if latest := now.Add(most); until.After(latest) {
		return latest
	}
	return until
}

// Store is a back end. The rules for implementers:
//
//   - Every method of its parts is safe for concurrent use, and returns ErrClosed after Close.
//   - A change is ordered when the call that makes it returns: every later call sees it, and a
//     crash that loses it also loses each change that was made after it. So a crash loses the
//     latest changes, if any, and never one from the middle.
//   - A change is durable when a crash, also one of the machine, does not lose it. Two changes are
//     durable when their call returns: Append of the inbox, even of a known key, since the service
//     may then forget the message; and Reserve and Update of the ledger with the state Sending,
//     since the request then leaves. All changes before them are durable then, too. The others
//     become durable soon, without a call; Flush waits for them.
//   - On an error nothing has changed, except with ErrUnavailable and the errors of the context,
//     where this is unknown.
//   - A clock that is set back extends a time by at most the requested duration: the back end
//     bounds stored times by the durations that were requested, at the start and when it reads
//     them.
//   - The parts are the same values for every call.
type Store interface {
	Inbox() Inbox
	Ledger() Ledger
	State() State
	Log() Log
	// Durable reports whether the contents outlive the process. If not, a shutdown finishes as much
	// as it can.
	Durable() bool
	// Flush returns when every change whose call has returned is durable, as far as the back end
	// is.
	Flush(ctx context.Context) error
	// Close makes all changes durable and releases the back end. Leases end; their items remain
	// stored if the back end is durable. A second Close does nothing.
	Close() error
}
