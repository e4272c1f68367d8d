package plugin

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// webhookTimeout is how long an answer of a webhook may take.
const webhookTimeout = 20 * time.Second

// Webhook is a system that gets JSON from a plugin. Config structs have it as a field.
type Webhook struct {
	URL    string `yaml:"url" help:"Where the JSON is posted."`
	Secret string `yaml:"secret" help:"The key of the signature in the header X-Hongyan-Signature."`
}

// Check returns the mistake in the field of a config struct, a *FieldError; without a URL there is
// none.
func (w Webhook) Check(field string) error {
	u, err := url.Parse(w.URL)
	if w.URL == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	return &FieldError{field + ".url", errors.New("it is not an http or https URL")}
}

// Post posts a value as JSON. key is the header Idempotency-Key, by which the system knows a
// repetition; with a secret, the header X-Hongyan-Signature is sha256= and the HMAC of the body. A
// status of 300 or more is an error.
func (w Webhook) Post(ctx context.Context, h *bot.Handle, key string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("plugin: webhook: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return router.Permanent(errors.New("plugin: webhook: the URL cannot be used"))
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	if w.Secret != "" {
		mac := hmac.New(sha256.New, []byte(w.Secret))
		mac.Write(body)
		request.Header.Set("X-Hongyan-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	answer, err := h.HTTP(&http.Client{Transport: transport}).Do(request)
	if err != nil {
		var of *url.Error
		if errors.As(err, &of) { // the URL may hold a secret
			err = of.Err
		}
		return fmt.Errorf("plugin: webhook: %w", err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("plugin: webhook: %w", err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return phrase.Errorf("plugin: webhook: it answers %s", answer.Status)
	}
	return nil
}
