package schedule

import "time"

// clockSkew is the largest difference between the clocks of two processes.
const clockSkew = 2 * time.Minute

// sighting is a claim as this process has seen it.
type sighting struct {
	revision uint64
	since    time.Time
}

// left returns how long the claim of a record still holds; 0 if it is over. That is until its time,
// but the clock that set it may have been ahead, so the claim ends at the latest when the longest
// possible claim has passed since this process first saw it. A live owner renews it before that.
func (e *entry) left(r record, revision uint64, now time.Time, most time.Duration) time.Duration {
	if !now.Before(r.Until) {
		return 0
	}
	if e.seen.revision != revision || now.Before(e.seen.since) {
		e.seen = sighting{revision, now}
	}
	return max(0, min(r.Until.Sub(now), most-now.Sub(e.seen.since)))
}

// skips reports whether more than one time lies between now and the latest one that has run: all of
// them would be left out, because the clock was ahead at that run. A single one has run, if only by
// the wrong clock, and does not run again.
func (t Times) skips(last, now time.Time) bool {
	return last.After(now.Add(clockSkew)) && t.Next(now).Before(last)
}
