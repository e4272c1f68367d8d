package store

import (
	"context"
	"time"
)

// SendState is the state of a send.
type SendState string

// The states. A send begins as Queued or Held, becomes Sending right before the request leaves, and
// ends in one of the others.
const (
	Queued  SendState = "queued"  // waits for its turn
	Held    SendState = "held"    // waits for the release by a person
	Sending SendState = "sending" // the request may have left the machine; after a crash it becomes Unknown
	Sent    SendState = "sent"    // the service accepted it
	Refused SendState = "refused" // the service refused it, or the request never left: nothing was sent
	Unknown SendState = "unknown" // it may have been sent; a person decides
	Expired SendState = "expired" // it expired before its turn: nothing was sent
)

// Final reports whether a send has its outcome: Sent, Refused, Unknown or Expired.
func (s SendState) Final() bool {
	switch s {
	case Sent, Refused, Unknown, Expired:
		return true
	case Queued, Held, Sending:
	}
	return false
}

// Send is the entry of one message in the ledger.
type Send struct {
	// Key identifies the send: a second Reserve of the key returns the first send.
	Key string
	// Account is the appId, Target the wxid or group id, Endpoint the path of the call. Body is the
	// JSON of the call, as secret as the message.
	Account, Target, Endpoint string
	Body                      []byte
	// Class separates answers from proactive sends. It decides which goes first and which limits
	// apply.
	Class string
	// Source is the sender: the name of a route or a plugin. Event is the key of the message that
	// it answers; empty if there is none.
	Source, Event string

	State SendState
	// Attempts counts the requests that were started.
	Attempts int
	// Result is the JSON of the answer of the service. Reason says why the state is not Sent.
	// Neither contains message text or secrets.
	Result []byte
	Reason string

	// NotBefore and Expires bound the time of the request; zero means no bound.
	NotBefore, Expires time.Time

	// The back end sets the rest: Seq is the position in the order of Reserve, Revision grows with
	// every change.
	Created, Updated time.Time
	Seq, Revision    uint64
}

// DefaultListLimit is the limit of a List without one.
const DefaultListLimit = 100

// SendQuery selects sends. Zero fields select all.
type SendQuery struct {
	States          []SendState
	Account, Target string
	// After is the Seq after which the list begins. Limit is its maximum length; 0 means
	// DefaultListLimit.
	After uint64
	Limit int
}

// Ledger stores every send with its outcome, so that nothing is sent twice. The rules for
// implementers, in addition to those of Store:
//
//   - Of two Reserves of one key, even concurrent ones, exactly one adds.
//   - Update compares the revision and writes atomically: of two Updates of one revision, exactly
//     one succeeds.
//   - Update changes State, Attempts, Result, Reason, NotBefore, Expires, and Body (which may be
//     emptied), and nothing else.
//   - A final send is kept for days, at least as long as the keys of the inbox; other sends are
//     kept until they are final.
type Ledger interface {
	// Reserve stores a new send. If the key is known, it returns the stored send, and false.
	Reserve(ctx context.Context, s Send) (stored Send, added bool, err error)
	// Update stores a change of a send that was read before, and returns it with its new revision.
	// ErrConflict means that the send has changed since, ErrNotFound that it no longer exists.
	Update(ctx context.Context, s Send) (Send, error)
	// Get returns a send, or ErrNotFound.
	Get(ctx context.Context, key string) (Send, error)
	// List returns sends in the order of their Seq.
	List(ctx context.Context, q SendQuery) ([]Send, error)
	// Count returns the number of sends in each state.
	Count(ctx context.Context) (map[SendState]int, error)
}
