package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
)

// secretKey is the key in the state of a secret that the bot has made. It is in the store, which
// only its owner can read, so that all processes of a bot have the same.
const secretKey = "callback/secret"

// MakesSecret reports whether a bot makes a secret: other machines reach it by PublicURL, and no
// Secret is set.
func (c Callback) MakesSecret() bool {
	if c.Secret != "" || c.PublicURL == "" {
		return false
	}
	u, err := url.Parse(c.PublicURL)
	return err != nil || !localhttp.Loopback(u.Hostname())
}

// host returns the host of PublicURL, which requests may name; empty if there is none.
func (c Callback) host() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// check checks PublicURL, to which the path is appended.
func (c Callback) check() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" ||
		u.User != nil {
		return errors.New("bot: the public URL (HONGYAN_PUBLIC_URL, callback.public_url or Config.Callback.PublicURL) is not an http " +
			"or https URL of a host: write it like https://bot.example.com")
	}
	return nil
}

// KeptSecret reads from the state of a bot the callback secret that the bot has made: one with a
// PublicURL off loopback and without a Secret makes one. It is empty if there is none yet.
func KeptSecret(ctx context.Context, state store.State) (string, error) {
	e, err := state.Get(ctx, secretKey)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", nil
	case err != nil:
		return "", phrase.Errorf("bot: the secret of the callback cannot be read: %w; set HONGYAN_CALLBACK_SECRET or callback.secret", err)
	}
	return string(e.Value), nil
}

// MakeSecret is KeptSecret, but makes and stores a secret if there is none.
func MakeSecret(ctx context.Context, state store.State) (string, error) {
	_, err := state.Swap(ctx, secretKey, []byte(rand.Text()), 0, 0)
	if err != nil && !errors.Is(err, store.ErrConflict) { // a conflict means that another process has made it
		return "", phrase.Errorf("bot: the secret of the callback cannot be kept: %w; set HONGYAN_CALLBACK_SECRET or callback.secret", err)
	}
	return KeptSecret(ctx, state)
}
