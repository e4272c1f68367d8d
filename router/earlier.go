package router

import (
	"errors"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/journal"
)

type sendResult = journal.Result[api.SentMessage]

// errFailedBefore is a send of an earlier run that failed.
var errFailedBefore = errors.New("router: this send failed before the handler ran again")

// earlier is what a send returned that an earlier run of the handler did.
func earlier(r *sendResult) (*api.SentMessage, error) {
	switch {
	case r.Failed:
		return nil, errFailedBefore
	case r.Sent == nil:
		return &api.SentMessage{}, nil
	}
	return r.Sent, nil
}
