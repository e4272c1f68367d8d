package main

import (
	"context"
	"errors"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reach"
	"github.com/hongyan-go/hongyan/outbox"
)

// advised adds what to do next to an error that does not say it itself.
func advised(err error) error {
	if next := nextStep(err); !next.IsZero() {
		return phrase.Errorf("%w\n  → %v", err, next)
	}
	return err
}

func nextStep(err error) phrase.Text {
	var (
		said *reach.Problem
		call *api.Error
	)
	switch {
	case errors.As(err, &said), errors.Is(err, context.Canceled):
		return phrase.Text{}
	case errors.Is(err, api.ErrDeviceUnknown):
		return phrase.New("check that the token (HONGYAN_TOKEN) and the account (--app-id) are of the same service; " +
			"hongyan login takes an account in")
	case errors.Is(err, api.ErrOffline):
		return phrase.New("hongyan login logs the account in again, with the same device")
	case errors.Is(err, contacts.ErrUnknown):
		return phrase.New("hongyan contacts and hongyan groups list the names and ids")
	case errors.Is(err, outbox.ErrUnknown):
		return phrase.New("look into the chat whether it has arrived, then hongyan outbox sent, resend or drop KEY")
	case errors.As(err, &call) && (errors.Is(err, api.ErrTokenInvalid) || !reach.Refused(err)):
		return phrase.New("%v; hongyan doctor tells more", reach.Service(err).Do)
	}
	return phrase.Text{}
}
