package nats

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/internal/wait"
)

// Extend implements store.Inbox.
func (in *inbox) Extend(_ context.Context, lease store.Lease, ttl time.Duration) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	now := time.Now()
	e, err := in.current(lease, now)
	switch {
	case err != nil:
		return err
	case !now.Before(in.heldOn):
		return fmt.Errorf("nats: the cluster does not answer: %w", store.ErrLeaseLost)
	case !e.lane.part.leaving.IsZero() && now.Sub(e.lane.part.leaving) > leaveGrace:
		return fmt.Errorf("nats: the conversation moves to another process: %w", store.ErrLeaseLost)
	}
	e.until = now.Add(ttl)
	return nil
}

// Complete implements store.Inbox.
func (in *inbox) Complete(ctx context.Context, lease store.Lease) error {
	return in.end(ctx, lease, endComplete, 0, store.Failure{})
}

// Retry implements store.Inbox.
func (in *inbox) Retry(ctx context.Context, lease store.Lease, delay time.Duration, why store.Failure) error {
	return in.end(ctx, lease, endRetry, delay, why)
}

// Bury implements store.Inbox.
func (in *inbox) Bury(ctx context.Context, lease store.Lease, why store.Failure) error {
	return in.end(ctx, lease, endBury, 0, why)
}

// Release implements store.Inbox.
func (in *inbox) Release(_ context.Context, lease store.Lease) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	e, err := in.current(lease, time.Now())
	if err != nil {
		return err
	}
	e.attempt--
	in.unlease(e)
	in.offer(e.lane, time.Time{})
	return nil
}

func (in *inbox) current(lease store.Lease, now time.Time) (*entry, error) {
	if in.closed {
		return nil, store.ErrClosed
	}
	e := in.taken[lease.Seq]
	if e == nil || e.fence != lease.Fence || e.ending != nil || !e.until.After(now) {
		return nil, store.ErrLeaseLost
	}
	return e, nil
}

// end ends a lease and waits until the outcome is stored.
func (in *inbox) end(ctx context.Context, lease store.Lease, kind endKind, delay time.Duration, why store.Failure) error {
	in.mu.Lock()
	now := time.Now()
	e, err := in.current(lease, now)
	if err != nil {
		in.mu.Unlock()
		return err
	}
	end := &ending{entry: e, kind: kind, delay: delay, why: why, at: now, done: make(chan error, 1)}
	e.ending = end
	p := e.lane.part
	p.endings = append(p.endings, end)
	p.wake()
	in.mu.Unlock()

	limit := time.NewTimer(callTimeout)
	defer limit.Stop()
	select {
	case err := <-end.done:
		return err
	case <-ctx.Done():
		return in.abandon(end, fmt.Errorf("nats: cannot store the outcome: %w: %w", store.ErrUnavailable, ctx.Err()))
	case <-limit.C:
		return in.abandon(end, fmt.Errorf("nats: cannot store the outcome: %w", store.ErrUnavailable))
	}
}

// abandon stops waiting for an ending, unless it has just been stored.
func (in *inbox) abandon(end *ending, why error) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	select {
	case err := <-end.done:
		return err
	default:
		end.abandoned = true
		return why
	}
}

// commitGap is the minimum time between two writes of a partition: outcomes in between share the
// next write.
const commitGap = 2 * time.Millisecond

// commits stores the outcomes of a partition until the partition is gone or ctx is done.
func (in *inbox) commits(ctx context.Context, p *partition) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.kick:
		}
		if !in.commit(ctx, p) {
			return
		}
		if wait.For(ctx, nil, commitGap) != nil {
			return
		}
	}
}

// maxBurials limits the dead letters of one write.
const maxBurials = 20

// commit writes the record of a partition once, and reports whether this process still owns the
// partition.
func (in *inbox) commit(ctx context.Context, p *partition) bool {
	in.mu.Lock()
	if p.gone {
		in.mu.Unlock()
		return false
	}
	endings, burials := p.endings, 0
	for i, e := range endings {
		if e.kind == endBury {
			if burials++; burials > maxBurials {
				endings = endings[:i:i]
				break
			}
		}
	}
	rest := p.endings[len(endings):]
	for _, e := range rest { // hide them from the snapshot
		e.entry.ending = nil
	}
	closing := p.closing && len(rest) == 0
	rec, dead := p.snapshot(in.self.id(), endings, in.names, in.config.now())
	for _, e := range rest {
		e.entry.ending = e
	}
	p.endings = append(p.endings[:0:0], rest...)
	if !closing && rec.Owner == "" {
		rec.Owner = in.self.id()
	}
	revision := p.revision
	p.written = p.fences
	in.mu.Unlock()

	data, err := rec.encode()
	if err == nil {
		// Only ctx limits it: a write is recognised as its own only within one call of publish.
		revision, err = in.work.publish(ctx, 0, write{subject: in.partition(p.id), data: data, with: dead}, revision, in.partition(p.id))
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err != nil {
		return in.notStored(p, endings, err)
	}
	p.revision, p.done, p.behind = revision, rec.Done, len(rec.Behind)
	for _, e := range endings {
		in.settle(e)
		e.done <- nil
	}
	if len(p.endings) > 0 {
		p.wake()
	}
	if p.behind <= maxBehind && p.leaving.IsZero() {
		in.unpark(p)
	}
	if closing {
		in.forget(p, store.ErrLeaseLost)
	}
	return !p.gone
}

// notStored answers the callers after a failed write. A conflict means that another process owns
// the partition.
func (in *inbox) notStored(p *partition, endings []*ending, err error) bool {
	lost := errors.Is(err, store.ErrConflict)
	if lost {
		in.logger.Warn("a partition was taken over by another process", zap.Int("partition", p.id))
		if !errors.Is(err, store.ErrUnavailable) { // with it, the write may have been stored before the takeover
			err = fmt.Errorf("nats: the partition was taken over: %w", store.ErrLeaseLost)
		}
	}
	for _, e := range endings {
		if e.entry.ending = nil; e.kind == endNothing && !lost {
			in.settle(e)
		}
		e.done <- err
	}
	if lost {
		in.forget(p, err)
		return false
	}
	in.logger.Error("cannot store the progress of a partition", zap.Int("partition", p.id), zap.Error(err))
	return true
}

// settle applies a stored outcome in memory.
func (in *inbox) settle(end *ending) {
	e := end.entry
	e.ending = nil
	var due time.Time
	switch end.kind {
	case endNothing:
		if !end.abandoned {
			return
		}
		in.unlease(e) // the lease was never handed out
		e.attempt--
	case endComplete, endBury:
		in.unlease(e)
		e.lane.pop()
		e.lane.part.advance(e.lane.id, e.seq)
		in.count--
		in.bytes -= e.size
	case endRetry:
		in.unlease(e)
		due, e.why, e.lane.delay = end.at.Add(end.delay), end.why.Reason, end.delay
	}
	in.offer(e.lane, due)
}

func (in *inbox) unlease(e *entry) {
	delete(in.taken, e.seq)
	e.lane.taken = false
	e.lane.part.leased--
}

// offer makes the head of a free lane available at the time due.
func (in *inbox) offer(l *lane, due time.Time) {
	defer in.broadcast()
	if l.len() == 0 {
		delete(l.part.lanes, l.id)
		return
	}
	l.due, l.queued = due, true
	heap.Push(&in.ready, l)
}

// next removes the first lane from the heap.
func (in *inbox) next() *lane {
	l := heap.Pop(&in.ready).(*lane)
	l.queued = false
	return l
}

// unpark offers the parked lanes again.
func (in *inbox) unpark(p *partition) {
	parked := p.parked
	p.parked = nil
	for _, l := range parked {
		in.offer(l, time.Time{})
	}
}

// forget drops a partition that this process no longer owns. Its leases are lost.
func (in *inbox) forget(p *partition, why error) {
	if p.gone {
		return
	}
	p.gone = true
	in.plan++
	delete(in.parts, p.id)
	for seq, e := range in.taken {
		if e.lane.part == p {
			delete(in.taken, seq)
		}
	}
	for _, e := range p.endings {
		e.done <- why
	}
	p.endings = nil
	kept := in.ready[:0]
	for _, l := range in.ready {
		if l.part != p {
			kept = append(kept, l)
		}
	}
	clear(in.ready[len(kept):])
	in.ready = kept
	heap.Init(&in.ready)
	for _, l := range p.lanes {
		for _, e := range l.entries[l.first:] {
			in.count--
			in.bytes -= e.size
		}
	}
	p.wake()
	in.broadcast()
}
