package store

import (
	"context"
	"time"
)

// SendState is what has become of a send.
type SendState string

// The states. A send begins as Queued or Held, becomes Sending right before the request leaves, and ends in one of the others.
const (
	Queued  SendState = "queued"  // waits for its turn
	Held    SendState = "held"    // waits for a person
	Sending SendState = "sending" // the request may have left the machine; after a crash it becomes Unknown
	Sent    SendState = "sent"    // the service said yes
	Refused SendState = "refused" // the service said no, or the request never left: nothing was sent
	Unknown SendState = "unknown" // it may have been sent: a person decides
	Expired SendState = "expired" // its time was over before its turn came: nothing was sent
)

// Final tells whether a send has its outcome: Sent, Refused, Unknown or Expired.
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
	// Key identifies the send: a second Reserve of the key answers with the first.
	Key string
	// Account is the appId, Target the wxid or group id, Endpoint the path of the call, Body its JSON: a secret like the message.
	Account, Target, Endpoint string
	Body                      []byte
	// Class tells answers from notices: what goes first, and which limits hold.
	Class string
	// Source is who sends: the name of a route or a plugin. Event is the key of the message that it answers; empty if it answers none.
	Source, Event string

	State SendState
	// Attempts counts the requests that were begun.
	Attempts int
	// Result is the JSON of what the service answered; Reason says why the state is not Sent. Neither holds message text or secrets.
	Result []byte
	Reason string

	// NotBefore and Expires bound when it may go out; zero means any time.
	NotBefore, Expires time.Time

	// The back end fills in the rest: Seq is the place in the order of Reserve, Revision grows with every change.
	Created, Updated time.Time
	Seq, Revision    uint64
}

// DefaultListLimit is how many sends a List has at most that does not say.
const DefaultListLimit = 100

// SendQuery selects sends. Zero fields select all.
type SendQuery struct {
	States          []SendState
	Account, Target string
	// After is the Seq behind which the list begins, Limit how many it has at most; 0 means DefaultListLimit.
	After uint64
	Limit int
}

// Ledger keeps every send with its outcome, so that nothing is sent twice. The rules for implementers, beside those of Store:
//
//   - Of two Reserves of one key, also at once, exactly one adds.
//   - Update compares the revision and writes in one step: of two Updates of one revision exactly one succeeds.
//   - Update changes State, Attempts, Result, Reason, NotBefore, Expires, and Body (which may be emptied), nothing else.
//   - A send that is final is kept for days, at least as long as the keys of the inbox; others are kept until they are final.
type Ledger interface {
	// Reserve stores a new send. If the key is known, it returns what is stored under it, and false.
	Reserve(ctx context.Context, s Send) (stored Send, added bool, err error)
	// Update stores a change of a send that was read before, and returns it with its new revision. ErrConflict means that it was changed
	// since, ErrNotFound that it is gone.
	Update(ctx context.Context, s Send) (Send, error)
	// Get reads a send; ErrNotFound if there is none.
	Get(ctx context.Context, key string) (Send, error)
	// List lists sends in the order of their Seq.
	List(ctx context.Context, q SendQuery) ([]Send, error)
	// Count counts sends by state.
	Count(ctx context.Context) (map[SendState]int, error)
}
