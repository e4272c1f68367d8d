// Package storetest checks a store back end against the contract of package store. Call it from a
// test of the back end:
//
//	func TestContract(t *testing.T) {
//		storetest.Run(t, storetest.Config{
//			Open: func(t *testing.T) store.Store { return open(t) },
//		})
//	}
package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Config says how to open the back end.
type Config struct {
	// Open returns an empty store for one subtest. The subtest closes it.
	Open func(t *testing.T) store.Store
	// Reopen opens the contents of a closed store. nil is for a back end that is not durable; the
	// rules of durability are then skipped.
	Reopen func(t *testing.T, closed store.Store) store.Store
	// Clock does the same as Open, or as Reopen if closed is not nil, for a store whose clock the
	// test sets. nil is for a back end that does not use the clock; the rules about a clock that is
	// set back are then skipped.
	Clock func(t *testing.T, closed store.Store, now func() time.Time) store.Store
	// Crash returns what crashes of the machine at this moment may leave of a running store, as
	// open stores: at least one that has lost everything that is not durable, and one that has lost
	// nothing. nil is for a back end that is not durable, or whose calls all return when their
	// change is; the rules about the order of changes are then skipped.
	Crash func(t *testing.T, running store.Store) []store.Store
	// Timeout bounds each subtest. 0 means 20 seconds.
	Timeout time.Duration
}

// long is a lease that outlives every test.
const long = time.Hour

// Run checks the rules, each in its own subtest.
func Run(t *testing.T, c Config) {
	t.Helper()
	if c.Timeout == 0 {
		c.Timeout = 20 * time.Second
	}
	parts := map[string]map[string]func(*suite){"inbox": inboxRules(), "ledger": ledgerRules(), "state": stateRules(), "log": logRules()}
	if c.Reopen != nil {
		parts["durable"] = durableRules()
	}
	for part, rules := range parts {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			for name, check := range rules {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					run(t, c, check)
				})
			}
		})
	}
	if c.Crash != nil {
		t.Run("crash loses the latest changes only", func(t *testing.T) {
			t.Parallel()
			longer := c
			longer.Timeout *= 6 // it opens the store some hundred times
			run(t, longer, func(s *suite) { s.crashes(c.Crash) })
		})
	}
	if c.Clock == nil {
		return
	}
	t.Run("clock", func(t *testing.T) {
		t.Parallel()
		for name, check := range clockRules() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				runClock(t, c, check)
			})
		}
	})
}

func run(t *testing.T, c Config, check func(*suite)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), c.Timeout)
	defer cancel()
	s := &suite{T: t, ctx: ctx, reopen: c.Reopen}
	s.use(c.Open(t))
	defer func() {
		if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("close: %v", err)
		}
	}()
	if got := s.Durable(); got != (c.Reopen != nil) {
		t.Errorf("Durable() is %v: it must agree with Config.Reopen", got)
	}
	check(s)
}

type suite struct {
	*testing.T
	store.Store
	ctx    context.Context //nolint:containedctx // of the subtest to which the suite belongs
	reopen func(*testing.T, store.Store) store.Store

	in     store.Inbox
	ledger store.Ledger
	state  store.State
	log    store.Log
}

func (s *suite) use(back store.Store) {
	s.Store, s.in, s.ledger, s.state, s.log = back, back.Inbox(), back.Ledger(), back.State(), back.Log()
}

// again closes the store and reopens it.
func (s *suite) again() {
	s.Helper()
	s.ok(s.Close())
	s.use(s.reopen(s.T, s.Store))
}

func (s *suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *suite) is(err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Fatalf("got error %v, want %v", err, want)
	}
}
