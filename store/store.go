// Package store says what must survive a crash, and what a back end promises about it.
//
// A [Store] has three parts: the [Inbox] of accepted callbacks, the [Ledger] of sends, and the [State] of everything else: sessions,
// schedules, budgets, the kill switch. The contracts are in the comments of the interfaces; package storetest checks them against
// any back end. store/memory keeps everything in the process, store/sqlite in one file, store/nats in a JetStream cluster; nothing
// above this package knows which one runs.
package store

import (
	"errors"
	"time"
)

// The errors that a back end returns, wrapped or bare.
var (
	// ErrFull means that there is no room: nothing was stored, so nothing may be acknowledged.
	ErrFull = errors.New("store: full")
	// ErrLeaseLost means that the lease ran out and the item is, or may be, in other hands.
	ErrLeaseLost = errors.New("store: the lease is lost")
	// ErrConflict means that somebody else has changed the entry since it was read.
	ErrConflict = errors.New("store: changed by somebody else")
	// ErrClosed means that the back end has been closed.
	ErrClosed = errors.New("store: closed")
	// ErrNotFound means that there is no such item or entry.
	ErrNotFound = errors.New("store: not found")
	// ErrUnavailable means that the back end cannot be reached now: whether the change was stored is not known.
	ErrUnavailable = errors.New("store: unavailable")
)

// Bound is a stored time until which something waits or lives, bounded by what it can be: at most most after now. The clock that it was set by may have been
// ahead, or was set back since. The zero time stays, which means never.
func Bound(until, now time.Time, most time.Duration) time.Time {
	if latest := now.Add(most); until.After(latest) {
		return latest
	}
	return until
}

// Store is a back end. The rules for implementers:
//
//   - Every method of its parts is safe for concurrent use, and returns ErrClosed after Close.
//   - A method that changes something returns when the change is as durable as the back end promises. On an error nothing is changed,
//     except with ErrUnavailable and the errors of the context, where it is not known.
//   - A clock that is set back lengthens nothing by more than its own time: what is stored until a time is bounded by what was asked for, at the start
//     and when it is read.
//   - The parts are the same values at every call.
type Store interface {
	Inbox() Inbox
	Ledger() Ledger
	State() State
	// Durable tells whether what is stored outlives the process. If not, a shutdown finishes what it can.
	Durable() bool
	// Close releases the back end. Leases end; their items stay stored if the back end is durable. A second Close does nothing.
	Close() error
}
