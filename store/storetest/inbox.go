package storetest

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// inboxRules returns the checks of store.Inbox.
func inboxRules() map[string]func(*suite) {
	return map[string]func(*suite){
		"a key is stored once":                (*suite).dedupe,
		"an empty key is never a duplicate":   (*suite).noKey,
		"two appends at once store one item":  (*suite).dedupeAtOnce,
		"a lane keeps its order":              (*suite).order,
		"a lane hands out one item at a time": (*suite).oneAtATime,
		"lanes do not wait for each other":    (*suite).parallel,
		"lease waits for an item":             (*suite).waits,
		"lease ends with its context":         (*suite).leaseContext,
		"a lost lease puts the item back":     (*suite).lost,
		"extend keeps a lease":                (*suite).extend,
		"retry keeps the lane waiting":        (*suite).retry,
		"release counts no attempt":           (*suite).release,
		"bury lets the lane go on":            (*suite).bury,
		"revive brings a dead item back":      (*suite).revive,
		"revived items keep their order":      (*suite).reviveInOrder,
		"drop forgets a dead item":            (*suite).drop,
		"stats count":                         (*suite).stats,
		"odd lanes and bodies":                (*suite).odd,
		"a closed inbox says so":              (*suite).closedInbox,
	}
}

func (s *suite) append(key, lane string) bool {
	s.Helper()
	added, err := s.in.Append(s.ctx, store.Item{Key: key, Lane: lane, Body: []byte("body of " + key), Received: time.Unix(1, 0)})
	if err != nil {
		s.Fatalf("append %q: %v", key, err)
	}
	return added
}

func (s *suite) lease(limit int, ttl time.Duration) []store.Lease {
	s.Helper()
	leases, err := s.in.Lease(s.ctx, limit, ttl)
	if err != nil {
		s.Fatalf("lease: %v", err)
	}
	return leases
}

// one leases the item that must be next.
func (s *suite) one(key string, attempt int) store.Lease {
	s.Helper()
	leases := s.lease(1, long)
	if len(leases) != 1 || leases[0].Key != key || leases[0].Attempt != attempt {
		s.Fatalf("leased %+v, want %q at attempt %d", leases, key, attempt)
	}
	return leases[0]
}

// none asserts that no item is ready.
func (s *suite) none() {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 20*time.Millisecond)
	defer cancel()
	if leases, err := s.in.Lease(ctx, 10, long); err == nil {
		s.Fatalf("leased %+v, want nothing", leases)
	}
}

func (s *suite) dedupe() {
	if !s.append("a", "lane") || s.append("a", "lane") || s.append("a", "other lane") {
		s.Fatal("the first append must add, the others must not")
	}
	l := s.one("a", 1)
	if string(l.Body) != "body of a" || l.Lane != "lane" || !l.Received.Equal(time.Unix(1, 0)) {
		s.Fatalf("leased %+v: not what was appended", l.Item)
	}
	s.ok(s.in.Complete(s.ctx, l))
	if s.append("a", "lane") {
		s.Fatal("the key of a done item must stay known")
	}
}

func (s *suite) noKey() {
	first, second := s.append("", "lane"), s.append("", "lane")
	if !first || !second {
		s.Fatal("an item without a key must always be added")
	}
}

func (s *suite) dedupeAtOnce() {
	const n = 16
	var wg sync.WaitGroup
	var mu sync.Mutex
	added := 0
	for range n {
		wg.Go(func() {
			ok, err := s.in.Append(s.ctx, store.Item{Key: "same", Lane: "lane"})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				s.Errorf("append: %v", err)
			}
			if ok {
				added++
			}
		})
	}
	wg.Wait()
	if added != 1 {
		s.Fatalf("%d of %d appends of one key added", added, n)
	}
}

func (s *suite) order() {
	const n = 20
	for i := range n {
		s.append(strconv.Itoa(i), "lane")
	}
	var last uint64
	for i := range n {
		l := s.one(strconv.Itoa(i), 1)
		if l.Seq <= last {
			s.Fatalf("seq %d after %d", l.Seq, last)
		}
		last = l.Seq
		s.ok(s.in.Complete(s.ctx, l))
	}
}

func (s *suite) oneAtATime() {
	s.append("a", "lane")
	s.append("b", "lane")
	if leases := s.lease(10, long); len(leases) != 1 {
		s.Fatalf("leased %d items of one lane at once", len(leases))
	}
	s.none()
}

func (s *suite) parallel() {
	s.append("a", "one")
	s.append("b", "one")
	s.append("c", "two")
	leases := s.lease(10, long)
	if len(leases) == 1 {
		leases = append(leases, s.lease(10, long)...)
	}
	if len(leases) != 2 || leases[0].Key != "a" || leases[1].Key != "c" {
		s.Fatalf("leased %+v, want the heads of both lanes in order", leases)
	}
	s.ok(s.in.Complete(s.ctx, leases[0]))
	s.one("b", 1)
}

func (s *suite) waits() {
	got := make(chan []store.Lease, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		leases, err := s.in.Lease(s.ctx, 1, long)
		if err != nil {
			s.Errorf("lease: %v", err)
		}
		got <- leases
	})
	s.append("a", "lane")
	if leases := <-got; len(leases) != 1 || leases[0].Key != "a" {
		s.Fatalf("leased %+v", leases)
	}
}

func (s *suite) leaseContext() {
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	_, err := s.in.Lease(ctx, 1, long)
	s.is(err, context.Canceled)
}

func (s *suite) lost() {
	s.append("a", "lane")
	s.append("b", "lane")
	old := s.lease(1, time.Millisecond)[0]
	again := s.one("a", 2) // waits until the first lease has run out
	s.is(s.in.Complete(s.ctx, old), store.ErrLeaseLost)
	s.is(s.in.Retry(s.ctx, old, 0, store.Failure{}), store.ErrLeaseLost)
	s.is(s.in.Bury(s.ctx, old, store.Failure{}), store.ErrLeaseLost)
	s.is(s.in.Extend(s.ctx, old, long), store.ErrLeaseLost)
	s.ok(s.in.Complete(s.ctx, again))
	s.is(s.in.Complete(s.ctx, again), store.ErrLeaseLost)
	s.one("b", 1)
}

func (s *suite) extend() {
	s.append("a", "lane")
	l := s.lease(1, 5*time.Second)[0]
	s.ok(s.in.Extend(s.ctx, l, long))
	s.none()
	s.ok(s.in.Complete(s.ctx, l))
}

func (s *suite) retry() {
	s.append("a", "lane")
	s.append("b", "lane")
	s.append("c", "other")
	s.ok(s.in.Retry(s.ctx, s.one("a", 1), long, store.Failure{Reason: "not now"}))
	s.ok(s.in.Complete(s.ctx, s.one("c", 1)))
	s.none() // neither a, which is delayed, nor b, which follows it
	s.append("d", "third")
	l := s.one("d", 1)
	s.ok(s.in.Retry(s.ctx, l, time.Millisecond, store.Failure{}))
	s.ok(s.in.Complete(s.ctx, s.one("d", 2)))
}

func (s *suite) release() {
	s.append("a", "lane")
	s.append("b", "lane")
	l := s.one("a", 1)
	s.ok(s.in.Release(s.ctx, l))
	s.is(s.in.Complete(s.ctx, l), store.ErrLeaseLost)
	s.ok(s.in.Complete(s.ctx, s.one("a", 1)))
	s.one("b", 1)
}

func (s *suite) bury() {
	s.append("a", "lane")
	s.append("b", "lane")
	s.ok(s.in.Bury(s.ctx, s.one("a", 1), store.Failure{Reason: "hopeless", Stack: "main.go:1"}))
	s.ok(s.in.Complete(s.ctx, s.one("b", 1)))
	dead, err := s.in.Dead(s.ctx, 0, 10)
	s.ok(err)
	if len(dead) != 1 || dead[0].Key != "a" || dead[0].Attempts != 1 ||
		dead[0].Failure != (store.Failure{Reason: "hopeless", Stack: "main.go:1"}) || dead[0].Buried.IsZero() {
		s.Fatalf("dead letters are %+v", dead)
	}
	if after, err := s.in.Dead(s.ctx, dead[0].Seq, 10); err != nil || len(after) != 0 {
		s.Fatalf("dead letters after the last are %+v, %v", after, err)
	}
	if s.append("a", "lane") {
		s.Fatal("the key of a dead item must stay known")
	}
}

func (s *suite) revive() {
	s.append("a", "lane")
	s.append("b", "lane")
	l := s.one("a", 1)
	s.ok(s.in.Bury(s.ctx, l, store.Failure{}))
	s.ok(s.in.Revive(s.ctx, l.Seq))
	s.ok(s.in.Complete(s.ctx, s.one("b", 1)))
	s.ok(s.in.Complete(s.ctx, s.one("a", 1)))
	s.is(s.in.Revive(s.ctx, l.Seq), store.ErrNotFound)
}

func (s *suite) reviveInOrder() {
	var seqs []uint64
	for _, key := range []string{"a", "b", "c"} {
		s.append(key, "lane")
		l := s.one(key, 1)
		seqs = append(seqs, l.Seq)
		s.ok(s.in.Bury(s.ctx, l, store.Failure{}))
	}
	for _, seq := range seqs {
		s.ok(s.in.Revive(s.ctx, seq))
	}
	for _, key := range []string{"a", "b", "c"} {
		s.ok(s.in.Complete(s.ctx, s.one(key, 1)))
	}
}

func (s *suite) drop() {
	s.append("a", "lane")
	l := s.one("a", 1)
	s.ok(s.in.Bury(s.ctx, l, store.Failure{}))
	s.ok(s.in.Drop(s.ctx, l.Seq))
	s.is(s.in.Drop(s.ctx, l.Seq), store.ErrNotFound)
	dead, err := s.in.Dead(s.ctx, 0, 10)
	s.ok(err)
	if len(dead) != 0 {
		s.Fatalf("dead letters are %+v", dead)
	}
}

func (s *suite) stats() {
	for _, key := range []string{"a", "b", "c", "d"} {
		s.append(key, "lane "+key)
	}
	s.ok(s.in.Complete(s.ctx, s.one("a", 1)))
	s.ok(s.in.Bury(s.ctx, s.one("b", 1), store.Failure{}))
	s.one("c", 1)
	got, err := s.in.Stats(s.ctx)
	s.ok(err)
	if !got.Oldest.Equal(time.Unix(1, 0)) {
		s.Fatalf("the oldest item is of %v", got.Oldest)
	}
	got.Oldest = time.Time{}
	if want := (store.InboxStats{Pending: 1, Leased: 1, Dead: 1, Keys: 4}); got != want {
		s.Fatalf("stats are %+v, want %+v", got, want)
	}
	s.ok(s.in.Complete(s.ctx, s.one("d", 1)))
}

// odd appends items that callbacks can cause: ids with characters that are special in a back end,
// and bodies that are not text.
func (s *suite) odd() {
	names := []string{"app/10000000001@chatroom", "a.b.c", "a *>$", "群聊", "", "\x00\xff", "it's \"quoted\""}
	for i, name := range names {
		body := []byte{0, byte(i), 0xff}
		added, err := s.in.Append(s.ctx, store.Item{Key: "key " + name, Lane: name, Body: body, Received: time.Unix(1, 5)})
		s.ok(err)
		if !added {
			s.Fatalf("%q was not added", name)
		}
	}
	for i, name := range names {
		l := s.one("key "+name, 1)
		if l.Lane != name || string(l.Body) != string([]byte{0, byte(i), 0xff}) {
			s.Fatalf("leased %+v, want lane %q", l, name)
		}
	}
}

func (s *suite) closedInbox() {
	s.append("a", "lane")
	l := s.one("a", 1)
	s.ok(s.Close())
	_, err := s.in.Append(s.ctx, store.Item{Key: "b"})
	s.is(err, store.ErrClosed)
	_, err = s.in.Lease(s.ctx, 1, long)
	s.is(err, store.ErrClosed)
	_, err = s.in.Stats(s.ctx)
	s.is(err, store.ErrClosed)
	s.is(s.in.Complete(s.ctx, l), store.ErrClosed)
	s.ok(s.Close())
}
