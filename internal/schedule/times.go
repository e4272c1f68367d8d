package schedule

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Times are the times of a schedule. Use Parse to make them.
type Times struct {
	spec  string
	zone  *time.Location
	cron  cron.Schedule
	every time.Duration // 0 unless the schedule is an interval
	daily bool          // at certain hours, as opposed to every hour
}

// Parse reads a schedule: five fields (minute, hour, day of the month, month, day of the week) as
// in crontab, one of @hourly, @daily, @weekly, @monthly and @yearly, or an interval of at least a
// second such as "@every 90m". The fields are times of the zone; nil means time.Local.
//
// A time that the clock of the zone skips when daylight saving time begins happens at the end of
// the gap; one that it repeats when daylight saving time ends happens the first time only. With "*"
// for the hour, every hour that passes counts.
func Parse(spec string, zone *time.Location) (Times, error) {
	if zone == nil {
		zone = time.Local
	}
	spec = strings.Join(strings.Fields(spec), " ")
	if strings.Contains(spec, "TZ=") {
		return Times{}, phrase.Errorf("schedule: %q: the zone is a setting of its own, not a part of the times", spec)
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return Times{}, phrase.Errorf("schedule: %q: %w; write five fields such as \"0 22 * * *\", or @daily, or \"@every 90m\"", spec, err)
	}
	t := Times{spec: spec, zone: zone, cron: parsed}
	switch s := parsed.(type) {
	case cron.ConstantDelaySchedule:
		t.every = s.Delay
	case *cron.SpecSchedule:
		const star = 1 << 63 // how the parser marks "*"
		t.daily = s.Hour&star == 0
	}
	if t.Next(time.Now()).IsZero() {
		return Times{}, phrase.Errorf("schedule: %q never happens: no such day comes in five years", spec)
	}
	return t, nil
}

// Next returns the first time after a moment; zero if none comes in five years.
func (t Times) Next(after time.Time) time.Time {
	after = after.In(t.zone)
	if !t.daily {
		return t.cron.Next(after)
	}
	wall := onClock(after, time.UTC)
	for {
		if wall = t.cron.Next(wall); wall.IsZero() {
			return wall
		}
		if at := t.at(wall); at.After(after) {
			return at
		}
	}
}

// at returns when the clock of the zone first shows a time, or jumps over it.
func (t Times) at(wall time.Time) time.Time {
	at := onClock(wall, t.zone)
	since, until := at.ZoneBounds()
	switch shown := onClock(at, time.UTC); {
	case shown.After(wall): // in a gap, and Date returned its end
		return since
	case shown.Before(wall):
		return until
	case since.IsZero():
		return at
	}
	_, before := since.Add(-1).Zone()
	if earlier := wall.Add(-time.Duration(before) * time.Second); earlier.Before(since) {
		return earlier.In(t.zone)
	}
	return at
}

// onClock returns when the clock of a zone shows what the clock of t shows.
func onClock(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

// String returns the schedule as it was written, and its zone.
func (t Times) String() string { return t.spec + " " + t.zone.String() }

// from returns where to search for the times from start on, if last was one of them.
func (t Times) from(last, start time.Time) time.Time {
	switch {
	case !start.After(last):
		return last
	case t.every > 0: // in step with the times before
		since := start.Sub(last)
		return last.Add(since - since%t.every)
	}
	return start
}
