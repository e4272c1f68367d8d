package console

import (
	"context"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/bot"
)

const (
	// sampleEvery is how often the console looks at the queue and the accounts.
	sampleEvery = 15 * time.Second
	// maxIncidents bounds how many incidents are remembered.
	maxIncidents = 50
)

// incident is a time in which an account did not work.
type incident struct {
	Account string    `json:"account"`
	Cause   string    `json:"cause"` // offline, sends, service or silence
	From    time.Time `json:"from"`
	Until   time.Time `json:"until,omitzero"` // zero while it lasts
}

// sampling looks at the queue and the accounts until the console ends.
func (c *Console) sampling() {
	if _, err := c.bot.Address(c.running); err != nil { // it did not start
		return
	}
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	for {
		c.sample(c.running)
		select {
		case <-c.running.Done():
			return
		case <-ticker.C:
		}
	}
}

// sample notes how many wait and for how long, and which accounts do not work. What the store does
// not tell is left out.
func (c *Console) sample(ctx context.Context) {
	h := c.bot.Health(ctx)
	if n, err := c.counts(ctx); err == nil && !h.StoreFails {
		c.seen.waiting(n.Inbox+n.Waiting, h.Lag)
	}
	c.seen.incidentsAre(h)
}

// waiting notes how many wait, and how long the oldest does.
func (s *seen) waiting(n int, lag time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.minuteOf(s.now())
	m.queue, m.lag = max(m.queue, n), max(m.lag, lag)
}

// incidentsAre notes the incidents that have begun, and ends those that are over.
func (s *seen) incidentsAre(h bot.Health) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := func(account string) int {
		return slices.IndexFunc(s.incidents, func(x incident) bool { return x.Account == account && x.Until.IsZero() })
	}
	for _, a := range h.Accounts {
		i := open(a.AppID)
		switch {
		case a.Cause == "" && i >= 0:
			s.incidents[i].Until = s.now()
		case a.Cause != "" && i >= 0:
			s.incidents[i].Cause = a.Cause
		case a.Cause != "":
			if len(s.incidents) == maxIncidents {
				s.incidents = slices.Delete(s.incidents, 0, 1)
			}
			s.incidents = append(s.incidents, incident{Account: a.AppID, Cause: a.Cause, From: a.Down})
		}
	}
}

// incidentList are the last five incidents, the latest first.
func (s *seen) incidentList() []incident {
	const most = 5
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.incidents[max(0, len(s.incidents)-most):])
	slices.Reverse(list)
	return list
}
