package monitor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
)

// The channels by which people are notified: the webhook, and each owner.
const (
	channelWebhook = "webhook"
	channelOwner   = "owner/"
)

// channelLabel is a channel in metrics, which do not name people.
func channelLabel(channel string) string {
	label, _, _ := strings.Cut(channel, "/")
	return label
}

const (
	webhookTimeout = 10 * time.Second
	ownerTimeout   = time.Minute
	maxTries       = 5
)

// Alert is the JSON object that the webhook gets. An incident and its recovery have the same ID. An
// alert may arrive twice only if the process dies between sending it and storing that.
type Alert struct {
	ID           string    `json:"id"`
	Event        string    `json:"event"` // "incident" or "recovery"
	Account      string    `json:"account"`
	State        State     `json:"state"` // of the incident
	Cause        Cause     `json:"cause"`
	Since        time.Time `json:"since"`
	Ended        time.Time `json:"ended,omitzero"`         // of a recovery
	LastCallback time.Time `json:"last_callback,omitzero"` // as far as this process knows
	Paused       bool      `json:"paused"`                 // its sending is
	Reconnection string    `json:"reconnection,omitempty"` // "worked" or "failed"; empty if it was not tried
	Login        string    `json:"login,omitempty"`        // the page with the QR code for a login, if that is what is left to do
	Text         string    `json:"text"`                   // all of it for a person, in English
	TextZH       string    `json:"text_zh"`                // and in Chinese
}

// owners are those who get the alerts as texts now.
func (m *Monitor) owners() []string {
	if m.config.Owners == nil {
		return nil
	}
	return m.config.Owners()
}

// channels returns the configured channels.
func (m *Monitor) channels() []string {
	var list []string
	if m.config.Webhook != "" {
		list = append(list, channelWebhook)
	}
	for _, owner := range m.owners() {
		list = append(list, channelOwner+owner)
	}
	return list
}

// errWait means that an alert cannot be sent now, which is not a failure.
var errWait = errors.New("monitor: not now")

// tell notifies the channels that have not been notified yet that an incident is open, or over.
func (m *Monitor) tell(ctx context.Context, a *account, now time.Time) error {
	v := m.view(a)
	r := v.record
	if len(r.Untold) == 0 {
		return nil
	}
	n := m.alertOf(&v)
	var left []string
	failed := false
	for _, channel := range r.Untold {
		err := m.tellBy(ctx, channel, n, now)
		result := "delivered"
		switch {
		case errors.Is(err, errWait):
			left = append(left, channel)
			continue
		case err != nil:
			result, failed = "failed", true
			m.config.Logger.Error("a notice could not be delivered", zap.String("channel", channelLabel(channel)),
				zap.Int("try", r.Tries+1), zap.Error(err))
			if r.Tries+1 < maxTries {
				left = append(left, channel)
			}
		}
		m.config.Metrics.notices.WithLabelValues(channelLabel(channel), result).Inc()
	}
	if len(left) == len(r.Untold) && !failed {
		return nil
	}
	if r.Untold = left; failed {
		r.Tries++
	}
	_, err := m.save(ctx, a, r)
	return err
}

func (m *Monitor) tellBy(ctx context.Context, channel string, n Alert, now time.Time) error {
	return m.deliver(ctx, channel, n, n.TextZH+"\n"+n.Text, n.ID+"/"+n.Event, now)
}

// deliver notifies a channel: the webhook by an alert as JSON, an owner by a text whose key keeps
// it single.
func (m *Monitor) deliver(ctx context.Context, channel string, n any, text, key string, now time.Time) error {
	owner, _ := strings.CutPrefix(channel, channelOwner)
	switch {
	case channel == channelWebhook && m.config.Webhook != "":
		return m.post(ctx, n)
	case slices.Contains(m.owners(), owner):
		via, ok := m.messenger()
		if !ok || m.quiet.Contains(now) {
			return errWait
		}
		ctx, cancel := context.WithTimeout(ctx, ownerTimeout)
		defer cancel()
		err := m.config.Send(ctx, via, owner, text, key+"/"+owner)
		if OutcomeOf(err) == SendUnknown {
			return nil // it may have arrived: none is better than two
		}
		return err
	}
	return nil // the channel is not configured any more
}

// messenger returns an account that works.
func (m *Monitor) messenger() (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(m.accounts)) {
		if a := m.accounts[id]; a.state == Online && !a.record.Open {
			return id, true
		}
	}
	return "", false
}

// post posts an alert to the webhook. Errors do not contain its URL, which may hold a secret.
func (m *Monitor) post(ctx context.Context, n any) error {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("monitor: webhook: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.config.Webhook, bytes.NewReader(body))
	if err != nil {
		return errors.New("monitor: the webhook is no URL")
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := m.config.Client.Do(request)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return fmt.Errorf("monitor: webhook: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // lets the connection be reused
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("monitor: the webhook answered with HTTP %d", response.StatusCode)
	}
	return nil
}
