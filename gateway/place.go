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
	placesKept = 256                    // consumers in memory
	placeFresh = 200 * time.Millisecond // how long a consumer in memory is taken for what is stored
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
func (g *Gateway) change(ctx context.Context, name string, f func(x *consumer) (bool, error)) error {
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
		write, err := f(&next)
		if err != nil && fromMemory {
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
