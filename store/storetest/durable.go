package storetest

import (
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// durableRules returns the checks of what outlives the process.
func durableRules() map[string]func(*suite) {
	return map[string]func(*suite){
		"items and keys survive":        (*suite).itemsSurvive,
		"leases end with their process": (*suite).leasesEnd,
		"attempts and delays survive":   (*suite).attemptsSurvive,
		"dead letters survive":          (*suite).deadSurvive,
		"sends survive":                 (*suite).sendsSurvive,
		"entries survive":               (*suite).entriesSurvive,
		"lines survive":                 (*suite).linesSurvive,
	}
}

func (s *suite) itemsSurvive() {
	for _, key := range []string{"a", "b", "c"} {
		s.append(key, "lane")
	}
	first := s.one("a", 1)
	s.ok(s.in.Complete(s.ctx, first))
	s.again()
	if s.append("a", "lane") || s.append("b", "lane") {
		s.Fatal("a key was forgotten")
	}
	b := s.one("b", 1)
	if string(b.Body) != "body of b" || b.Lane != "lane" || !b.Received.Equal(time.Unix(1, 0)) || b.Seq <= first.Seq {
		s.Fatalf("leased %+v", b)
	}
	s.ok(s.in.Complete(s.ctx, b))
	s.append("d", "lane")
	c := s.one("c", 1)
	s.ok(s.in.Complete(s.ctx, c))
	if d := s.one("d", 1); d.Seq <= c.Seq {
		s.Fatalf("seq %d after %d", d.Seq, c.Seq)
	}
}

func (s *suite) leasesEnd() {
	s.append("a", "lane")
	s.append("b", "lane")
	old := s.one("a", 1)
	s.again()
	leases := s.lease(10, long)
	if len(leases) != 1 || leases[0].Key != "a" || leases[0].Fence <= old.Fence {
		s.Fatalf("leased %+v, want a, with a fence above %d", leases, old.Fence)
	}
	s.is(s.in.Complete(s.ctx, old), store.ErrLeaseLost)
	s.ok(s.in.Complete(s.ctx, leases[0]))
	s.ok(s.in.Complete(s.ctx, s.one("b", 1)))
}

func (s *suite) attemptsSurvive() {
	s.append("a", "lane")
	s.ok(s.in.Retry(s.ctx, s.one("a", 1), time.Millisecond, store.Failure{Reason: "one"}))
	s.ok(s.in.Retry(s.ctx, s.one("a", 2), long, store.Failure{Reason: "two"}))
	s.append("b", "other")
	s.ok(s.in.Retry(s.ctx, s.one("b", 1), 0, store.Failure{}))
	s.again()
	s.ok(s.in.Complete(s.ctx, s.one("b", 2)))
	s.none() // a is still delayed
}

func (s *suite) deadSurvive() {
	s.append("a", "lane")
	l := s.one("a", 1)
	s.ok(s.in.Bury(s.ctx, l, store.Failure{Reason: "hopeless", Stack: "main.go:1"}))
	s.again()
	dead, err := s.in.Dead(s.ctx, 0, 10)
	s.ok(err)
	if len(dead) != 1 || dead[0].Key != "a" || dead[0].Lane != "lane" || dead[0].Failure.Reason != "hopeless" ||
		string(dead[0].Body) != "body of a" {
		s.Fatalf("dead letters are %+v", dead)
	}
	s.ok(s.in.Revive(s.ctx, dead[0].Seq))
	s.again()
	s.ok(s.in.Complete(s.ctx, s.one("a", 1)))
}

func (s *suite) sendsSurvive() {
	x := s.add(send("a"))
	x.State, x.Result = store.Sent, []byte("{}")
	_, err := s.ledger.Update(s.ctx, x)
	s.ok(err)
	last := s.add(send("b"))
	s.again()
	got, added, err := s.ledger.Reserve(s.ctx, send("a"))
	s.ok(err)
	if added || got.State != store.Sent {
		s.Fatalf("got %+v, %v", got, added)
	}
	if c := s.add(send("c")); c.Seq <= last.Seq {
		s.Fatalf("seq %d after %d", c.Seq, last.Seq)
	}
	_, err = s.ledger.Update(s.ctx, last)
	s.ok(err)
}

func (s *suite) entriesSurvive() {
	revision, err := s.state.Put(s.ctx, "a", []byte("1"), long)
	s.ok(err)
	s.again()
	e, err := s.state.Get(s.ctx, "a")
	s.ok(err)
	if string(e.Value) != "1" || e.Revision != revision || e.Expires.IsZero() {
		s.Fatalf("got %+v", e)
	}
	next, err := s.state.Swap(s.ctx, "a", []byte("2"), revision, 0)
	s.ok(err)
	if next == revision {
		s.Fatalf("revision %d twice", next)
	}
}
