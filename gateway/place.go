package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

const (
	placesKept = 64      // consumers in memory
	windowSize = 4 << 20 // bytes of events that a consumer has in memory, at most
	// A consumer in memory is taken for what is stored: for a write, which fails if it is not, and,
	// for a shorter time, for the answer that there is nothing.
	placeFresh = 2 * time.Second
	emptyFresh = 200 * time.Millisecond
)

// places are consumers in memory: their workers take turns, and read the store once for many of
// them. Another process may change a consumer; a write that has missed that fails, and is tried
// again.
type places struct {
	mu  sync.Mutex
	all map[string]*place
}

type place struct {
	lock     chan struct{}
	x        consumer
	revision uint64
	at       time.Time // when it was read or written; zero if it must be read

	from  uint64 // the events in memory are those after it, without a gap
	lines []event
	size  int
	since time.Time // the first of them was read
}

// trim forgets the events up to a cursor, and all of them after a while: what was deleted from the
// log is not handed out.
func (p *place) trim(cursor uint64) {
	if cursor < p.from || time.Since(p.since) > tailKept {
		p.lines, p.size = nil, 0
	}
	n := 0
	for n < len(p.lines) && p.lines[n].seq <= cursor {
		p.size -= len(p.lines[n].data)
		n++
	}
	p.from, p.lines = cursor, slices.Delete(p.lines, 0, n)
}

// more reads the next events. It reports whether there were any, and the bounds allow them.
func (g *Gateway) more(ctx context.Context, p *place) (bool, error) {
	if len(p.lines) >= window || p.size >= windowSize {
		return false, nil
	}
	last := p.from
	if n := len(p.lines); n > 0 {
		last = p.lines[n-1].seq
	}
	if len(p.lines) == 0 {
		p.since = time.Now()
	}
	page, err := g.page(ctx, last, eventPage)
	for _, e := range page {
		e.stored = stored{} // what a forward needs is in the log
		p.lines, p.size = append(p.lines, e), p.size+len(e.data)
	}
	return len(page) > 0, err
}

// at is the place of a consumer.
func (p *places) at(key string) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x, ok := p.all[key]; ok {
		return x
	}
	if p.all == nil || len(p.all) >= placesKept {
		p.all = map[string]*place{} // what it knew is read again
	}
	x := &place{lock: make(chan struct{}, 1)}
	p.all[key] = x
	return x
}

// change changes a consumer, which begins now if there is none. What the function returns is
// whether to write it.
func (g *Gateway) change(ctx context.Context, name string, f func(x *consumer, p *place) (bool, error)) error {
	key, err := consumerKey(ctx, name)
	if err != nil {
		return err
	}
	p := g.places.at(key)
	select {
	case p.lock <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("gateway: the consumer %q: %w", name, ctx.Err())
	}
	defer func() { <-p.lock }()
	for {
		fromMemory := time.Since(p.at) < placeFresh
		if !fromMemory {
			p.at = time.Time{}
			if p.x, p.revision, err = g.load(ctx, key, name); err != nil {
				return err
			}
			p.at = time.Now()
		}
		next := p.x.clone()
		write, err := f(&next, p)
		if fromMemory && (err != nil || !write && time.Since(p.at) > emptyFresh) {
			p.at = time.Time{} // the store may know better
			continue
		}
		if err != nil || !write {
			return err
		}
		revision, err := g.swap(ctx, key, next, p.revision)
		p.at = time.Time{}
		if err == nil {
			p.x, p.revision, p.at = next, revision, time.Now()
		}
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// load reads a consumer, or makes one that begins now.
func (g *Gateway) load(ctx context.Context, key, name string) (x consumer, revision uint64, err error) {
	for {
		entry, err := g.back.State().Get(ctx, key)
		if err == nil {
			if err := json.Unmarshal(entry.Value, &x); err != nil {
				return x, 0, fmt.Errorf("gateway: the consumer %q: %w", name, err)
			}
			return x, entry.Revision, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return x, 0, fmt.Errorf("gateway: the consumer %q: %w", name, err)
		}
		if x.Cursor, err = g.newest(ctx); err != nil {
			return x, 0, err
		}
		revision, err := g.swap(ctx, key, x, 0)
		if !errors.Is(err, store.ErrConflict) {
			return x, revision, err
		}
	}
}

func (x consumer) clone() consumer {
	x.Done, x.Leases = slices.Clone(x.Done), slices.Clone(x.Leases)
	return x
}
