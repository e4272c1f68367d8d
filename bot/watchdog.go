package bot

import (
	"time"

	"go.uber.org/zap"
)

// watch names the handlers that do not come to an end: a conversation waits behind each of them.
func (l *lanes) watch() {
	if l.config.StuckAfter < 0 {
		return
	}
	ticker := time.NewTicker(max(l.config.StuckAfter/4, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			for _, s := range l.stuck(now) {
				l.logger.Warn("a handler does not come to an end: its conversation waits",
					zap.String("route", s.Route), zap.String("event", s.Event), zap.Duration("for", s.For.Round(time.Second)))
				l.metrics.Stuck(s.Route)
				if l.config.Stuck != nil {
					l.config.Stuck(s)
				}
			}
		case <-l.working.Done():
			return
		}
	}
}

// Stuck is a handler that has been running for longer than Config.StuckAfter.
type Stuck struct {
	Route string        // empty if it is middleware that hangs
	Event string        // key of the message
	For   time.Duration // since when it runs
}

// stuck are the handlers that have become stuck since the last call.
func (l *lanes) stuck(now time.Time) []Stuck {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Stuck
	for r := range l.running {
		if age := now.Sub(r.since); age >= l.config.StuckAfter && !r.told {
			r.told = true
			s := Stuck{Event: r.lease.Key, For: age}
			if route := r.route.Load(); route != nil {
				s.Route = *route
			}
			found = append(found, s)
		}
	}
	return found
}
