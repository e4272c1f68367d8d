package bot

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// DroppedAccount is the reason for events of accounts that are not the bot's.
const DroppedAccount = "other account"

// verdict is what becomes of a leased item.
type verdict struct {
	err   error
	retry bool // another try is safe
	final bool // no try can mend it, not even that of a dead letter
}

// handle takes one item through the routes.
func (b *Bot) handle(ctx context.Context, lease store.Lease, entered func(route string)) verdict {
	decoder := callback.Decoder{Wxid: b.accounts.wxid}
	e, err := decoder.Decode(lease.Body)
	if err != nil {
		return verdict{err: fmt.Errorf("bot: %w", err)}
	}
	if e.Kind() == callback.KindPing {
		return verdict{}
	}
	if !b.accounts.know(e.AppID, e.Wxid) {
		b.counters.drop(DroppedAccount)
		return verdict{}
	}
	b.heard(e, lease.Received)
	if err := errors.Join(b.accounts.share(ctx, e.AppID, time.Now()), b.choice.observe(ctx, e)); err != nil {
		b.logger.Warn("what an event tells of the accounts could not be kept", zap.Error(err))
	}
	if err := b.contacts.Observe(ctx, e); err != nil { // a cache: the event is worth more
		b.logger.Warn("what an event tells of contacts could not be kept", zap.Error(err))
	}
	run := router.Run{Key: runKey(lease), Attempt: lease.Attempt, Received: lease.Received, Entered: entered}
	run.AnyAge = func() bool { return b.wasDead(ctx, run.Key) }
	outcome, err := b.router.Dispatch(ctx, e, b.services, run)
	if outcome.Dropped == router.DroppedLate {
		b.counters.drop(router.DroppedLate)
		b.late.tell(b.logger, e, outcome.Route)
	}
	b.counters.handled(outcome, err)
	return verdict{err: err, retry: !router.IsPermanent(err), final: router.IsFinal(err)}
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
