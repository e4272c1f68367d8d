package nats

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// sweepEvery is the time between two sweeps.
const sweepEvery = 10 * time.Minute

// sweeps forgets what is old enough, now and then, until ctx ends.
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
			s.life.config.Logger.Warn("old items cannot be removed, trying again later", zap.Error(err))
		}
	}
}

// sweep removes the items of this process's partitions that are done and older than Remember. The owner of the first partition looks after ledger and
// state as well, so that one process does.
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

// floors are the items up to which the partitions of this process are done, as it is stored.
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

// purge removes what is old of a partition, up to its floor. Items are stored in the order of their times, so it can search for the first to stay.
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
	err := again(ctx, patience, func(ctx context.Context, _ bool) error {
		return in.items.stream.Purge(ctx, jetstream.WithPurgeSubject(filter), jetstream.WithPurgeSequence(low))
	})
	return in.explain("purge", "$JS.API.STREAM.PURGE."+in.items.name, err)
}
