package outbox

import (
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// times copies from the ledger when an entry may go out, and its deadline. The clock may have been
// set back since the entry was written: what was a second ahead then is at most a second ahead now.
func (it *item) times(s store.Send, expires, now time.Time) {
	it.notBefore, it.expires = bounded(s.NotBefore, s.Updated, now), bounded(expires, s.Updated, now)
}

// bounded is t, but no further ahead than it was when it was written, and without its monotonic
// reading.
func bounded(t, written, now time.Time) time.Time {
	if ahead := t.Sub(written); !t.IsZero() && ahead > 0 {
		t = store.Bound(t, now, ahead)
	}
	return t.Round(0)
}

// setBack moves the times of a waiting entry after the clock was set back. The caller holds the
// lock.
func (it *item) setBack(by time.Duration) {
	it.ready = time.Time{}
	for _, t := range []*time.Time{&it.notBefore, &it.expires, &it.heldUntil, &it.queued} {
		if !t.IsZero() {
			*t = t.Add(-by)
		}
	}
}
