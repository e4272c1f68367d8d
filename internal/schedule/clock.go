package schedule

import "time"

// clockSkew is how far apart the clocks of two processes may be.
const clockSkew = 2 * time.Minute

// sighting is a claim as this process has seen it.
type sighting struct {
	revision uint64
	since    time.Time
}

// left is how long the claim of a record still holds, 0 if it is over. That is until its time; but the clock that this was read from may have been ahead, so
// it is at most as long as a claim can last, from when this process has first seen it as it is. Whoever is alive renews it before that.
func (e *entry) left(r record, revision uint64, now time.Time, most time.Duration) time.Duration {
	if !now.Before(r.Until) {
		return 0
	}
	if e.seen.revision != revision || now.Before(e.seen.since) {
		e.seen = sighting{revision, now}
	}
	return max(0, min(r.Until.Sub(now), most-now.Sub(e.seen.since)))
}

// skips tells whether the times until the latest one that has run are more than one: then they would all be left out, because the clock was ahead when
// that ran. A single one has run, if only by the wrong clock, and does not run again.
func (t Times) skips(last, now time.Time) bool {
	return last.After(now.Add(clockSkew)) && t.Next(now).Before(last)
}
