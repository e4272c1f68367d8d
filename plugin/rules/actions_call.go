package rules

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
)

// The bounds of a call.
const (
	callTimeout = 10 * time.Second
	maxAnswer   = 64 << 10 // bytes
	maxReplies  = 5
)

// call posts the event, and answers with what comes back. The response is stored: a rule that runs
// again does not post again, and gives the same answer.
func (p *ruleset) call(c *router.Context, r *active) error {
	if r.Call == nil || r.rehearsed(c, "call a URL") {
		return nil
	}
	texts, err := router.Remember(c, "call", func() ([]string, error) { return r.Call.post(c, p.h, r.Name) })
	if err != nil || !r.Call.Reply {
		return err
	}
	var errs []error
	for _, text := range texts {
		errs = append(errs, chatOf(c).SendText(text, r.options(router.AsAnswer())...))
	}
	return router.Each(errs...)
}

// post makes the request, and returns the texts of the response.
func (call *Call) post(c *router.Context, h *bot.Handle, rule string) ([]string, error) {
	body, err := c.Event.MarshalJSON()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(c, http.MethodPost, call.URL, bytes.NewReader(body))
	if err != nil {
		return nil, router.Permanent(errors.New("rules: call: the URL cannot be used"))
	}
	now := strconv.FormatInt(c.Now().Unix(), 10)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "hongyan")
	request.Header.Set("Idempotency-Key", eventKey(c, rule))
	request.Header.Set("X-Hongyan-Timestamp", now)
	if call.Secret != "" {
		mac := hmac.New(sha256.New, []byte(call.Secret))
		_, _ = mac.Write([]byte(now + "."))
		_, _ = mac.Write(body)
		request.Header.Set("X-Hongyan-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	client := media.NewClient(address(request.URL))
	client.Timeout = cmp.Or(call.Timeout, callTimeout)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := h.HTTP(client).Do(request)
	if err != nil {
		return nil, fmt.Errorf("rules: call: %w", withoutURL(err))
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		err := phrase.Errorf("rules: call: the URL answers HTTP %d", response.StatusCode)
		if response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests {
			return nil, router.Permanent(err)
		}
		return nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, phrase.Errorf("rules: call: the response broke off: %w", err)
	case len(answer) > maxAnswer:
		return nil, router.Permanent(phrase.Errorf("rules: call: the response is longer than %d bytes", maxAnswer))
	case !call.Reply:
		return nil, nil
	}
	return replies(response.Header.Get("Content-Type"), answer)
}

// replies are the texts in a response: {"reply": "…"}, {"reply": ["…", "…"]}, or plain text.
func replies(contentType string, answer []byte) ([]string, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	var texts []string
	switch {
	case kind == "text/plain":
		texts = []string{string(answer)}
	case len(bytes.TrimSpace(answer)) > 0:
		var object struct {
			Reply json.RawMessage `json:"reply"`
		}
		err := json.Unmarshal(answer, &object)
		if err == nil && len(object.Reply) > 0 && json.Unmarshal(object.Reply, &texts) != nil {
			texts = make([]string, 1)
			err = json.Unmarshal(object.Reply, &texts[0])
		}
		if err != nil {
			return nil, router.Permanent(errors.New(`rules: call: the response is not {"reply": "…"}`))
		}
	}
	var some []string
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" && len(some) < maxReplies {
			some = append(some, t)
		}
	}
	return some, nil
}

// address is the host and port of a URL.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(port, "80"))
}

// withoutURL is the cause of a failed request: a URL may have a secret in it.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
