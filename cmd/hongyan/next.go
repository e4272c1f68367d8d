package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/reach"
	"github.com/hongyan-go/hongyan/outbox"
)

// advised adds what to do next to an error that does not say it itself.
func advised(err error) error {
	if next := nextStep(err); next != "" {
		return fmt.Errorf("%w\n  → %s", err, next)
	}
	return err
}

func nextStep(err error) string {
	var (
		said *reach.Problem
		call *api.Error
	)
	switch {
	case errors.As(err, &said), errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, api.ErrDeviceUnknown):
		return "check that the token (HONGYAN_TOKEN) and the account (--app-id) are of the same service; hongyan login takes an account in"
	case errors.Is(err, api.ErrOffline):
		return "hongyan login logs the account in again, with the same device"
	case errors.Is(err, contacts.ErrUnknown):
		return "hongyan contacts and hongyan groups list the names and ids"
	case errors.Is(err, outbox.ErrUnknown):
		return "look into the chat whether it has arrived, then hongyan outbox sent, resend or drop KEY"
	case errors.As(err, &call) && (errors.Is(err, api.ErrTokenInvalid) || !reach.Refused(err)):
		return reach.Service(err).Do + "; hongyan doctor tells more"
	}
	return ""
}
