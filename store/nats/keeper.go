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

// keeper keeps this process a member, and its share of the partitions in its hands.
type keeper struct {
	in   *inbox
	life *lifetime
	work sync.WaitGroup  // the goroutines that write for partitions
	ctx  context.Context //nolint:containedctx // what they live in
}

// run renews and looks around until ctx ends.
func (k *keeper) run(ctx context.Context) {
	tick := time.NewTicker(k.life.config.beat())
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if k.life.frozen.Load() {
			continue
		}
		if err := k.turn(ctx); err != nil && ctx.Err() == nil {
			k.life.config.Logger.Warn("cannot look after the partitions", zap.Error(err))
		}
	}
}

// turn is one beat.
func (k *keeper) turn(ctx context.Context) error {
	began, err := k.life.renew(ctx, k.in.load())
	if errors.Is(err, store.ErrConflict) {
		k.life.config.Logger.Warn("this process was silent for so long that others took over")
		k.in.forgetAll(store.ErrLeaseLost)
		k.life.rename()
		began, err = k.life.renew(ctx, k.in.load())
	}
	if err != nil {
		return err
	}
	k.in.holdUntil(began.Add(k.life.config.hold()))
	members, err := k.life.look(ctx)
	if err != nil {
		return err
	}
	return k.share(ctx, assign(members, k.in.partitions))
}

// share brings the partitions of this process in line with who should own them.
func (k *keeper) share(ctx context.Context, owners []string) error {
	for id, owner := range owners {
		k.in.mu.Lock()
		p := k.in.parts[id]
		if p != nil {
			k.in.adjust(p, owner == k.life.id())
		}
		k.in.mu.Unlock()
		if p != nil || owner != k.life.id() {
			continue
		}
		if err := k.acquire(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// adjust lets a partition stay or go. It goes when its leases have ended.
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

// acquire takes a partition if nobody has it.
func (k *keeper) acquire(ctx context.Context, id int) error {
	r, err := k.life.work.last(ctx, k.in.partition(id))
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
	crashed := rec.Owner != "" && rec.Owner != k.life.id()
	if crashed {
		if gone, err := k.life.gone(ctx, rec.Owner); err != nil || !gone {
			return err
		}
	}
	found := rec
	rec.Owner, rec.Epoch = k.life.id(), rec.Epoch+1
	data, err := rec.encode()
	if err != nil {
		return err
	}
	revision, err := k.life.work.put(ctx, patience, r.subjectOr(k.in.partition(id)), nil, data, r.revision)
	if errors.Is(err, store.ErrConflict) {
		return nil // somebody was quicker
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

// lastItem is the last item of the inbox now.
func (k *keeper) lastItem(ctx context.Context) (uint64, error) {
	r, err := k.in.items.last(ctx, k.in.prefix+".inbox.>")
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return r.revision, err
}

// holdUntil lets this process hand out items until then.
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

// close gives all partitions up, with what is done in them, and ends every Lease that waits with store.ErrClosed. It waits until ctx ends at the most.
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
