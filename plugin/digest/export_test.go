package digest

import "time"

// Period is what a digest covers that somebody asks for.
func Period(text string, now time.Time) (from, to time.Time, ok bool) { return period(text, now) }
