package outbox

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// day is the length of most days, and the end of one on a clock.
const day = 24 * time.Hour

// Window is a part of each day, such as 23:00-07:30. It may span midnight. The zero value is empty.
type Window struct {
	// From and To are times of the clock since midnight, up to 24h. To itself is outside. The same
	// time twice is an empty window.
	From, To time.Duration
	// Zone is the name of a time zone in the IANA database. Empty means Asia/Shanghai.
	Zone string
}

// ParseWindow reads "23:00-07:30". It does not set the zone.
func ParseWindow(s string) (Window, error) {
	from, to, ok := strings.Cut(s, "-")
	a, errA := parseClock(from)
	b, errB := parseClock(to)
	if !ok || errA != nil || errB != nil || a == b {
		return Window{}, fmt.Errorf("outbox: %q is not a part of a day: write 08:00-23:00", s)
	}
	return Window{From: a, To: b}, nil
}

// UnmarshalText reads what ParseWindow reads, and off, an empty window. It keeps the zone.
func (w *Window) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		w.From, w.To = 0, 0
		return nil
	}
	parsed, err := ParseWindow(string(text))
	w.From, w.To = parsed.From, parsed.To
	return err
}

// parseClock reads 08:00, up to 24:00.
func parseClock(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if s == "24:00" {
		return day, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, errors.New("outbox: no time of day")
	}
	return clockOf(t), nil
}

// clockOf is what the clock of t's zone shows, since midnight.
func clockOf(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second +
		time.Duration(t.Nanosecond())
}

// String returns the window as ParseWindow reads it; an empty string for an empty window.
func (w Window) String() string {
	if w.From == w.To {
		return ""
	}
	text := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	return text(w.From) + "-" + text(w.To)
}

// Hours is a Window whose time zone is loaded. The zero value is empty.
type Hours struct {
	from, to time.Duration // to may be 24h, from may not
	zone     *time.Location
}

// china stands in for Asia/Shanghai where the machine has no time zones: it has had no summer time
// since 1991.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// Hours checks the window, and loads its time zone.
func (w Window) Hours() (*Hours, error) {
	if w.From < 0 || w.From > day || w.To < 0 || w.To > day {
		return nil, fmt.Errorf("outbox: from %v to %v are no times of a day: give hours since midnight, at most 24h", w.From, w.To)
	}
	if w.Zone == "" {
		w.Zone = china.String()
	}
	zone, err := time.LoadLocation(w.Zone)
	switch {
	case err == nil:
	case w.Zone == china.String():
		zone = china
	default:
		return nil, fmt.Errorf("outbox: the time zone of %v: %w", w, err)
	}
	return &Hours{w.From % day, w.To, zone}, nil
}

// Zone is the time zone of the window.
func (h *Hours) Zone() *time.Location { return h.zone }

// Contains reports whether t lies in the window.
func (h *Hours) Contains(t time.Time) bool {
	if h.empty() {
		return false
	}
	clock := clockOf(t.In(h.zone))
	if h.from < h.to {
		return clock >= h.from && clock < h.to
	}
	return clock >= h.from || clock < h.to
}

// Began returns when the window that contains t began; false if t is outside.
func (h *Hours) Began(t time.Time) (time.Time, bool) {
	if !h.Contains(t) {
		return time.Time{}, false
	}
	local := t.In(h.zone)
	y, m, d := local.Date()
	if clockOf(local) < h.from { // it began yesterday
		d--
	}
	return time.Date(y, m, d, int(h.from.Hours()), int(h.from.Minutes())%60, int(h.from.Seconds())%60, 0, h.zone), true
}

// empty reports whether no time is in the window; whole, whether every time is.
func (h *Hours) empty() bool { return h.from == h.to }
func (h *Hours) whole() bool { return h.from == 0 && h.to == day }

// change is the next time after t at which a window can begin or end. Where the clock is put
// forward or back, one can end and another begin at once.
func (h *Hours) change(t time.Time) time.Time {
	local := t.In(h.zone)
	next := day
	for _, boundary := range []time.Duration{h.from, h.to} {
		ahead := boundary - clockOf(local)
		if ahead <= 0 {
			ahead += day
		}
		next = min(next, ahead)
	}
	if _, end := local.ZoneBounds(); !end.IsZero() && end.Before(t.Add(next)) {
		return end
	}
	return t.Add(next)
}

// Until is the end of the window if t is inside, and t otherwise.
func (h *Hours) Until(t time.Time) time.Time {
	for h.Contains(t) {
		t = h.change(t)
	}
	return t
}

// add returns the time, outside of the window, at which d of time outside of it has passed since t.
func (h *Hours) add(t time.Time, d time.Duration) time.Time {
	if h.empty() {
		return t.Add(d)
	}
	for t = h.Until(t); ; {
		end := h.change(t)
		open := end.Sub(t)
		if d < open {
			return t.Add(d)
		}
		t, d = h.Until(end), d-open
	}
}

// open is how much of the time between two moments is outside of the window.
func (h *Hours) open(from, to time.Time) time.Duration {
	if h.empty() {
		return max(0, to.Sub(from))
	}
	var sum time.Duration
	for t := h.Until(from); t.Before(to); {
		end := h.change(t)
		if end.After(to) {
			end = to
		}
		sum += end.Sub(t)
		t = h.Until(end)
	}
	return sum
}
