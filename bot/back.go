package bot

import (
	"context"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// Back is the store behind the whole bot, for a plugin that shows or mends what the bot keeps, as
// the command line does: the ledger, the dead letters, the logs. What a plugin keeps for itself
// belongs in Store.
func (h *Handle) Back() store.Store { return h.bot.store }

// MarkSent says that a message of unknown outcome was seen in its chat: it counts as sent, and the
// messages whose handlers wait for it go on.
func (b *Bot) MarkSent(ctx context.Context, key string) error {
	s, err := outbox.MarkSent(ctx, b.store.Ledger(), key)
	if err == nil {
		_, err = outbox.Follow(ctx, b.store, s)
	}
	return err
}

// Resend sends a message again that is unknown, refused or expired, or lets a held one go on. One
// that is unknown may have arrived: look into its chat before. The gates are asked again.
func (b *Bot) Resend(ctx context.Context, key string) error {
	s, err := b.outbox.Resend(ctx, key, 0)
	if err == nil {
		_, err = outbox.Follow(ctx, b.store, s)
	}
	return err
}
