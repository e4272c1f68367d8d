package nats

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/internal/wait"
)

// keeper renews the membership of this process and acquires its share of the partitions.
type keeper struct {
	in   *inbox
	self *membership
	tick *time.Ticker    // of the heartbeat
	work sync.WaitGroup  // the goroutines that write for partitions
	ctx  context.Context //nolint:containedctx // of these goroutines
}

// run executes a turn at each heartbeat until ctx is done.
func (k *keeper) run(ctx context.Context) {
	defer k.tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.tick.C:
		}
		if err := k.turn(ctx); err != nil && ctx.Err() == nil {
			k.self.config.Logger.Warn("cannot renew the membership or the partitions", zap.Error(err))
		}
	}
}

// turn renews the membership, looks for other members, and adjusts the partitions.
func (k *keeper) turn(ctx context.Context) error {
	began, err := k.self.renew(ctx, k.in.load())
	if errors.Is(err, store.ErrConflict) {
		k.self.config.Logger.Warn("this process was silent for too long, and others took over its partitions")
		k.in.forgetAll(store.ErrLeaseLost)
		k.self.rename()
		began, err = k.self.renew(ctx, k.in.load())
	}
	if err != nil {
		return err
	}
	k.in.holdUntil(began.Add(k.self.config.hold()))
	members, err := k.self.look(ctx)
	if err != nil {
		return err
	}
	return k.share(ctx, assign(members, k.in.partitions))
}

// share acquires and gives up partitions according to owners.
func (k *keeper) share(ctx context.Context, owners []string) error {
	for id, owner := range owners {
		k.in.mu.Lock()
		p := k.in.parts[id]
		if p != nil {
			k.in.adjust(p, owner == k.self.id())
		}
		k.in.mu.Unlock()
		if p != nil || owner != k.self.id() {
			continue
		}
		if err := k.acquire(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// adjust keeps a partition or prepares to give it up, which happens when its leases have ended.
func (in *inbox) adjust(p *partition, stays bool) {
	switch {
	case stays && !p.leaving.IsZero() && !p.closing:
		p.leaving = time.Time{}
		in.unpark(p)
	case !stays && p.leaving.IsZero():
		p.leaving = time.Now()
	}
	in.reclaim(time.Now())
	p.closing = p.closing || !p.leaving.IsZero() && p.leased == 0
	if p.closing || p.leased > 0 && p.written != p.fences {
		p.wake()
	}
}

// acquire takes a partition if it has no live owner.
func (k *keeper) acquire(ctx context.Context, id int) error {
	r, err := k.self.work.last(ctx, k.in.partition(id))
	var rec progress
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	default:
		if rec, err = decodeProgress(r); err != nil {
			return err
		}
	}
	crashed := rec.Owner != "" && rec.Owner != k.self.id()
	if crashed {
		if gone, err := k.self.gone(ctx, rec.Owner); err != nil || !gone {
			return err
		}
	}
	found := rec
	rec.Owner, rec.Epoch = k.self.id(), rec.Epoch+1
	data, err := rec.encode()
	if err != nil {
		return err
	}
	revision, err := k.self.work.put(ctx, callTimeout, r.subjectOr(k.in.partition(id)), nil, data, r.revision)
	if errors.Is(err, store.ErrConflict) {
		return nil // another process was faster
	}
	if err != nil {
		return err
	}
	p := &partition{
		id: id, epoch: rec.Epoch, revision: revision, found: found, done: found.Done, behind: len(found.Behind), readTo: found.floor(),
		lanes: map[string]*lane{}, kick: make(chan struct{}, 1),
	}
	if crashed {
		p.suspect, err = k.lastItem(ctx)
		if err != nil {
			return err
		}
	}
	k.in.mu.Lock()
	defer k.in.mu.Unlock()
	if k.in.closed {
		return store.ErrClosed
	}
	k.in.parts[id] = p
	k.in.plan++
	p.since = k.in.plan
	k.in.broadcast()
	k.work.Go(func() { k.in.commits(k.ctx, p) })
	return nil
}

func (r record) subjectOr(subject string) string {
	if r.subject != "" {
		return r.subject
	}
	return subject
}

// lastItem returns the Seq of the last item in the inbox.
func (k *keeper) lastItem(ctx context.Context) (uint64, error) {
	r, err := k.in.items.last(ctx, k.in.prefix+".inbox.>")
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return r.revision, err
}

// holdUntil allows this process to lease items until t.
func (in *inbox) holdUntil(t time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	resumed := !time.Now().Before(in.heldOn)
	in.heldOn = t
	if resumed {
		in.broadcast()
	}
}

func (in *inbox) forgetAll(why error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, p := range in.parts {
		in.forget(p, why)
	}
}

// close stores the progress of all partitions and gives them up. Waiting Lease calls return
// store.ErrClosed. It waits until ctx is done at the latest.
func (in *inbox) close(ctx context.Context) {
	in.mu.Lock()
	in.closed = true
	for _, p := range in.parts {
		p.closing = true
		p.wake()
	}
	in.broadcast()
	in.mu.Unlock()
	for {
		in.mu.Lock()
		left, wake := len(in.parts), in.wake
		in.mu.Unlock()
		if left == 0 || wait.For(ctx, wake, 0) != nil {
			break
		}
	}
	in.forgetAll(store.ErrClosed)
}
