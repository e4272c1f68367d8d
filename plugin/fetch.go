package plugin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
)

// fetchTimeout is how long an answer may take.
const fetchTimeout = 20 * time.Second

// Fetched is what a URL has answered.
type Fetched struct {
	Body []byte
	Type string // the header Content-Type
}

// Fetch gets what a URL answers, up to most bytes. Only addresses on the public internet are asked,
// whatever name or redirect leads to another, except for the hosts of allow. Its errors have the
// host and no path, in which there may be a key.
func Fetch(ctx context.Context, h *bot.Handle, address string, most int64, allow ...string) (Fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return Fetched{}, errors.New("plugin: fetch: it is no URL")
	}
	client := media.NewClient(allow...)
	defer client.CloseIdleConnections()
	response, err := h.HTTP(client).Do(r)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		err = phrase.Errorf("plugin: fetch from %s: %w", r.URL.Host, err)
		if errors.Is(err, media.ErrForbiddenHost) {
			return Fetched{}, router.Permanent(err)
		}
		return Fetched{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	switch {
	case err != nil:
		return Fetched{}, phrase.Errorf("plugin: fetch from %s: %w", r.URL.Host, err)
	case response.StatusCode != http.StatusOK:
		return Fetched{}, phrase.Errorf("plugin: fetch from %s: the answer is %d, not 200", r.URL.Host, response.StatusCode)
	case int64(len(body)) > most:
		return Fetched{}, phrase.Errorf("plugin: fetch from %s: the answer is larger than %d bytes", r.URL.Host, most)
	}
	return Fetched{body, response.Header.Get("Content-Type")}, nil
}
