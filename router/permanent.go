package router

import (
	"errors"
	"slices"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/outbox"
)

// Permanent marks an error that another run of the handler cannot fix, so that the message goes to
// the dead letters at once instead of keeping its conversation waiting. nil stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// IsPermanent reports whether an error, or one that it wraps, was marked by Permanent, is final, or
// is the outcome of a send that the ledger gives every run: an *outbox.RefusedError (unless a
// person can fix the account), *outbox.UnknownError or *outbox.MismatchError. The errors of steps
// that do not depend on each other, as Each and a *ForwardError hold them, must all be: otherwise
// another run fixes the rest, and finds the others in the ledger.
func IsPermanent(err error) bool {
	if IsFinal(err) {
		return true
	}
	switch e := err.(type) { //nolint:errorlint // it looks at each level of the chain
	case *permanentError:
		return true
	case *outbox.UnknownError, *outbox.RefusedError, *outbox.MismatchError: // the ledger gives every run the same answer
		return !errors.Is(err, api.ErrOffline) && !errors.Is(err, api.ErrTokenInvalid) // a person can fix the account
	case interface{ separate() []error }:
		return !slices.ContainsFunc(e.separate(), func(err error) bool { return !IsPermanent(err) })
	case interface{ Unwrap() error }:
		return IsPermanent(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), IsPermanent)
	}
	return false
}

// IsFinal reports whether no run can ever fix an error, since the message itself is the reason:
// ErrNoConversation, ErrNotForwardable and media.ErrNotDownloadable, or that nothing failed,
// since a gate has dropped the answer. Such a message is not kept as a dead letter. Of several
// errors in one, each must be final.
func IsFinal(err error) bool {
	if refused, ok := err.(*outbox.RefusedError); ok && refused.Gate != "" { //nolint:errorlint // of this level
		return true
	}
	if slices.Contains([]error{ErrNoConversation, ErrNotForwardable, media.ErrNotDownloadable}, err) {
		return true
	}
	switch e := err.(type) { //nolint:errorlint // errors.Is does not tell whether all of several are final
	case interface{ Unwrap() error }:
		return IsFinal(e.Unwrap())
	case interface{ Unwrap() []error }:
		errs := e.Unwrap()
		for _, err := range errs {
			if !IsFinal(err) {
				return false
			}
		}
		return len(errs) > 0
	}
	return false
}

// Each joins the errors of steps that do not depend on each other, such as sends to different
// groups; nil errors are left out, and without any other it is nil. It differs from errors.Join in
// that it is permanent only if each of them is.
func Each(errs ...error) error {
	errs = slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err == nil })
	if len(errs) == 0 {
		return nil
	}
	return &eachError{errors.Join(errs...), errs}
}

type eachError struct {
	joined error
	errs   []error
}

func (e *eachError) Error() string     { return e.joined.Error() }
func (e *eachError) Unwrap() []error   { return e.errs }
func (e *eachError) separate() []error { return e.errs }

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }
