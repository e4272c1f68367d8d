package friends

import (
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// booking is the place of a request among those that are accepted.
type booking struct {
	Who string
	At  time.Time
}

// window is the longer time of the caps, cooling the shorter one.
const (
	window  = 24 * time.Hour
	cooling = 10 * time.Minute
)

// book takes the first place that the caps leave, after the usual wait, and returns how long that
// is from now.
func (f *friends) book(c *router.Context, who string, limit time.Duration) (time.Duration, error) {
	return f.bookAfter(c, who, plugin.Draw(f.c.Wait), limit)
}

// bookAfter takes the first place after a wait. If that is later than limit, it takes none and
// returns 0; a limit of 0 is none. A person who has a place keeps it, so that a handler that runs
// again takes no second one.
func (f *friends) bookAfter(c *router.Context, who string, wait, limit time.Duration) (time.Duration, error) {
	now := c.Now()
	var at time.Time
	_, err := router.Update(c, c.Store(router.ByAccount), "accepted", 2*window, func(list []booking) ([]booking, error) {
		list = slices.DeleteFunc(list, func(b booking) bool { return now.Sub(b.At) >= window })
		if i := slices.IndexFunc(list, func(b booking) bool { return b.Who == who && b.At.After(now) }); i >= 0 {
			at = list[i].At
			return list, nil
		}
		at = now.Add(max(wait, time.Second))
		at = later(at, list, f.c.Limit.Per10m, cooling)
		at = later(at, list, f.c.Limit.PerDay, window)
		if limit > 0 && at.After(now.Add(max(limit, time.Second))) {
			at = time.Time{}
			return list, nil
		}
		list = append(list, booking{who, at})
		slices.SortFunc(list, func(a, b booking) int { return a.At.Compare(b.At) })
		return list, nil
	})
	if err != nil || at.IsZero() {
		return 0, err
	}
	return at.Sub(now), nil
}

// later is the first time from at on with fewer than most of the bookings in the time d before it.
func later(at time.Time, list []booking, most int, d time.Duration) time.Time {
	if len(list) >= most {
		if free := list[len(list)-most].At.Add(d); free.After(at) {
			return free
		}
	}
	return at
}
