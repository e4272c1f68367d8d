package nats

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// sweepEvery is the interval between sweeps.
const sweepEvery = 10 * time.Minute

// sweeps runs a sweep at each interval until ctx is done.
func (s *Store) sweeps(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.self.config.Logger.Warn("cannot remove old items, retrying later", zap.Error(err))
		}
	}
}

// sweep removes done items older than Remember from the partitions of this process. The owner of
// the first partition also sweeps ledger and state, so that only one process does.
func (s *Store) sweep(ctx context.Context) error {
	floors := s.inbox.floors()
	for id, floor := range floors {
		if err := s.inbox.purge(ctx, id, floor); err != nil {
			return err
		}
	}
	if _, first := floors[0]; !first {
		return nil
	}
	return errors.Join(s.ledger.sweep(ctx), s.state.sweep(ctx))
}

// floors returns, for each partition of this process, the item up to which everything is done and
// stored as done.
func (in *inbox) floors() map[int]uint64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	floors := map[int]uint64{}
	for id, p := range in.parts {
		floor := p.done
		for _, m := range p.unread() {
			floor = min(floor, m.Seq-1)
		}
		for _, l := range p.lanes {
			floor = min(floor, l.head().seq-1)
		}
		floors[id] = floor
	}
	return floors
}

// purge removes the old items of a partition up to its floor. Items are stored in the order of
// their times, so a binary search finds the first one to keep.
func (in *inbox) purge(ctx context.Context, id int, floor uint64) error {
	filter, before := in.partitionItems(id), in.config.now().Add(-in.config.Remember)
	stays := func(from uint64) (bool, error) {
		r, err := in.items.firstFrom(ctx, from, filter)
		if errors.Is(err, store.ErrNotFound) {
			return true, nil
		}
		return !r.stored.Before(before), err
	}
	low, high := uint64(1), floor+1
	for low < high {
		middle := low + (high-low)/2
		stay, err := stays(middle)
		if err != nil {
			return err
		}
		if stay {
			high = middle
		} else {
			low = middle + 1
		}
	}
	if low == 1 {
		return nil
	}
	err := retry(ctx, callTimeout, func(ctx context.Context, _ bool) error {
		return in.items.stream.Purge(ctx, jetstream.WithPurgeSubject(filter), jetstream.WithPurgeSequence(low))
	})
	return in.explain("purge", "$JS.API.STREAM.PURGE."+in.items.name, err)
}
