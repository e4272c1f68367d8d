package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

// lostReason is the reason of a send whose process ended.
const lostReason = "the process ended while the request was under way"

// Run finds the entries that nobody waits for, now and again and again until ctx ends: what a process has left in the queue is sent, and what it has
// left under way becomes unknown. It returns the context's cause.
func (o *Outbox) Run(ctx context.Context) error {
	first := true
	looks := 0
	ticker := time.NewTicker(o.config.Sweep)
	defer ticker.Stop()
	for {
		looks++
		if err := o.sweep(ctx, first && !o.config.Shared, looks%thorough == 0); err == nil {
			first = false
		} else if ctx.Err() == nil {
			o.config.Logger.Error("the ledger cannot be searched for waiting sends, trying again", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-o.done:
			return errClosed
		case <-ticker.C:
		}
	}
}

// thorough is which look for waiting entries looks although the numbers agree: a person may have dropped one that waits here, and sent another.
const thorough = 6

// sweep takes on what is queued, and calls unknown what was lost on the way; at the first sweep of a store of one's own that is all that is under way.
func (o *Outbox) sweep(ctx context.Context, own, full bool) error {
	if !own && !full {
		counts, err := o.ledger.Count(ctx)
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		o.mu.Lock()
		here := len(o.items)
		o.mu.Unlock()
		if counts[store.Queued]+counts[store.Sending] == here {
			return nil
		}
	}
	query := store.SendQuery{States: []store.SendState{store.Queued, store.Sending}, Limit: 200}
	for {
		page, err := o.ledger.List(ctx, query)
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		for _, s := range page {
			if err := o.adopt(ctx, s, own); err != nil {
				return err
			}
		}
		if len(page) < query.Limit {
			return nil
		}
		query.After = page[len(page)-1].Seq
	}
}

// adopt takes on an entry that may be nobody's.
func (o *Outbox) adopt(ctx context.Context, s store.Send, own bool) error {
	o.mu.Lock()
	here := o.items[s.Key] != nil
	o.mu.Unlock()
	switch {
	case here:
	case s.State == store.Queued:
		it, err := o.enqueue(ctx, s)
		if err != nil {
			return err
		}
		o.leave(it)
	case own || o.lost(s):
		return o.markLost(ctx, s)
	}
	return nil
}

// lost tells whether a request that is under way in nobody's hands here has been so for too long.
func (o *Outbox) lost(s store.Send) bool {
	return !o.config.Shared && s.Updated.Before(o.began) || time.Since(s.Updated).Abs() >= o.stale(s) // by the clock of then or of now: it may have been set back
}

// staleMargin is for clocks that differ, and for the time that it takes to write an outcome.
const staleMargin = 15 * time.Second

// stale is how long the process that has a request under way is waited for.
func (o *Outbox) stale(s store.Send) time.Duration {
	if o.config.Timeout == nil {
		return o.config.Stale
	}
	m, err := api.DecodeSend(s.Endpoint, s.Body)
	if err != nil {
		return o.config.Stale
	}
	return o.config.Timeout(m) + staleMargin
}

// markLost makes a send unknown whose process has died. ErrConflict is no error: then it has not.
func (o *Outbox) markLost(ctx context.Context, s store.Send) error {
	s.State, s.Reason = store.Unknown, lostReason
	stored, err := o.ledger.Update(ctx, s)
	switch {
	case err == nil:
		o.tell(stored)
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound):
		return nil
	default:
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// Close ends the outbox: no message gets its turn any more, requests that are under way are waited for, and what waits stays in the queue of a
// durable store. From a store that is not durable, what waits goes out as far as the time of ctx allows.
func (o *Outbox) Close(ctx context.Context) error {
	o.mu.Lock()
	if o.config.Store.Durable() {
		o.stop()
	} else {
		o.drain = true
		o.stopIfIdle()
	}
	o.mu.Unlock()
	overdue := context.AfterFunc(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.stop()
	})
	defer overdue()
	<-o.done
	o.owned.Wait()
	o.abort()
	return nil
}

// stop ends the lanes. The caller holds the lock.
func (o *Outbox) stop() {
	if !o.stopped {
		o.stopped = true
		close(o.done)
	}
}

// stopIfIdle ends the lanes if nothing waits that could go out soon. The caller holds the lock.
func (o *Outbox) stopIfIdle() {
	for _, it := range o.items {
		if !it.isParked {
			return
		}
	}
	o.stop()
}

// stopDraining ends the lanes if they only live to be emptied: what waits is not going to leave.
func (o *Outbox) stopDraining() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.drain {
		o.stop()
	}
}
