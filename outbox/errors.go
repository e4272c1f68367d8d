package outbox

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

// The kinds of errors, for errors.Is.
var (
	// ErrUnknown means that the message may have been sent. It is not sent again unless a person
	// decides so.
	ErrUnknown = errors.New("outbox: it may have been sent")
	// ErrRefused means that the service, a gate or a person said no.
	ErrRefused = errors.New("outbox: refused")
	// ErrPending means that the message has no outcome yet, but will get one.
	ErrPending = errors.New("outbox: not sent yet")
	// ErrExpired means that the message was not sent within its time.
	ErrExpired = errors.New("outbox: expired")
	// ErrPaused means that sending is stopped.
	ErrPaused = errors.New("outbox: sending is stopped")
	// ErrMismatch means that the key belongs to another message.
	ErrMismatch = errors.New("outbox: another message has this key")
)

// NotSentError is a send that was given up: nothing reached the service. A Send of the same key
// tries again.
type NotSentError struct {
	Endpoint string
	// Err is ErrExpired, ErrPaused, a *LimitError, a *RetryLaterError, the cause of a context, or
	// why the request did not reach the service.
	Err error
}

// Error names the call and the cause.
func (e *NotSentError) Error() string {
	return reason.NotSent.With(e.Endpoint, fmt.Sprint(e.Err))
}

// Unwrap is the cause.
func (e *NotSentError) Unwrap() error { return e.Err }

// Executed is always no.
func (e *NotSentError) Executed() api.Executed { return api.ExecutedNo }

// LimitError is a limit that would keep an answer waiting for too long.
type LimitError struct {
	Limit string    // the setting: "Pace.New.PerHour"
	Max   int       // its value
	Until time.Time // when it allows the next message
}

// Error names the setting.
func (e *LimitError) Error() string {
	return reason.LimitReached.With(e.Limit, strconv.Itoa(e.Max), e.Until.Format("2006-01-02 15:04:05 MST"))
}

// RetryLaterError is a pause that the service has asked for, by HTTP 429 or Retry-After, and that
// would keep an answer waiting for too long.
type RetryLaterError struct {
	Until time.Time // when the next request may go out
}

// Error says until when.
func (e *RetryLaterError) Error() string {
	return reason.ServicePause.With(e.Until.Format("2006-01-02 15:04:05 MST"))
}

// RefusedError is a message that was not sent because the service said no, or a gate or a person
// dropped it.
type RefusedError struct {
	Key      string
	Endpoint string
	Dropped  bool   // a person dropped it
	Gate     string // the name of the gate that dropped it; empty if none did
	Reason   string // what the service said
	Err      error  // the *api.Error the first time; later ErrTokenInvalid, ErrOffline or nil
}

// Error names the call and the reason.
func (e *RefusedError) Error() string {
	if e.Gate != "" {
		return reason.GateDropped.With(e.Endpoint, e.Gate, e.Reason)
	}
	if e.Err != nil && e.Err.Error() == e.Reason {
		return reason.Refused.With(e.Reason)
	}
	return reason.RefusedKey.With(e.Endpoint, e.Reason)
}

// Unwrap is ErrRefused and what the service said, as far as it is known.
func (e *RefusedError) Unwrap() []error { return []error{ErrRefused, e.Err} }

// Executed is always no.
func (e *RefusedError) Executed() api.Executed { return api.ExecutedNo }

// UnknownError is a message that may have been sent.
type UnknownError struct {
	Key      string
	Endpoint string
	Reason   string
	Err      error // the *api.Error the first time; nil when the ledger tells it
}

// Error says what a person can do.
func (e *UnknownError) Error() string {
	return reason.MaybeSent.With(e.Endpoint, e.Reason, strconv.Quote(e.Key))
}

// Reported is always true: the outbox logs the send, once, and lists it until a person decides.
func (e *UnknownError) Reported() bool { return true }

// Unwrap is ErrUnknown and the error of the call.
func (e *UnknownError) Unwrap() []error { return []error{ErrUnknown, e.Err} }

// Executed is always unknown.
func (e *UnknownError) Executed() api.Executed { return api.ExecutedUnknown }

// pendingError is a message that is still in the queue, or on its way. A Send of the same key joins
// it.
type pendingError struct {
	Key      string
	Endpoint string
	Err      error // why it was not waited for
}

// Error names the call and the cause.
func (e *pendingError) Error() string {
	return reason.Pending.With(e.Endpoint, fmt.Sprint(e.Err))
}

// Unwrap is ErrPending and the cause.
func (e *pendingError) Unwrap() []error { return []error{ErrPending, e.Err} }

// Executed is always unknown.
func (e *pendingError) Executed() api.Executed { return api.ExecutedUnknown }

// MismatchError is a message whose key belongs to another: the handler sends something else than
// when it ran before. It was not sent.
type MismatchError struct {
	Key                          string
	Endpoint, Target             string // of the message
	StoredEndpoint, StoredTarget string // of the one that is known
	State                        store.SendState
}

// Error says what is wrong with the handler.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("outbox: %s to %s not sent: under the key %q the ledger has %s to %s (%s); a handler that runs again must "+
		"send the same in the same order, or give its sends keys of their own", e.Endpoint, e.Target, e.Key, e.StoredEndpoint,
		e.StoredTarget, e.State)
}

// Is reports that it is ErrMismatch.
func (e *MismatchError) Is(target error) bool { return target == ErrMismatch }

// Executed is always no.
func (e *MismatchError) Executed() api.Executed { return api.ExecutedNo }
