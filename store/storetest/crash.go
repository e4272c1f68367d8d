package storetest

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/hongyan-go/hongyan/store"
)

// change is a step of the crash rule.
type change struct {
	name    string
	durable bool
	do      func(*suite) error
	// made reports whether a store that was opened after a crash has the change.
	made func(context.Context, store.Store) (bool, error)
}

// crashes makes changes of all kinds, lets the machine crash after each, and checks that what is
// left is what the first n changes have made, with every change that was durable.
func (s *suite) crashes(crash func(*testing.T, store.Store) []store.Store) {
	s.Helper()
	changes := changesInOrder()
	durable := 0
	for n, c := range changes {
		s.ok(c.do(s))
		if c.durable {
			durable = n + 1
		}
		lengths := map[int]bool{}
		for _, left := range crash(s.T, s.Store) {
			lengths[s.prefix(left, changes[:n+1], durable)] = true
			s.ok(left.Close())
		}
		if !lengths[n+1] {
			s.Fatalf("after %q no crash has kept everything: %v", c.name, lengths)
		}
	}
	s.ok(s.Flush(s.ctx))
	for _, left := range crash(s.T, s.Store) {
		s.prefix(left, changes, len(changes))
		s.ok(left.Close())
	}
}

// prefix returns how many of the changes a store has, which must be the first ones, and at least as
// many as are durable.
func (s *suite) prefix(left store.Store, changes []change, durable int) int {
	s.Helper()
	var has []bool
	for _, c := range changes {
		made, err := c.made(s.ctx, left)
		s.ok(err)
		has = append(has, made)
	}
	n := slices.Index(has, false)
	if n < 0 {
		n = len(has)
	}
	if slices.Contains(has[n:], true) {
		s.Fatalf("after a crash the changes %v are there: one from the middle is lost", has)
	}
	if n < durable {
		s.Fatalf("after a crash %d changes are there, and %d were durable", n, durable)
	}
	return n
}

// changesInOrder are changes as the way of a message makes them.
func changesInOrder() []change {
	var lease store.Lease
	var sending store.Send
	put := func(i int) change {
		key := "crash/" + strconv.Itoa(i)
		return change{
			name: "put " + key,
			do: func(s *suite) error {
				_, err := s.state.Put(s.ctx, key, []byte("1"), 0)
				return err
			},
			made: func(ctx context.Context, left store.Store) (bool, error) {
				entries, err := left.State().List(ctx, key, "", 1)
				return len(entries) == 1, err
			},
		}
	}
	count := func(ctx context.Context, left store.Store) (map[store.SendState]int, error) {
		return left.Ledger().Count(ctx)
	}
	return []change{
		put(0),
		{
			name: "append", durable: true,
			do: func(s *suite) error {
				_, err := s.in.Append(s.ctx, store.Item{Key: "a", Lane: "lane", Body: []byte("body")})
				return err
			},
			made: func(ctx context.Context, left store.Store) (bool, error) {
				stats, err := left.Inbox().Stats(ctx)
				return stats.Keys == 1, err
			},
		},
		put(1),
		{
			name: "reserve",
			do: func(s *suite) error {
				leases, err := s.in.Lease(s.ctx, 1, long)
				if err != nil {
					return err
				}
				lease = leases[0]
				sending, _, err = s.ledger.Reserve(s.ctx, store.Send{Key: "x", State: store.Queued})
				return err
			},
			made: func(ctx context.Context, left store.Store) (bool, error) {
				counts, err := count(ctx, left)
				return counts[store.Queued]+counts[store.Sending]+counts[store.Sent] == 1, err
			},
		},
		put(2),
		{
			name: "sending", durable: true,
			do: func(s *suite) (err error) {
				sending.State = store.Sending
				sending, err = s.ledger.Update(s.ctx, sending)
				return err
			},
			made: func(ctx context.Context, left store.Store) (bool, error) {
				counts, err := count(ctx, left)
				return counts[store.Sending]+counts[store.Sent] == 1, err
			},
		},
		{
			name: "outcome",
			do: func(s *suite) error {
				sending.State = store.Sent
				_, err := s.ledger.Update(s.ctx, sending)
				return err
			},
			made: func(ctx context.Context, left store.Store) (bool, error) {
				counts, err := count(ctx, left)
				return counts[store.Sent] == 1, err
			},
		},
		{
			name: "complete",
			do:   func(s *suite) error { return s.in.Complete(s.ctx, lease) },
			made: func(ctx context.Context, left store.Store) (bool, error) {
				stats, err := left.Inbox().Stats(ctx)
				return stats.Keys == 1 && stats.Pending+stats.Leased == 0, err
			},
		},
		put(3),
	}
}
