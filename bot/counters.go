package bot

import (
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// Stats holds the counters of a bot since its start: those of /metrics for a program to read.
type Stats struct {
	Received   int            // callbacks accepted
	Duplicates int            // callbacks that had arrived before
	Refused    int            // callbacks that the inbox could not take
	Handled    int            // events that a route handled
	Unhandled  int            // events that no route matched
	Failed     int            // runs of a handler that ended in an error
	Dropped    map[string]int // events that were dropped, by reason
	Sent       int            // messages sent
	Unsent     int            // messages that certainly were not sent
	Unknown    int            // messages that may have been sent
	Gated      map[string]int // messages that did not leave at once: "delay", "hold", "drop", "dry run"
}

// Stats returns the counters since the start.
func (b *Bot) Stats() Stats {
	c := b.counters.Counts()
	return Stats{
		Received: c.Callbacks[monitor.Accepted], Duplicates: c.Callbacks[monitor.Duplicate], Refused: c.Callbacks[monitor.Refused],
		Handled: c.Events[monitor.Handled], Unhandled: c.Events[monitor.Unhandled], Failed: c.Events[monitor.Failed],
		Dropped: c.Drops, Sent: c.Sends[monitor.SendSent], Unsent: c.Sends[monitor.SendRefused] + c.Sends[string(store.Expired)],
		Unknown: c.Sends[monitor.SendUnknown], Gated: c.Gated,
	}
}

// counters translates what happens into the terms of the metrics.
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

// outcome counts the result of a send.
func (c counters) outcome(s store.Send) {
	if s.State.Final() {
		c.Send(s.Endpoint, string(s.State))
	}
}

// turn records how long a send waited, and the rest of the budget of its account.
func (c counters) turn(t outbox.Turn) {
	c.Waited(t.Waited)
	if t.PerHour > 0 {
		c.Budget(t.Account, "hour", t.HourLeft)
	}
	if t.PerDay > 0 {
		c.Budget(t.Account, "day", t.DayLeft)
	}
}
