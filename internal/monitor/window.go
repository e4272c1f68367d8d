package monitor

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Window is a part of each day, such as 08:00-23:00. It may go over midnight. The zero value is
// empty.
type Window struct {
	// From and To are times since midnight. To itself is outside.
	From, To time.Duration
}

// ParseWindow reads "08:00-23:00".
func ParseWindow(s string) (Window, error) {
	from, to, ok := strings.Cut(s, "-")
	a, errA := clock(from)
	b, errB := clock(to)
	if !ok || errA != nil || errB != nil || a == b {
		return Window{}, fmt.Errorf("monitor: %q is no part of a day: write 08:00-23:00", s)
	}
	return Window{a, b}, nil
}

// clock reads 08:00, up to 24:00.
func clock(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if s == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, errors.New("monitor: no time of day")
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// String is "08:00-23:00"; empty for the zero value.
func (w Window) String() string {
	if w == (Window{}) {
		return ""
	}
	text := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	return text(w.From) + "-" + text(w.To)
}

// began returns when the window opened that contains t, by the wall clock of t's zone; false if
// none does.
func (w Window) began(t time.Time) (time.Time, bool) {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	since := t.Sub(midnight)
	switch {
	case w.From < w.To && since >= w.From && since < w.To, w.From > w.To && since >= w.From:
		return midnight.Add(w.From), true
	case w.From > w.To && since < w.To:
		return midnight.AddDate(0, 0, -1).Add(w.From), true
	}
	return time.Time{}, false
}

// contains reports whether t lies in the window.
func (w Window) contains(t time.Time) bool {
	_, ok := w.began(t)
	return ok
}
