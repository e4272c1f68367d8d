package storetest

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// stateRules returns the checks of store.State.
func stateRules() map[string]func(*suite) {
	return map[string]func(*suite){
		"put and get":                   (*suite).putGet,
		"swap compares the revision":    (*suite).swap,
		"of swaps at once one succeeds": (*suite).swapAtOnce,
		"a counter loses nothing":       (*suite).counter,
		"an entry ends":                 (*suite).ttl,
		"put replaces the time to live": (*suite).ttlReplaced,
		"delete":                        (*suite).deleteKey,
		"list by prefix, in pages":      (*suite).listKeys,
		"odd keys and values":           (*suite).oddKeys,
		"too long is an error":          (*suite).tooLong,
		"a closed state says so":        (*suite).closedState,
	}
}

func (s *suite) value(key string) string {
	s.Helper()
	e, err := s.state.Get(s.ctx, key)
	s.ok(err)
	if e.Key != key {
		s.Fatalf("got the entry of %q, want that of %q", e.Key, key)
	}
	return string(e.Value)
}

func (s *suite) putGet() {
	_, err := s.state.Get(s.ctx, "a/b")
	s.is(err, store.ErrNotFound)
	first, err := s.state.Put(s.ctx, "a/b", []byte("1"), 0)
	s.ok(err)
	second, err := s.state.Put(s.ctx, "a/b", []byte("2"), 0)
	s.ok(err)
	e, err := s.state.Get(s.ctx, "a/b")
	s.ok(err)
	if string(e.Value) != "2" || e.Revision != second || first == second || first == 0 || !e.Expires.IsZero() {
		s.Fatalf("got %+v after revisions %d and %d", e, first, second)
	}
}

func (s *suite) swap() {
	revision, err := s.state.Swap(s.ctx, "a", []byte("1"), 0, 0)
	s.ok(err)
	_, err = s.state.Swap(s.ctx, "a", []byte("x"), 0, 0)
	s.is(err, store.ErrConflict)
	next, err := s.state.Swap(s.ctx, "a", []byte("2"), revision, 0)
	s.ok(err)
	_, err = s.state.Swap(s.ctx, "a", []byte("x"), revision, 0)
	s.is(err, store.ErrConflict)
	if got := s.value("a"); got != "2" {
		s.Fatalf("the value is %q", got)
	}
	s.ok(s.state.Delete(s.ctx, "a"))
	_, err = s.state.Swap(s.ctx, "a", []byte("x"), next, 0)
	s.is(err, store.ErrConflict)
	again, err := s.state.Swap(s.ctx, "a", []byte("3"), 0, 0)
	s.ok(err)
	if again == revision || again == next {
		s.Fatalf("revision %d came back", again)
	}
}

func (s *suite) swapAtOnce() {
	const n = 16
	var wg sync.WaitGroup
	var won atomic.Int32
	for range n {
		wg.Go(func() {
			if _, err := s.state.Swap(s.ctx, "a", []byte("x"), 0, 0); err == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		s.Fatalf("%d of %d swaps succeeded", won.Load(), n)
	}
}

func (s *suite) counter() {
	const workers, each = 4, 10
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for done := 0; done < each; {
				e, err := s.state.Get(s.ctx, "n")
				if err != nil {
					e = store.Entry{Value: []byte("0")}
				}
				n, _ := strconv.Atoi(string(e.Value))
				if _, err := s.state.Swap(s.ctx, "n", []byte(strconv.Itoa(n+1)), e.Revision, 0); err == nil {
					done++
				} else if s.ctx.Err() != nil {
					s.Errorf("swap: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := s.value("n"); got != strconv.Itoa(workers*each) {
		s.Fatalf("the counter is %s", got)
	}
}

// gone waits until the entry of a key has expired.
func (s *suite) gone(key string) {
	s.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := s.state.Get(s.ctx, key); err != nil {
			s.is(err, store.ErrNotFound)
			return
		}
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			s.Fatalf("%q does not end", key)
		}
	}
}

func (s *suite) ttl() {
	before := time.Now()
	_, err := s.state.Put(s.ctx, "a", []byte("1"), long)
	s.ok(err)
	e, err := s.state.Get(s.ctx, "a")
	s.ok(err)
	if left := e.Expires.Sub(before); left < long-time.Minute || left > long+time.Minute {
		s.Fatalf("it ends in %v, want about %v", left, long)
	}
	_, err = s.state.Put(s.ctx, "b", []byte("1"), 30*time.Millisecond)
	s.ok(err)
	s.gone("b")
	_, err = s.state.Swap(s.ctx, "b", []byte("2"), 0, 0)
	s.ok(err)
	list, err := s.state.List(s.ctx, "", "", 10)
	s.ok(err)
	if len(list) != 2 {
		s.Fatalf("the list is %+v", list)
	}
}

func (s *suite) ttlReplaced() {
	_, err := s.state.Put(s.ctx, "a", []byte("1"), long)
	s.ok(err)
	revision, err := s.state.Put(s.ctx, "a", []byte("2"), 0)
	s.ok(err)
	if e, err := s.state.Get(s.ctx, "a"); err != nil || !e.Expires.IsZero() {
		s.Fatalf("got %+v, %v: without a time to live it must stay", e, err)
	}
	_, err = s.state.Swap(s.ctx, "a", []byte("3"), revision, 30*time.Millisecond)
	s.ok(err)
	s.gone("a")
}

func (s *suite) deleteKey() {
	s.ok(s.state.Delete(s.ctx, "a"))
	_, err := s.state.Put(s.ctx, "a", []byte("1"), 0)
	s.ok(err)
	s.ok(s.state.Delete(s.ctx, "a"))
	_, err = s.state.Get(s.ctx, "a")
	s.is(err, store.ErrNotFound)
}

func (s *suite) listKeys() {
	for _, key := range []string{"b/2", "a/1", "b/1", "b/3", "b", "c/1"} {
		_, err := s.state.Put(s.ctx, key, []byte("value of "+key), 0)
		s.ok(err)
	}
	list := func(prefix, after string, limit int) string {
		entries, err := s.state.List(s.ctx, prefix, after, limit)
		s.ok(err)
		var keys []string
		for _, e := range entries {
			if string(e.Value) != "value of "+e.Key || e.Revision == 0 {
				s.Fatalf("listed %+v", e)
			}
			keys = append(keys, e.Key)
		}
		return strings.Join(keys, " ")
	}
	for _, c := range []struct {
		prefix, after string
		limit         int
		want          string
	}{
		{"b/", "", 10, "b/1 b/2 b/3"},
		{"b/", "", 2, "b/1 b/2"},
		{"b/", "b/2", 10, "b/3"},
		{"", "", 10, "a/1 b b/1 b/2 b/3 c/1"},
		{"x", "", 10, ""},
	} {
		if got := list(c.prefix, c.after, c.limit); got != c.want {
			s.Fatalf("list %q after %q is %q, want %q", c.prefix, c.after, got, c.want)
		}
	}
}

func (s *suite) oddKeys() {
	for _, key := range []string{"session/wx_a/10000000001@chatroom", "群 1", "a.b.*>", "it's %_\\", strings.Repeat("k", store.MaxKey)} {
		_, err := s.state.Put(s.ctx, key, []byte("\x00"+key), 0)
		s.ok(err)
		if got := s.value(key); got != "\x00"+key {
			s.Fatalf("the value of %q is %q", key, got)
		}
		list, err := s.state.List(s.ctx, key, "", 10)
		s.ok(err)
		if len(list) != 1 || list[0].Key != key {
			s.Fatalf("list %q is %+v", key, list)
		}
	}
	_, err := s.state.Put(s.ctx, "empty", nil, 0)
	s.ok(err)
	if got := s.value("empty"); got != "" {
		s.Fatalf("the empty value is %q", got)
	}
}

func (s *suite) tooLong() {
	_, err := s.state.Put(s.ctx, strings.Repeat("k", store.MaxKey+1), nil, 0)
	if err == nil {
		s.Fatal("a key that is too long was taken")
	}
	_, err = s.state.Put(s.ctx, "", nil, 0)
	if err == nil {
		s.Fatal("an empty key was taken")
	}
	_, err = s.state.Put(s.ctx, "k", make([]byte, store.MaxValue+1), 0)
	if err == nil {
		s.Fatal("a value that is too long was taken")
	}
	_, err = s.state.Put(s.ctx, "k", make([]byte, store.MaxValue), 0)
	s.ok(err)
}

func (s *suite) closedState() {
	s.ok(s.Close())
	_, err := s.state.Get(s.ctx, "a")
	s.is(err, store.ErrClosed)
	_, err = s.state.Put(s.ctx, "a", nil, 0)
	s.is(err, store.ErrClosed)
	_, err = s.state.Swap(s.ctx, "a", nil, 0, 0)
	s.is(err, store.ErrClosed)
	_, err = s.state.List(s.ctx, "", "", 1)
	s.is(err, store.ErrClosed)
	s.is(s.state.Delete(s.ctx, "a"), store.ErrClosed)
}
