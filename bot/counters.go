package bot

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/monitor"
	"github.com/hongyan-go/hongyan/router"
)

// Stats counts what a bot has done since its start: the counters of /metrics for a program to read.
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
	c := b.counters.Counts()
	return Stats{
		Received: c.Callbacks[monitor.Accepted], Duplicates: c.Callbacks[monitor.Duplicate], Refused: c.Callbacks[monitor.Refused],
		Handled: c.Events[monitor.Handled], Unhandled: c.Events[monitor.Unhandled], Failed: c.Events[monitor.Failed],
		Dropped: c.Drops, Sent: c.Sends[monitor.SendSent], Unsent: c.Sends[monitor.SendRefused], Unknown: c.Sends[monitor.SendUnknown],
	}
}

// counters say what happened in the words of the metrics.
type counters struct{ *monitor.Metrics }

func (c counters) received(added bool, err error) {
	switch {
	case err != nil:
		c.Callback(monitor.Refused)
	case added:
		c.Callback(monitor.Accepted)
	default:
		c.Callback(monitor.Duplicate)
	}
}

func (c counters) drop(reason string) { c.Drop(reason) }

func (c counters) handled(o router.Outcome, err error) {
	switch {
	case err != nil:
		c.Event(monitor.Failed)
	case o.Dropped != "":
	case o.Route != "":
		c.Event(monitor.Handled)
	default:
		c.Event(monitor.Unhandled)
	}
}

// sender counts what another sender sends.
func (c counters) sender(next router.Sender) router.Sender { return countingSender{c, next} }

type countingSender struct {
	counters counters
	next     router.Sender
}

func (s countingSender) Send(ctx context.Context, m api.Send) (*api.SentMessage, error) {
	sent, err := s.next.Send(ctx, m)
	s.counters.Metrics.Send(m.Endpoint(), monitor.OutcomeOf(err))
	return sent, err
}
