package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// clockRules returns the checks for a clock that is set back, by a person or by the first contact
// with a time server: an item that waits until a time waits for the requested duration, and not
// until the clock has caught up.
func clockRules() map[string]func(*suite, *clock) {
	return map[string]func(*suite, *clock){
		"a retry waits for its delay":               (*suite).retrySetBack,
		"a lease that waits for a retry":            (*suite).leaseSetBack,
		"a retry waits for its delay after a start": (*suite).retrySetBackBetween,
		"a long retry does not become a short one":  (*suite).longRetrySetBack,
		"a lease ends in its time":                  (*suite).lostSetBack,
		"a lease that is extended ends in its time": (*suite).extendSetBack,
		"a key is known":                            (*suite).keySetBack,
		"a line ends by the clock":                  (*suite).lineEnds,
		"a clock that was years ahead, and a start": (*suite).retryYearsAhead,
	}
}

// clock is the clock of this machine, set ahead by a test. Its times have no monotonic reading.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Now().Round(0).Add(time.Duration(c.ahead.Load())) }
func (c *clock) set(ahead time.Duration) { c.ahead.Store(int64(ahead)) }

// soon is a delay for which tests wait.
const soon = 100 * time.Millisecond

func runClock(t *testing.T, c Config, check func(*suite, *clock)) {
	t.Helper()
	var now clock
	c.Open = func(t *testing.T) store.Store { t.Helper(); return c.Clock(t, nil, now.Now) }
	c.Reopen = func(t *testing.T, closed store.Store) store.Store { t.Helper(); return c.Clock(t, closed, now.Now) }
	run(t, c, func(s *suite) { check(s, &now) })
}

func (s *suite) retrySetBack(c *clock) {
	s.append("a", "lane")
	s.append("b", "lane")
	s.ok(s.in.Retry(s.ctx, s.one("a", 1), soon, store.Failure{}))
	c.set(-24 * time.Hour)
	s.ok(s.in.Complete(s.ctx, s.one("a", 2)))
	s.ok(s.in.Complete(s.ctx, s.one("b", 1)))
}

func (s *suite) leaseSetBack(c *clock) {
	s.append("a", "lane")
	s.ok(s.in.Retry(s.ctx, s.one("a", 1), soon, store.Failure{}))
	ctx, cancel := context.WithTimeout(s.ctx, soon/10)
	defer cancel()
	if leases, err := s.in.Lease(ctx, 1, long); err == nil {
		s.Fatalf("leased %+v before its delay was over", leases)
	}
	c.set(-time.Hour)
	s.ok(s.in.Complete(s.ctx, s.one("a", 2)))
}

func (s *suite) retrySetBackBetween(c *clock) {
	s.append("a", "lane")
	s.append("b", "lane")
	s.ok(s.in.Retry(s.ctx, s.one("a", 1), soon, store.Failure{}))
	s.ok(s.Close())
	c.set(-24 * time.Hour)
	s.use(s.reopen(s.T, s.Store))
	s.ok(s.in.Complete(s.ctx, s.one("a", 2)))
	s.ok(s.in.Complete(s.ctx, s.one("b", 1)))
}

func (s *suite) retryYearsAhead(c *clock) {
	c.set(20 * 365 * 24 * time.Hour)
	s.append("a", "lane")
	s.ok(s.in.Retry(s.ctx, s.one("a", 1), soon, store.Failure{}))
	s.ok(s.Close())
	c.set(0)
	s.use(s.reopen(s.T, s.Store))
	s.ok(s.in.Complete(s.ctx, s.one("a", 2)))
}

func (s *suite) longRetrySetBack(c *clock) {
	s.append("a", "lane")
	s.ok(s.in.Retry(s.ctx, s.one("a", 1), long, store.Failure{}))
	c.set(-24 * time.Hour)
	s.none()
	s.again()
	s.none()
}

func (s *suite) lostSetBack(c *clock) {
	s.append("a", "lane")
	old := s.lease(1, soon)[0]
	c.set(-24 * time.Hour)
	s.ok(s.in.Complete(s.ctx, s.one("a", 2)))
	s.is(s.in.Complete(s.ctx, old), store.ErrLeaseLost)
}

func (s *suite) extendSetBack(c *clock) {
	s.append("a", "lane")
	old := s.lease(1, long)[0]
	s.ok(s.in.Extend(s.ctx, old, soon))
	c.set(-24 * time.Hour)
	s.ok(s.in.Complete(s.ctx, s.one("a", 2)))
}

func (s *suite) keySetBack(c *clock) {
	s.append("a", "lane")
	s.ok(s.in.Complete(s.ctx, s.one("a", 1)))
	c.set(-24 * time.Hour)
	if s.append("a", "lane") {
		s.Fatal("a key was forgotten")
	}
	s.again()
	if s.append("a", "lane") {
		s.Fatal("a key was forgotten")
	}
}
