package storetest

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// ledgerRules returns the checks of store.Ledger.
func ledgerRules() map[string]func(*suite) {
	return map[string]func(*suite){
		"a send is stored as it is":            (*suite).reserve,
		"a key is reserved once":               (*suite).reserveOnce,
		"of reserves at once one adds":         (*suite).reserveAtOnce,
		"update changes what it may":           (*suite).update,
		"update needs the current revision":    (*suite).updateConflict,
		"of updates at once one succeeds":      (*suite).updateAtOnce,
		"update and get know what is missing":  (*suite).missingSend,
		"list selects and pages":               (*suite).listSends,
		"count counts by state":                (*suite).countSends,
		"what was returned belongs to callers": (*suite).ownership,
		"a closed ledger says so":              (*suite).closedLedger,
	}
}

// send returns a send with every field set.
func send(key string) store.Send {
	return store.Send{
		Key: key, Account: "wx_app", Target: "wxid_alice", Endpoint: "/message/postText", Body: []byte(`{"content":"hi"}`),
		Class: "answer", Source: "echo", Event: "wx_app:1", State: store.Queued,
		NotBefore: time.Unix(100, 0), Expires: time.Unix(4_000_000_000, 0),
	}
}

func (s *suite) add(x store.Send) store.Send {
	s.Helper()
	stored, added, err := s.ledger.Reserve(s.ctx, x)
	s.ok(err)
	if !added {
		s.Fatalf("%q was known", x.Key)
	}
	return stored
}

func (s *suite) sameSend(got, want store.Send) {
	s.Helper()
	if got.Created.IsZero() || got.Updated.Before(got.Created) || got.Seq == 0 || got.Revision == 0 {
		s.Fatalf("the back end must fill in times, seq and revision: %+v", got)
	}
	if !got.NotBefore.Equal(want.NotBefore) || !got.Expires.Equal(want.Expires) {
		s.Fatalf("times are %v and %v, want %v and %v", got.NotBefore, got.Expires, want.NotBefore, want.Expires)
	}
	if string(got.Body) != string(want.Body) || string(got.Result) != string(want.Result) {
		s.Fatalf("body %q and result %q, want %q and %q", got.Body, got.Result, want.Body, want.Result)
	}
	plain := func(x store.Send) [10]string {
		return [10]string{
			x.Key, x.Account, x.Target, x.Endpoint, x.Class, x.Source, x.Event, string(x.State), x.Reason, strconv.Itoa(x.Attempts),
		}
	}
	if plain(got) != plain(want) {
		s.Fatalf("got %q, want %q", plain(got), plain(want))
	}
}

func (s *suite) reserve() {
	s.sameSend(s.add(send("a")), send("a"))
	got, err := s.ledger.Get(s.ctx, "a")
	s.ok(err)
	s.sameSend(got, send("a"))

	bare := store.Send{Key: "键/with 'odd' signs.*>", State: store.Held}
	s.sameSend(s.add(bare), bare)
	if got, err = s.ledger.Get(s.ctx, bare.Key); err != nil || !got.NotBefore.IsZero() || !got.Expires.IsZero() {
		s.Fatalf("zero times must stay zero: %+v, %v", got, err)
	}
}

func (s *suite) reserveOnce() {
	first := s.add(send("a"))
	other := send("a")
	other.Target, other.State = "wxid_bob", store.Held
	got, added, err := s.ledger.Reserve(s.ctx, other)
	s.ok(err)
	if added {
		s.Fatal("a known key was added again")
	}
	s.sameSend(got, send("a"))
	first.State, first.Result = store.Sent, []byte(`{"newMsgId":1}`)
	_, err = s.ledger.Update(s.ctx, first)
	s.ok(err)
	got, added, err = s.ledger.Reserve(s.ctx, send("a"))
	s.ok(err)
	if added || got.State != store.Sent || string(got.Result) != `{"newMsgId":1}` {
		s.Fatalf("a re-run must get the outcome: %+v, %v", got, added)
	}
}

func (s *suite) reserveAtOnce() {
	const n = 16
	var wg sync.WaitGroup
	var adds atomic.Int32
	for range n {
		wg.Go(func() {
			_, added, err := s.ledger.Reserve(s.ctx, send("same"))
			if err != nil {
				s.Errorf("reserve: %v", err)
			}
			if added {
				adds.Add(1)
			}
		})
	}
	wg.Wait()
	if adds.Load() != 1 {
		s.Fatalf("%d of %d reserves added", adds.Load(), n)
	}
}

func (s *suite) update() {
	x := s.add(send("a"))
	want := send("a")
	want.State, want.Attempts, want.Reason, want.Result, want.Body = store.Unknown, 2, "time-out", []byte("{}"), nil
	want.NotBefore, want.Expires = time.Unix(200, 0), time.Time{}
	changed := want
	changed.Seq, changed.Revision = x.Seq, x.Revision
	got, err := s.ledger.Update(s.ctx, changed)
	s.ok(err)
	s.sameSend(got, want)
	if got.Revision <= x.Revision || got.Seq != x.Seq {
		s.Fatalf("revision %d and seq %d after %d and %d", got.Revision, got.Seq, x.Revision, x.Seq)
	}
	got, err = s.ledger.Get(s.ctx, "a")
	s.ok(err)
	s.sameSend(got, want)
}

func (s *suite) updateConflict() {
	x := s.add(send("a"))
	x.State = store.Sending
	_, err := s.ledger.Update(s.ctx, x)
	s.ok(err)
	x.State = store.Refused
	_, err = s.ledger.Update(s.ctx, x)
	s.is(err, store.ErrConflict)
	got, err := s.ledger.Get(s.ctx, "a")
	s.ok(err)
	if got.State != store.Sending {
		s.Fatalf("a conflict changed the state to %s", got.State)
	}
}

func (s *suite) updateAtOnce() {
	x := s.add(send("a"))
	const n = 16
	var wg sync.WaitGroup
	var won atomic.Int32
	for range n {
		wg.Go(func() {
			mine := x
			mine.State = store.Sending
			if _, err := s.ledger.Update(s.ctx, mine); err == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		s.Fatalf("%d of %d updates of one revision succeeded", won.Load(), n)
	}
}

func (s *suite) missingSend() {
	_, err := s.ledger.Get(s.ctx, "nobody")
	s.is(err, store.ErrNotFound)
	_, err = s.ledger.Update(s.ctx, send("nobody"))
	s.is(err, store.ErrNotFound)
}

func (s *suite) listSends() {
	for i := range 6 {
		x := send(strconv.Itoa(i))
		x.Account = "wx_" + strconv.Itoa(i%2)
		x.Target = "wxid_" + strconv.Itoa(i%3)
		if i >= 4 {
			x.State = store.Held
		}
		s.add(x)
	}
	list := func(q store.SendQuery) string {
		sends, err := s.ledger.List(s.ctx, q)
		s.ok(err)
		var keys strings.Builder
		for _, x := range sends {
			keys.WriteString(x.Key)
		}
		return keys.String()
	}
	for want, q := range map[string]store.SendQuery{
		"012345": {},
		"45":     {States: []store.SendState{store.Held}},
		"0123":   {States: []store.SendState{store.Queued, store.Sent}},
		"024":    {Account: "wx_0"},
		"14":     {Target: "wxid_1"},
		"4":      {Account: "wx_0", States: []store.SendState{store.Held}},
		"01":     {Limit: 2},
		"":       {Account: "wx_nobody"},
	} {
		if got := list(q); got != want {
			s.Fatalf("%+v lists %q, want %q", q, got, want)
		}
	}
	first, err := s.ledger.List(s.ctx, store.SendQuery{Limit: 2})
	s.ok(err)
	if got := list(store.SendQuery{After: first[1].Seq, Limit: 3}); got != "234" {
		s.Fatalf("the second page is %q", got)
	}
}

func (s *suite) countSends() {
	for i, state := range []store.SendState{store.Queued, store.Queued, store.Held} {
		x := send(strconv.Itoa(i))
		x.State = state
		s.add(x)
	}
	x, err := s.ledger.Get(s.ctx, "0")
	s.ok(err)
	x.State = store.Sent
	_, err = s.ledger.Update(s.ctx, x)
	s.ok(err)
	counts, err := s.ledger.Count(s.ctx)
	s.ok(err)
	if counts[store.Queued] != 1 || counts[store.Held] != 1 || counts[store.Sent] != 1 || counts[store.Unknown] != 0 {
		s.Fatalf("counts are %v", counts)
	}
}

func (s *suite) ownership() {
	x := send("a")
	stored := s.add(x)
	x.Body[0], stored.Body[0] = '?', '?'
	got, err := s.ledger.Get(s.ctx, "a")
	s.ok(err)
	if string(got.Body) != `{"content":"hi"}` {
		s.Fatalf("a caller's change went into the store: %q", got.Body)
	}
}

func (s *suite) closedLedger() {
	x := s.add(send("a"))
	s.ok(s.Close())
	_, _, err := s.ledger.Reserve(s.ctx, send("b"))
	s.is(err, store.ErrClosed)
	_, err = s.ledger.Update(s.ctx, x)
	s.is(err, store.ErrClosed)
	_, err = s.ledger.Get(s.ctx, "a")
	s.is(err, store.ErrClosed)
}
