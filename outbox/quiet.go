package outbox

import (
	"fmt"
	"time"
)

// quietHours is a Quiet whose zone is known.
type quietHours struct {
	Quiet
	zone *time.Location
}

// chinaTime stands in where the machine has no time zones: it has had no summer time since 1991.
var chinaTime = time.FixedZone("Asia/Shanghai", 8*60*60)

func (q Quiet) compile() (*quietHours, error) {
	const day = 24 * time.Hour
	if q.From < 0 || q.From >= day || q.To < 0 || q.To >= day {
		return nil, fmt.Errorf("outbox: the quiet hours from %v to %v are no times of a day: give hours since midnight, less than 24h",
			q.From, q.To)
	}
	if q.Zone == "" {
		q.Zone = "Asia/Shanghai"
	}
	zone, err := time.LoadLocation(q.Zone)
	switch {
	case err == nil:
	case q.Zone == "Asia/Shanghai":
		zone = chinaTime
	default:
		return nil, fmt.Errorf("outbox: the time zone of the quiet hours: %w", err)
	}
	return &quietHours{q, zone}, nil
}

// contain reports whether the wall clock shows a time in the quiet hours.
func (q *quietHours) contain(t time.Time) bool {
	if q.From == q.To {
		return false
	}
	clock := sinceMidnight(t.In(q.zone))
	if q.From < q.To {
		return clock >= q.From && clock < q.To
	}
	return clock >= q.From || clock < q.To
}

// change is the next time after t at which the quiet hours can begin or end. Where the clock is put
// forward or back, they can do both at once.
func (q *quietHours) change(t time.Time) time.Time {
	local := t.In(q.zone)
	next := 24 * time.Hour
	for _, boundary := range []time.Duration{q.From, q.To} {
		ahead := boundary - sinceMidnight(local)
		if ahead <= 0 {
			ahead += 24 * time.Hour
		}
		next = min(next, ahead)
	}
	if _, end := local.ZoneBounds(); !end.IsZero() && end.Before(t.Add(next)) {
		return end
	}
	return t.Add(next)
}

// until is when the quiet hours end in which t lies, or t.
func (q *quietHours) until(t time.Time) time.Time {
	for q.contain(t) {
		t = q.change(t)
	}
	return t
}

// add is when d of time outside of the quiet hours has passed since t. It is outside of them as
// well.
func (q *quietHours) add(t time.Time, d time.Duration) time.Time {
	if q.From == q.To {
		return t.Add(d)
	}
	for t = q.until(t); ; {
		end := q.change(t)
		open := end.Sub(t)
		if d < open {
			return t.Add(d)
		}
		t, d = q.until(end), d-open
	}
}

// open is how much of the time between two moments is outside of the quiet hours.
func (q *quietHours) open(from, to time.Time) time.Duration {
	if q.From == q.To {
		return max(0, to.Sub(from))
	}
	var sum time.Duration
	for t := q.until(from); t.Before(to); {
		end := q.change(t)
		if end.After(to) {
			end = to
		}
		sum += end.Sub(t)
		t = q.until(end)
	}
	return sum
}

// sinceMidnight is what the wall clock shows.
func sinceMidnight(local time.Time) time.Duration {
	return time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute +
		time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
}
