package bot

import (
	"context"
	"fmt"

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
	if err := b.contacts.Observe(ctx, e); err != nil { // a cache: the event is worth more
		b.logger.Warn("what an event tells of contacts could not be kept", zap.Error(err))
	}
	services := b.services
	services.Entered, services.Attempt = entered, lease.Attempt
	services.RunKey = lease.Key
	outcome, err := b.Dispatch(ctx, e, services)
	if outcome.Dropped == router.DroppedLate {
		b.counters.drop(router.DroppedLate)
	}
	b.counters.handled(outcome, err)
	// Without a key the sends of a second run could not be told from those of the first.
	again := lease.Key != "" || outcome.Sends == 0
	return verdict{err: err, retry: again && !router.IsPermanent(err)}
}
