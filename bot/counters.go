package bot

import (
	"context"
	"errors"
	"maps"
	"sync"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/router"
)

// Stats counts what a bot has done since its start.
type Stats struct {
	Received   int            // callbacks accepted
	Duplicates int            // callbacks that were known
	Refused    int            // callbacks that the inbox could not take
	Handled    int            // events that a route handled
	Unhandled  int            // events that no route wanted
	Failed     int            // runs of a handler that ended in an error
	Dropped    map[string]int // events that were dropped, by reason
	Sent       int            // messages sent
	Unsent     int            // messages that certainly were not sent
	Unknown    int            // messages that may have been sent
}

// Stats counts.
func (b *Bot) Stats() Stats {
	b.counters.mu.Lock()
	defer b.counters.mu.Unlock()
	s := b.counters.stats
	s.Dropped = maps.Clone(s.Dropped)
	return s
}

type counters struct {
	mu    sync.Mutex
	stats Stats
}

func (c *counters) received(added bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		c.stats.Refused++
	case added:
		c.stats.Received++
	default:
		c.stats.Duplicates++
	}
}

func (c *counters) drop(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stats.Dropped == nil {
		c.stats.Dropped = map[string]int{}
	}
	c.stats.Dropped[reason]++
}

func (c *counters) handled(o router.Outcome, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		c.stats.Failed++
	case o.Dropped != "":
	case o.Route != "":
		c.stats.Handled++
	default:
		c.stats.Unhandled++
	}
}

// sender counts what another sender sends.
func (c *counters) sender(next router.Sender) router.Sender { return countingSender{c, next} }

type countingSender struct {
	counters *counters
	next     router.Sender
}

func (s countingSender) Send(ctx context.Context, m api.Send) (*api.SentMessage, error) {
	sent, err := s.next.Send(ctx, m)
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	var told interface{ Executed() api.Executed }
	switch {
	case err == nil:
		s.counters.stats.Sent++
	case errors.As(err, &told) && told.Executed() == api.ExecutedNo:
		s.counters.stats.Unsent++
	default:
		s.counters.stats.Unknown++
	}
	return sent, err
}
