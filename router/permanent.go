package router

import (
	"errors"
	"slices"

	"github.com/hongyan-go/hongyan/media"
)

// Permanent marks an error that another try cannot mend, so that the message goes to the dead letters at once instead of keeping its conversation
// waiting. nil stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// IsPermanent tells whether an error, or one that it wraps, was marked by Permanent, or is final.
func IsPermanent(err error) bool {
	var p *permanentError
	return errors.As(err, &p) || IsFinal(err)
}

// IsFinal tells whether no try can mend an error, now or ever, since the message itself is the reason: ErrNoConversation, ErrNotForwardable and
// media.ErrNotDownloadable. Such a message is not kept as a dead letter. Of several errors in one, each must be final.
func IsFinal(err error) bool {
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

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }
