package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
)

// Registration is the last registration of a callback URL with the service, as the state of a bot
// keeps it. The service offers no call to read it.
type Registration struct {
	Host string    `json:"host"` // "https://bot.example.com": without the path, where the secret is. Empty if there was none
	At   time.Time `json:"at"`
}

const registrationKey = "callback/registered"

// Remember keeps the registration in the state of a bot.
func (r Registration) Remember(ctx context.Context, state store.State) error {
	value, err := json.Marshal(r)
	if err == nil {
		_, err = state.Put(ctx, registrationKey, value, 0)
	}
	if err != nil {
		return phrase.Errorf("bot: the callback is registered, but that is not remembered: %w", err)
	}
	return nil
}

// LastRegistration reads the registration from a state. It is empty if there was none.
func LastRegistration(ctx context.Context, state store.State) (Registration, error) {
	var r Registration
	e, err := state.Get(ctx, registrationKey)
	if errors.Is(err, store.ErrNotFound) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(e.Value, &r)
	}
	if err != nil {
		return r, phrase.Errorf("bot: the last registration of the callback cannot be read: %w", err)
	}
	return r, nil
}
