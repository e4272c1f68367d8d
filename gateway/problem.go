package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// manual is where the types of problems are explained.
const manual = "https://github.com/hongyan-go/hongyan/blob/main/docs/en/gateway.md#errors"

// problem writes an error of RFC 9457 outside of the API proper.
func problem(w http.ResponseWriter, status int, kind, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(failed(status, kind, detail))
}

// failed is an error of RFC 9457.
func failed(status int, kind, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: manual + "-" + kind, Status: status, Title: http.StatusText(status), Detail: detail}
}

// explained gives an error of huma the type that all errors have, and a detail that says what is
// wrong, and where. What was sent does not come back: it may be an upload.
func explained(_ huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok || p.Type != "" {
		return v, nil
	}
	kind := "body"
	var wrong []string
	for _, e := range p.Errors {
		e.Value = nil
		if strings.HasPrefix(e.Message, "invalid date/time for format") { // in the notation of Go
			e.Message = "write a time such as 2026-01-05T10:00:00+08:00"
		}
		wrong = append(wrong, e.Location+": "+e.Message)
		if !strings.HasPrefix(e.Location, "body") {
			kind = "parameter"
		}
	}
	switch p.Status {
	case http.StatusForbidden:
		kind = "right"
	case http.StatusInternalServerError:
		kind = "internal"
	}
	detail := p.Detail
	if len(wrong) > 0 {
		detail = strings.Join(wrong, "; ")
	}
	typed := failed(p.Status, kind, detail)
	typed.Errors = p.Errors
	return typed, nil
}

// problemOf is the error of RFC 9457 for an error of a request whose message is not in the ledger.
func problemOf(err error) error {
	var limit *outbox.LimitError
	var refused *api.Error
	is := func(targets ...error) bool {
		for _, t := range targets {
			if errors.Is(err, t) {
				return true
			}
		}
		return false
	}
	switch p := (interface{ GetStatus() int })(nil); {
	case errors.As(err, &p):
		return err
	case is(errNoMessage):
		return failed(http.StatusNotFound, "message", err.Error())
	case is(contacts.ErrUnknown, contacts.ErrAmbiguous, router.ErrNoAccount, router.ErrNoConversation):
		return failed(http.StatusUnprocessableEntity, "to", err.Error())
	case is(bot.ErrListenOnly):
		return failed(http.StatusForbidden, "to", err.Error())
	case is(outbox.ErrMismatch):
		return failed(http.StatusConflict, "key", err.Error())
	case errors.As(err, &limit):
		return failed(http.StatusTooManyRequests, "limit", err.Error())
	case errors.As(err, &refused) && refused.Ret != 0 && (refused.About() == api.AboutMessage || refused.About() == api.AboutUntold):
		return failed(http.StatusUnprocessableEntity, "refused", err.Error())
	case router.IsPermanent(err), is(api.ErrMissingField, router.ErrNotForwardable, media.ErrNotSILK, media.ErrNoDuration):
		return failed(http.StatusUnprocessableEntity, "body", err.Error())
	case is(media.ErrNoPublicURL, media.ErrFileServerFull):
		return failed(http.StatusServiceUnavailable, "files", err.Error())
	}
	return failed(http.StatusServiceUnavailable, "unavailable", err.Error())
}
