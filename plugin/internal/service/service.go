// Package service posts to services of models: those that answer, and those that listen.
package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Client posts to services. It is a small one of our own: the library of OpenAI adds 18 MB to a
// program.
type Client struct{ http *http.Client }

// New makes a client whose requests take at most a time.
func New(timeout time.Duration) *Client {
	return &Client{&http.Client{
		Timeout:       timeout,
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key is for one host
	}}
}

// Through has the requests go through the network of a bot; call it in Setup.
func (cl *Client) Through(h *bot.Handle) { cl.http = h.HTTP(cl.http) }

// Close closes the connections that are idle.
func (cl *Client) Close() { cl.http.CloseIdleConnections() }

// MaxAnswer bounds the body of an answer, in bytes.
const MaxAnswer = 4 << 20

// StatusError is an answer that is a failure. It has no text of the service, which may repeat the
// question or the key.
type StatusError struct {
	Status int
	Code   string // of the service; may be empty
}

// Error has the status and the code.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("service: the answer was %d %s", e.Status, http.StatusText(e.Status))
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	return text
}

// IsPermanent reports whether another try has the same result.
func IsPermanent(err error) bool {
	var s *StatusError
	if !errors.As(err, &s) {
		return false
	}
	switch s.Status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return s.Status >= 300 && s.Status < 500
}

// CheckURL returns why an address cannot be that of a service; nil if it can.
func CheckURL(address string) error {
	if address == "" {
		return errors.New("it is missing: write the address of the service, up to the version: https://api.deepseek.com/v1")
	}
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return errors.New("it is not an address such as https://api.deepseek.com/v1")
	}
	return nil
}

// Post posts a body and reads the answer.
func (cl *Client) Post(ctx context.Context, at, key, contentType string, body io.Reader, read func(io.Reader) error) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, body)
	if err != nil {
		return errors.New("service: the address cannot be used")
	}
	r.Header.Set("Content-Type", contentType)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := cl.http.Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // the address may have a secret
			err = wrapped.Err
		}
		return phrase.Errorf("service: it cannot be reached: %w", err)
	}
	defer answer.Body.Close()
	limited := io.LimitReader(answer.Body, MaxAnswer)
	if answer.StatusCode != http.StatusOK {
		head, _ := io.ReadAll(io.LimitReader(limited, 64<<10))
		return &StatusError{answer.StatusCode, CodeOf(head)}
	}
	return read(limited)
}

// CodeOf is the code in the body of a failure; empty if there is none.
func CodeOf(body []byte) string {
	var failed struct {
		Code  any `json:"code"`
		Error struct {
			Code any    `json:"code"`
			Type string `json:"type"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &failed) // what does not fit stays empty
	for _, code := range []any{failed.Error.Code, failed.Error.Type, failed.Code} {
		if text := fmt.Sprint(code); code != nil && regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$`).MatchString(text) {
			return text
		}
	}
	return ""
}

// ReadJSON reads an answer of JSON.
func ReadJSON(to any) func(io.Reader) error {
	return func(r io.Reader) error {
		if err := json.NewDecoder(r).Decode(to); err != nil {
			return errors.New("service: the answer is not the JSON that is expected; is the address right?")
		}
		return nil
	}
}
