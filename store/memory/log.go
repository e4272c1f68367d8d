package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// log is the store.Log of a Store.
type log struct {
	config Config

	mu     sync.Mutex
	closed bool
	seq    uint64
	count  int
	logs   map[string]*lines
	swept  time.Time
}

// lines are the lines of one log, by Seq.
type lines struct {
	all   []store.Line
	byKey map[string][]store.Line
	ids   map[string]uint64 // ID → Seq
	ends  map[uint64]time.Time
}

func newLog(c Config) *log { return &log{config: c, logs: map[string]*lines{}} }

// Append implements store.Log.
func (l *log) Append(ctx context.Context, name string, line store.Line, keep time.Duration) (uint64, bool, error) {
	if err := cmp.Or(ctx.Err(), store.CheckLine(name, line)); err != nil {
		return 0, false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, false, store.ErrClosed
	}
	now := l.config.Clock.Now()
	l.makeRoom(now)
	x := l.logs[name]
	if x == nil {
		x = &lines{byKey: map[string][]store.Line{}, ids: map[string]uint64{}, ends: map[uint64]time.Time{}}
		l.logs[name] = x
	}
	if seq, known := x.ids[line.ID]; known && line.ID != "" && !x.over(seq, now) {
		return seq, false, nil
	}
	l.seq++
	line.Seq, line.Data = l.seq, bytes.Clone(line.Data)
	if line.Time.IsZero() || line.Time.After(now) {
		line.Time = now
	}
	line.Time = line.Time.Truncate(time.Millisecond)
	x.all = append(x.all, line)
	if line.Key != "" {
		x.byKey[line.Key] = append(x.byKey[line.Key], line)
	}
	if line.ID != "" {
		x.ids[line.ID] = line.Seq
	}
	if keep > 0 {
		x.ends[line.Seq] = now.Add(keep)
	}
	l.count++
	return line.Seq, true, nil
}

// sweepEvery is the time between two sweeps of the logs.
const sweepEvery = time.Minute

// makeRoom removes the lines whose time is over, and if there are too many, the oldest eighth of
// all.
func (l *log) makeRoom(now time.Time) {
	full := l.count >= l.config.MaxLines
	if !full && now.Sub(l.swept) < sweepEvery {
		return
	}
	l.swept = now
	oldest := uint64(0)
	if full {
		seqs := make([]uint64, 0, l.count)
		for _, x := range l.logs {
			for _, line := range x.all {
				seqs = append(seqs, line.Seq)
			}
		}
		slices.Sort(seqs)
		oldest = seqs[len(seqs)/8]
	}
	for name, x := range l.logs {
		if l.remove(x, func(line store.Line) bool { return line.Seq <= oldest || x.over(line.Seq, now) }); len(x.all) == 0 {
			delete(l.logs, name)
		}
	}
}

func (x *lines) over(seq uint64, now time.Time) bool {
	end, bounded := x.ends[seq]
	return bounded && !end.After(now)
}

// remove removes the lines of a log for which gone returns true.
func (l *log) remove(x *lines, gone func(store.Line) bool) {
	removed := map[uint64]string{} // Seq → key
	x.all = slices.DeleteFunc(x.all, func(line store.Line) bool {
		if !gone(line) {
			return false
		}
		removed[line.Seq] = line.Key
		if x.ids[line.ID] == line.Seq {
			delete(x.ids, line.ID)
		}
		return true
	})
	keys := map[string]bool{}
	for seq, key := range removed {
		delete(x.ends, seq)
		keys[key] = true
	}
	for key := range keys {
		x.byKey[key] = slices.DeleteFunc(x.byKey[key], func(line store.Line) bool { _, ok := removed[line.Seq]; return ok })
		if len(x.byKey[key]) == 0 {
			delete(x.byKey, key)
		}
	}
	l.count -= len(removed)
}

// Read implements store.Log.
func (l *log) Read(ctx context.Context, name string, q store.LineQuery) ([]store.Line, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, store.ErrClosed
	}
	x := l.logs[name]
	if x == nil {
		return nil, nil
	}
	all := x.all
	if q.Key != "" {
		all = x.byKey[q.Key]
	}
	first, _ := slices.BinarySearchFunc(all, q.After+1, func(line store.Line, seq uint64) int { return cmp.Compare(line.Seq, seq) })
	all = all[first:]
	limit, now := cmp.Or(q.Limit, store.DefaultListLimit), l.config.Clock.Now()
	var found []store.Line
	for i := range all {
		line := all[i]
		if q.Newest {
			line = all[len(all)-1-i]
		}
		if !q.Includes(line) || x.over(line.Seq, now) {
			continue
		}
		line.Data = bytes.Clone(line.Data)
		if found = append(found, line); len(found) == limit {
			break
		}
	}
	if q.Newest {
		slices.Reverse(found)
	}
	return found, nil
}

// Forget implements store.Log.
func (l *log) Forget(ctx context.Context, name, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return store.ErrClosed
	}
	if x := l.logs[name]; x != nil {
		l.remove(x, func(line store.Line) bool { return key == "" || line.Key == key })
	}
	return nil
}

func (l *log) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}
