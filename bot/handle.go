package bot

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/internal/worker"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// droppedAccount is the reason for events of accounts that are not the bot's.
const droppedAccount = "other account"

// Stuck is a handler that has been running for longer than Config.StuckAfter.
type Stuck struct {
	Route string        // empty if it is middleware that hangs
	Event string        // key of the message
	For   time.Duration // how long it has been running
}

// newWorker makes the worker that hands the messages of the inbox to the routes.
func (b *Bot) newWorker() *worker.Worker {
	metrics := b.counters.Metrics
	return worker.New(b.store.Inbox(), b.observeRuns(b.handle), worker.Options{
		Clock:    b.config.Clock,
		Parallel: b.config.Parallel, MaxAttempts: b.config.MaxAttempts, Attempts: b.tasks.attempts,
		Lease: b.config.Lease, Durable: b.store.Durable(),
		Heartbeat: b.monitor.Heartbeat("lanes", 2*b.config.Lease), Retried: metrics.Retry, Dead: b.died,
		BeforeDead: func(ctx context.Context, lease store.Lease) error {
			return markDead(ctx, b.store.State(), runKey(lease))
		},
		StuckAfter: b.config.StuckAfter, Stuck: b.stuck, Logger: b.logger,
	})
}

// stuck counts and reports a handler that is stuck.
func (b *Bot) stuck(s worker.Stuck) {
	b.counters.Stuck(s.Route)
	if b.config.Stuck != nil {
		b.config.Stuck(Stuck(s))
	}
}

// handle takes one item through the routes.
func (b *Bot) handle(ctx context.Context, lease store.Lease, entered func(route string)) worker.Result {
	switch x, is, err := task.Parse(lease.Body); {
	case err != nil:
		return worker.Result{Err: fmt.Errorf("bot: %w", err)}
	case is:
		return b.tasks.handle(ctx, x, lease, entered)
	}
	decoder := callback.Decoder{Wxid: b.accounts.wxid}
	e, err := decoder.Decode(lease.Body)
	if err != nil {
		return worker.Result{Err: fmt.Errorf("bot: %w", err)}
	}
	if e.Kind() == callback.KindPing {
		return worker.Result{}
	}
	if !b.accounts.know(e.AppID, e.Wxid) {
		b.counters.drop(droppedAccount)
		b.unanswered(ctx, e, router.Outcome{Dropped: droppedAccount})
		return worker.Result{}
	}
	b.heard(e, lease.Received)
	if err := errors.Join(b.accounts.share(ctx, e.AppID, b.config.Clock.Now()), b.choice.observe(ctx, e)); err != nil {
		b.logger.Warn("what an event tells of the accounts could not be kept", zap.Error(err))
	}
	if err := b.contacts.Observe(ctx, e); err != nil { // a cache: the event is worth more
		b.logger.Warn("what an event tells of contacts could not be kept", zap.Error(err))
	}
	b.switches.refresh(ctx)
	run := router.Run{
		Key: runKey(lease), Attempt: lease.Attempt, Received: lease.Received, Entered: entered, Spoken: isSpoken(lease.Key),
	}
	run.AnyAge = func() bool { return b.wasDead(ctx, run.Key) }
	began := b.config.Clock.Now()
	outcome, err := b.dispatch(ctx, e, run)
	switch outcome.Dropped {
	case router.DroppedLate:
		b.counters.drop(router.DroppedLate)
		b.late.tell(b.logger, b.config.Clock.Now(), e, outcome.Route)
	case router.DroppedCooldown:
		b.counters.drop(router.DroppedCooldown)
	}
	result := b.result(lease.Key, outcome, err)
	if err == nil {
		b.unanswered(ctx, e, outcome)
	}
	if result.Err != nil {
		b.recent.add(b.config.Clock.Now(), e, outcome.Route, err)
	}
	b.watchers.handled(Handled{
		Event: e, Key: run.Key, Received: lease.Received, Attempt: lease.Attempt, Took: b.config.Clock.Now().Sub(began), Outcome: outcome,
		Err: result.Err,
	})
	return result
}

// runKey identifies an item for the sends of its runs. One without a key, such as a change of a
// contact, is known by its body and its arrival.
func runKey(lease store.Lease) string {
	if lease.Key != "" {
		return lease.Key
	}
	sum := sha256.Sum256(lease.Body)
	return fmt.Sprintf("item/%d/%x", lease.Received.UnixNano(), sum[:8])
}
