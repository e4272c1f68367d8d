package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// Run finds the entries without a caller, at once and then every Config.Sweep until ctx ends: what
// a process has left in the queue is sent, and what it has left in progress becomes unknown. It
// returns the context's cause.
func (o *Outbox) Run(ctx context.Context) error {
	first := true
	looks := 0
	loop := wait.NewLoop(ctx, o.config.Clock)
	defer loop.End()
	for {
		looks++
		if err := o.sweep(ctx, first && !o.config.Shared, looks%thorough == 0); err == nil {
			first = false
		} else if ctx.Err() == nil {
			o.config.Logger.Error("the ledger cannot be searched for waiting sends, trying again", zap.Error(err))
		}
		if !loop.RestToLook(ctx, o.config.Sweep, 0, o.done) {
			return context.Cause(ctx)
		}
		select {
		case <-o.done:
			return errClosed
		default:
		}
	}
}

// thorough is every how many sweeps the ledger is listed although the numbers agree: a person may
// have dropped one entry that waits here, and resent another.
const thorough = 6

// sweep adopts what is queued, and marks what was lost in progress unknown; in the first sweep of a
// store that is not shared, that is all that is in progress.
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

// adopt takes over an entry that no process may be handling.
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

// lost reports whether a request that this process has not begun has been in progress for too long.
func (o *Outbox) lost(s store.Send) bool {
	if !o.config.Shared && s.Updated.Before(o.began) {
		return true
	}
	return o.config.Clock.Now().Sub(s.Updated).Abs() >= o.stale(s) // Abs, as the clock may have been set back
}

// staleMargin is for clocks that differ, and for the time that it takes to write an outcome.
const staleMargin = 15 * time.Second

// stale is how long a request of another process may be in progress.
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

// markLost marks a send whose process has died unknown. ErrConflict is not an error: the process is
// alive.
func (o *Outbox) markLost(ctx context.Context, s store.Send) error {
	s.State, s.Reason = store.Unknown, reason.ProcessEnded.String()
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

// Close ends the outbox: no more messages get a turn, Close waits for the requests in progress, and
// what waits stays in the queue of a durable store. If the store is not durable, what waits goes
// out until ctx ends or the store is closed.
func (o *Outbox) Close(ctx context.Context) error {
	o.mu.Lock()
	if o.config.Store.Durable() {
		o.stop()
	} else {
		o.drain, o.pause.seen = true, nil
		o.stopIfIdle()
		for _, q := range o.queues {
			if q.running {
				o.kick(q) // so that it sees that the store is closed, if it is
			}
		}
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
	o.gates.wait(o.config.Logger)
	return nil
}

// stop ends the queues. The caller holds the lock.
func (o *Outbox) stop() {
	if !o.stopped {
		o.stopped = true
		close(o.done)
	}
}

// stopIfIdle ends the queues if no entry waits that could go out soon. The caller holds the lock.
func (o *Outbox) stopIfIdle() {
	for _, it := range o.items {
		if !it.isParked {
			return
		}
	}
	o.stop()
}

// stopDraining ends queues that only run to be emptied: sending is stopped, and what waits cannot
// leave.
func (o *Outbox) stopDraining() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.drain {
		o.stop()
	}
}
