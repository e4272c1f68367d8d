package gateway

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

const (
	tailLines = 1024             // newest events in memory, at most
	tailBytes = 8 << 20          // and their size
	tailKept  = 30 * time.Second // how long an event stays there
	tailQuiet = 500 * time.Millisecond
)

// tail has the newest events in memory, so that a hundred readers cost one read of the log. Those
// that are further behind read the log themselves.
type tail struct {
	lock  chan struct{} // one read of the log at a time
	after uint64        // the lines are those after it, without a gap
	lines []tailLine
	size  int

	// end was read up to, and nothing was there at the time, when so much had been told.
	end     uint64
	endAt   time.Time
	endTold uint64
	told    atomic.Uint64
}

type tailLine struct {
	event
	at time.Time
}

func newTail() *tail { return &tail{lock: make(chan struct{}, 1)} }

// last is the newest event in memory.
func (t *tail) last() uint64 {
	if n := len(t.lines); n > 0 {
		return t.lines[n-1].seq
	}
	return t.after
}

// page returns events after a cursor, from memory if they are there. Fewer than the limit do not
// mean that there are no more, unless there are none.
func (g *Gateway) page(ctx context.Context, after uint64, limit int) ([]event, error) {
	t := g.tail
	select {
	case t.lock <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("gateway: the log of the events: %w", ctx.Err())
	}
	defer func() { <-t.lock }()
	now := time.Now()
	t.drop(now)
	if after >= t.after && after < t.last() {
		found := make([]event, 0, min(limit, len(t.lines)))
		for i := range t.lines {
			if t.lines[i].seq > after && len(found) < limit {
				found = append(found, t.lines[i].event)
			}
		}
		return found, nil
	}
	told := t.told.Load()
	if after == t.end && told == t.endTold && now.Sub(t.endAt) < tailQuiet {
		return nil, nil
	}
	lines, err := g.back.Log().Read(ctx, logName, store.LineQuery{After: after, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("gateway: the log of the events: %w", err)
	}
	found := make([]event, 0, len(lines))
	for _, l := range lines {
		x, err := parse(l)
		if err != nil {
			return nil, err
		}
		found = append(found, x)
	}
	t.keep(after, found, now)
	if len(found) == 0 {
		t.end, t.endAt, t.endTold = after, now, told
	}
	return found, nil
}

// keep adds what was read after a cursor, unless newer events are in memory.
func (t *tail) keep(after uint64, found []event, now time.Time) {
	switch {
	case len(found) == 0 || after < t.last():
		return
	case after > t.last():
		t.after, t.lines, t.size = after, nil, 0
	}
	for _, x := range found {
		t.lines = append(t.lines, tailLine{x, now})
		t.size += len(x.data) + len(x.Body)
	}
	t.drop(now)
}

// drop forgets the oldest lines: those that are too many, or have been there for long.
func (t *tail) drop(now time.Time) {
	n := 0
	for n < len(t.lines) && (len(t.lines)-n > tailLines || t.size > tailBytes || now.Sub(t.lines[n].at) > tailKept) {
		t.after, t.size = t.lines[n].seq, t.size-len(t.lines[n].data)-len(t.lines[n].Body)
		n++
	}
	if n > 0 {
		t.lines = append([]tailLine(nil), t.lines[n:]...)
	}
}
