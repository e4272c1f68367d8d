package bot

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
)

// deadKept is how long the state keeps that a message was a dead letter: when a person retries it,
// it is handled, however old it is.
const deadKept = 30 * 24 * time.Hour

func deadKey(runKey string) string { return stateKey("bot/dead/", runKey) }

// markDead records that a message becomes a dead letter.
func markDead(ctx context.Context, state store.State, runKey string) error {
	if _, err := state.Put(ctx, deadKey(runKey), []byte("1"), deadKept); err != nil {
		return phrase.Errorf("bot: dead letter: %w", err)
	}
	return nil
}

// wasDead reports whether a message comes from the dead letters. It returns false if that cannot be
// read: an old message without an answer does less harm.
func (b *Bot) wasDead(ctx context.Context, runKey string) bool {
	_, err := b.store.State().Get(ctx, deadKey(runKey))
	return err == nil
}

// lateLog logs that messages are dropped for their age, with few lines: an outage leaves many.
type lateLog struct {
	mu     sync.Mutex
	logged time.Time
	more   int // since then
}

// lateEvery is the time between two lines.
const lateEvery = time.Minute

func (l *lateLog) tell(log *zap.Logger, now time.Time, e *callback.Event, route string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.logged) < lateEvery {
		l.more++
		return
	}
	log.Warn("an old message was not handled: max_age, Config.MaxAge or the MaxAge of its route says how old one may be; if this "+
		"machine's clock is wrong, set it",
		zap.String("event", e.Key()), zap.String("route", route), zap.Duration("age", e.Age(now).Round(time.Second)),
		zap.Int("others_since_last_line", l.more))
	l.logged, l.more = now, 0
}
