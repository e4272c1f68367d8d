package storetest

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// logRules returns the checks of store.Log.
func logRules() map[string]func(*suite) {
	return map[string]func(*suite){
		"lines keep their order":                  (*suite).logOrder,
		"a line comes back as it was":             (*suite).logLine,
		"a query selects by cursor, key and time": (*suite).logQuery,
		"the newest lines":                        (*suite).logNewest,
		"an ID is stored once":                    (*suite).logID,
		"of appends of one ID at once one adds":   (*suite).logIDAtOnce,
		"a reader misses nothing":                 (*suite).logReader,
		"a line ends":                             (*suite).logKeep,
		"forget":                                  (*suite).logForget,
		"logs are apart":                          (*suite).logApart,
		"odd names, keys and lines":               (*suite).logOdd,
		"too long is an error":                    (*suite).logTooLong,
		"a caller's change stays out":             (*suite).logOwnership,
		"a closed log says so":                    (*suite).logClosed,
	}
}

// day is the start of the times of the lines.
var day = time.UnixMilli(1_700_000_000_000)

func (s *suite) line(log string, l store.Line) uint64 {
	s.Helper()
	seq, added, err := s.log.Append(s.ctx, log, l, 0)
	s.ok(err)
	if !added || seq == 0 {
		s.Fatalf("append %+v: seq %d, added %v", l, seq, added)
	}
	return seq
}

// lines reads a log as the words of its lines.
func (s *suite) lines(log string, q store.LineQuery) string {
	s.Helper()
	found, err := s.log.Read(s.ctx, log, q)
	s.ok(err)
	words := make([]string, len(found))
	last := q.After
	for i, l := range found {
		if l.Seq <= last {
			s.Fatalf("seq %d after %d", l.Seq, last)
		}
		last, words[i] = l.Seq, string(l.Data)
	}
	return strings.Join(words, " ")
}

func (s *suite) same(got, want string) {
	s.Helper()
	if got != want {
		s.Fatalf("got %q, want %q", got, want)
	}
}

func (s *suite) logOrder() {
	var last uint64
	for i := range 20 {
		seq := s.line("a", store.Line{Data: []byte(strconv.Itoa(i))})
		if seq <= last {
			s.Fatalf("seq %d after %d", seq, last)
		}
		last = seq
	}
	s.same(s.lines("a", store.LineQuery{Limit: 5}), "0 1 2 3 4")
	s.same(s.lines("a", store.LineQuery{After: last - 1}), "19")
	s.same(s.lines("a", store.LineQuery{After: last}), "")
	s.same(s.lines("nothing", store.LineQuery{}), "")
}

func (s *suite) logLine() {
	before := time.Now().Add(-time.Millisecond)
	want := store.Line{Key: "10000000001@chatroom", ID: "id", Time: day, Data: []byte("hi")}
	want.Seq = s.line("a", want)
	now := s.line("a", store.Line{Time: before.AddDate(1, 0, 0)})
	found, err := s.log.Read(s.ctx, "a", store.LineQuery{})
	s.ok(err)
	if len(found) != 2 {
		s.Fatalf("read %+v", found)
	}
	got := found[0]
	if got.Seq != want.Seq || got.Key != want.Key || got.ID != want.ID || !got.Time.Equal(want.Time) || string(got.Data) != "hi" {
		s.Fatalf("read %+v, want %+v", got, want)
	}
	if l := found[1]; l.Seq != now || l.Time.Before(before) || l.Time.After(time.Now().Add(time.Minute)) || len(l.Data) != 0 {
		s.Fatalf("a line of the future is %+v: its time must be that of its append", l)
	}
}

// story appends lines a0 b0 a1 b1 …, a minute apart; the fourth is late by two minutes.
func (s *suite) story() (seqs []uint64) {
	for i := range 8 {
		at := day.Add(time.Duration(i) * time.Minute)
		if i == 3 {
			at = at.Add(-2 * time.Minute)
		}
		key := []string{"a", "b"}[i%2]
		seqs = append(seqs, s.line("story", store.Line{Key: key, Time: at, Data: []byte(key + strconv.Itoa(i/2))}))
	}
	return seqs
}

func (s *suite) logQuery() {
	seqs := s.story()
	minute := func(n int) time.Time { return day.Add(time.Duration(n) * time.Minute) }
	for _, c := range []struct {
		query store.LineQuery
		want  string
	}{
		{store.LineQuery{}, "a0 b0 a1 b1 a2 b2 a3 b3"},
		{store.LineQuery{Key: "b"}, "b0 b1 b2 b3"},
		{store.LineQuery{Key: "c"}, ""},
		{store.LineQuery{After: seqs[2], Limit: 2}, "b1 a2"},
		{store.LineQuery{Key: "a", After: seqs[2]}, "a2 a3"},
		{store.LineQuery{From: minute(4)}, "a2 b2 a3 b3"},
		{store.LineQuery{To: minute(2)}, "a0 b0 b1"},
		{store.LineQuery{From: minute(1), To: minute(5)}, "b0 a1 b1 a2"},
		{store.LineQuery{From: minute(1), To: minute(5), After: seqs[1], Limit: 2}, "a1 b1"},
		{store.LineQuery{From: minute(1), To: minute(5), Key: "b"}, "b0 b1"},
		{store.LineQuery{From: minute(1).Add(time.Microsecond), To: minute(4).Add(time.Microsecond)}, "a1 a2"},
		{store.LineQuery{From: minute(9)}, ""},
		{store.LineQuery{From: minute(5), To: minute(1)}, ""},
		{store.LineQuery{Key: "b", To: minute(2), Newest: true, Limit: 1}, "b1"},
		{store.LineQuery{From: minute(1), To: minute(5), Newest: true, Limit: 3}, "a1 b1 a2"},
	} {
		if got := s.lines("story", c.query); got != c.want {
			s.Fatalf("%+v selects %q, want %q", c.query, got, c.want)
		}
	}
}

func (s *suite) logNewest() {
	seqs := s.story()
	s.line("other", store.Line{Key: "a", Data: []byte("x")})
	s.same(s.lines("story", store.LineQuery{Newest: true, Limit: 3}), "b2 a3 b3")
	s.same(s.lines("story", store.LineQuery{Newest: true, Limit: 2, Key: "a"}), "a2 a3")
	s.same(s.lines("story", store.LineQuery{Newest: true, Limit: 100, Key: "a"}), "a0 a1 a2 a3")
	s.same(s.lines("story", store.LineQuery{Newest: true, Limit: 100, After: seqs[6]}), "b3")
	for i := range 40 { // the lines of a quiet conversation are far back
		s.line("story", store.Line{Key: "busy", Data: []byte(strconv.Itoa(i))})
	}
	s.same(s.lines("story", store.LineQuery{Newest: true, Limit: 2, Key: "a"}), "a2 a3")
}

func (s *suite) logID() {
	first := s.line("a", store.Line{ID: "x", Data: []byte("1")})
	seq, added, err := s.log.Append(s.ctx, "a", store.Line{ID: "x", Data: []byte("2")}, 0)
	s.ok(err)
	if added || seq != first {
		s.Fatalf("seq %d, added %v: want that of the first line, %d", seq, added, first)
	}
	s.line("b", store.Line{ID: "x", Data: []byte("3")})
	s.line("a", store.Line{ID: "", Data: []byte("4")})
	s.line("a", store.Line{ID: "", Data: []byte("5")})
	s.same(s.lines("a", store.LineQuery{}), "1 4 5")
}

func (s *suite) logIDAtOnce() {
	const n = 16
	var wg sync.WaitGroup
	var won atomic.Int32
	for range n {
		wg.Go(func() {
			_, added, err := s.log.Append(s.ctx, "a", store.Line{ID: "x"}, 0)
			if err != nil {
				s.Errorf("append: %v", err)
			}
			if added {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		s.Fatalf("%d of %d appends of one ID added", won.Load(), n)
	}
}

// logReader follows a log while several append to it and to another.
func (s *suite) logReader() {
	const writers, each = 4, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				for _, log := range []string{"a", "other"} {
					if _, _, err := s.log.Append(s.ctx, log, store.Line{Data: fmt.Appendf(nil, "%d/%d", w, i)}, 0); err != nil {
						s.Errorf("append: %v", err)
					}
				}
			}
		})
	}
	defer wg.Wait()
	seen, cursor := map[string]bool{}, uint64(0)
	for len(seen) < writers*each {
		found, err := s.log.Read(s.ctx, "a", store.LineQuery{After: cursor, Limit: 7})
		s.ok(err)
		for _, l := range found {
			if l.Seq <= cursor || seen[string(l.Data)] {
				s.Fatalf("line %q at %d after %d", l.Data, l.Seq, cursor)
			}
			seen[string(l.Data)], cursor = true, l.Seq
		}
	}
}

func (s *suite) logKeep() {
	for _, l := range []store.Line{{ID: "x", Data: []byte("1")}, {Key: "k", Data: []byte("2")}} {
		_, _, err := s.log.Append(s.ctx, "short", l, soon)
		s.ok(err)
	}
	_, _, err := s.log.Append(s.ctx, "long", store.Line{Data: []byte("1")}, long)
	s.ok(err)
	for tick := time.NewTicker(5 * time.Millisecond); s.lines("short", store.LineQuery{}) != ""; <-tick.C {
		s.ok(s.ctx.Err())
	}
	s.same(s.lines("short", store.LineQuery{Key: "k"}), "")
	s.same(s.lines("short", store.LineQuery{Newest: true}), "")
	s.same(s.lines("long", store.LineQuery{}), "1")
}

func (s *suite) logForget() {
	s.story()
	s.line("other", store.Line{Key: "a", Data: []byte("x")})
	s.ok(s.log.Forget(s.ctx, "story", "a"))
	s.same(s.lines("story", store.LineQuery{}), "b0 b1 b2 b3")
	s.same(s.lines("story", store.LineQuery{Key: "a"}), "")
	s.ok(s.log.Forget(s.ctx, "story", ""))
	s.same(s.lines("story", store.LineQuery{}), "")
	s.ok(s.log.Forget(s.ctx, "nothing", ""))
	s.same(s.lines("other", store.LineQuery{}), "x")
	s.line("story", store.Line{Data: []byte("again")})
	s.same(s.lines("story", store.LineQuery{}), "again")
}

func (s *suite) logApart() {
	s.line("a", store.Line{Key: "b/c", Data: []byte("1")})
	s.line("a/b", store.Line{Key: "c", Data: []byte("2")})
	s.line("a", store.Line{Key: "B/C", Data: []byte("3")})
	s.same(s.lines("a", store.LineQuery{Key: "b/c"}), "1")
	s.same(s.lines("a/b", store.LineQuery{}), "2")
	s.same(s.lines("a", store.LineQuery{}), "1 3")
}

func (s *suite) logOdd() {
	longest := strings.Repeat("k", store.MaxKey)
	for _, text := range []string{"plugin/wx_a/10000000001@chatroom", "群 1", "a.b.*>", "it's %_\\", "\x00", longest} {
		s.line(text, store.Line{Key: text, ID: text, Data: []byte(text)})
		s.same(s.lines(text, store.LineQuery{Key: text}), text)
	}
	s.line("none", store.Line{Data: []byte("1")})
	s.line("none", store.Line{Key: "none", Data: []byte("2")})
	s.same(s.lines("none", store.LineQuery{Key: "none"}), "2")
}

func (s *suite) logTooLong() {
	tooLong := strings.Repeat("k", store.MaxKey+1)
	for name, err := range map[string]error{
		"a log without a name": s.tryLine("", store.Line{}),
		"a long name":          s.tryLine(tooLong, store.Line{}),
		"a long key":           s.tryLine("a", store.Line{Key: tooLong}),
		"a long ID":            s.tryLine("a", store.Line{ID: tooLong}),
		"a long line":          s.tryLine("a", store.Line{Data: make([]byte, store.MaxValue+1)}),
	} {
		if err == nil {
			s.Fatalf("%s was taken", name)
		}
	}
	s.ok(s.tryLine("a", store.Line{Data: make([]byte, store.MaxValue)}))
}

func (s *suite) tryLine(log string, l store.Line) error {
	_, _, err := s.log.Append(s.ctx, log, l, 0)
	return err
}

func (s *suite) logOwnership() {
	data := []byte("hi")
	s.line("a", store.Line{Data: data})
	data[0] = '?'
	found, err := s.log.Read(s.ctx, "a", store.LineQuery{})
	s.ok(err)
	found[0].Data[1] = '?'
	s.same(s.lines("a", store.LineQuery{}), "hi")
}

func (s *suite) logClosed() {
	s.ok(s.Close())
	s.is(s.tryLine("a", store.Line{}), store.ErrClosed)
	_, err := s.log.Read(s.ctx, "a", store.LineQuery{})
	s.is(err, store.ErrClosed)
	s.is(s.log.Forget(s.ctx, "a", ""), store.ErrClosed)
}

// linesSurvive is a rule of durable back ends.
func (s *suite) linesSurvive() {
	first := s.line("a", store.Line{ID: "x", Key: "k", Time: day, Data: []byte("1")})
	s.again()
	s.same(s.lines("a", store.LineQuery{Key: "k"}), "1")
	seq, added, err := s.log.Append(s.ctx, "a", store.Line{ID: "x"}, 0)
	s.ok(err)
	if added || seq != first {
		s.Fatalf("an ID was forgotten: seq %d, added %v", seq, added)
	}
	if next := s.line("a", store.Line{}); next <= first {
		s.Fatalf("seq %d after %d", next, first)
	}
}

// lineEnds is a rule about the clock.
func (s *suite) lineEnds(c *clock) {
	_, _, err := s.log.Append(s.ctx, "a", store.Line{Key: "k", Data: []byte("1")}, long)
	s.ok(err)
	c.set(long - time.Minute)
	s.same(s.lines("a", store.LineQuery{}), "1")
	c.set(long + time.Minute)
	s.same(s.lines("a", store.LineQuery{}), "")
	s.same(s.lines("a", store.LineQuery{Key: "k", Newest: true}), "")
}
