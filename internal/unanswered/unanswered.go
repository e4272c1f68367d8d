// Package unanswered keeps for a while why messages got no answer, for "hongyan explain KEY". It
// keeps no text of messages.
package unanswered

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Note says why a message got no answer.
type Note struct {
	Time    time.Time `json:"time"`
	Account string    `json:"account"`
	Kind    string    `json:"kind"`
	Chat    string    `json:"chat"`
	Sender  string    `json:"sender,omitempty"`
	Dropped string    `json:"dropped,omitempty"` // the reason of a middleware
	Route   string    `json:"route,omitempty"`   // that handled it, and sent nothing
	Reason  string    `json:"reason"`
	// Routes are the first of those that were tried, if none handled the message.
	Routes []Route `json:"routes,omitempty"`
	More   int     `json:"more,omitempty"` // routes that are left out
}

// Route is why a route did not handle a message.
type Route struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// ErrNotFound means that nothing is known of a message.
var ErrNotFound = errors.New("unanswered: nothing is known of this message")

const (
	logName = "bot/unanswered"
	// Keep is how long a note is kept.
	Keep = 48 * time.Hour
	// MaxRoutes is how many routes a note has.
	MaxRoutes = 50
)

// Write keeps a note about the message with the key. Of several notes about one message the first
// is kept.
func Write(ctx context.Context, log store.Log, key string, n Note) error {
	if len(key) > store.MaxKey {
		return nil // no such key can be asked for
	}
	if left := len(n.Routes) - MaxRoutes; left > 0 {
		n.Routes, n.More = n.Routes[:MaxRoutes], n.More+left
	}
	data, err := json.Marshal(n)
	if err == nil {
		_, _, err = log.Append(ctx, logName, store.Line{Key: key, ID: key, Time: n.Time, Data: data}, Keep)
	}
	if err != nil {
		return fmt.Errorf("unanswered: %w", err)
	}
	return nil
}

// Read returns the note about the message with the key; ErrNotFound if there is none.
func Read(ctx context.Context, log store.Log, key string) (n Note, err error) {
	if key == "" || len(key) > store.MaxKey {
		return n, ErrNotFound
	}
	lines, err := log.Read(ctx, logName, store.LineQuery{Key: key, Limit: 1})
	switch {
	case err != nil:
		return n, fmt.Errorf("unanswered: %w", err)
	case len(lines) == 0:
		return n, ErrNotFound
	}
	if err := json.Unmarshal(lines[0].Data, &n); err != nil {
		return n, fmt.Errorf("unanswered: %w", err)
	}
	return n, nil
}
