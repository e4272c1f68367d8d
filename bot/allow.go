package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// allowedKey is the key in the state of a group or a person that is allowed in addition to the
// configuration.
func allowedKey(id string) string { return stateKey("bot/allow/", id) }

// Listen lets the bot listen to people and groups in addition to those of Config.Allow: to a friend
// whose request it has accepted, or to a group that it was invited to. An id is a wxid, whose
// private messages pass from now on, or that of a group. It is kept in the state of the bot, and
// outlives a restart if the store does.
func (b *Bot) Listen(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		if id == "" {
			return errors.New("bot: Listen: an id is empty")
		}
		if _, err := b.store.State().Put(ctx, allowedKey(id), []byte("1"), 0); err != nil {
			return fmt.Errorf("bot: Listen: %w", err)
		}
	}
	return nil
}

// Ignore reverts Listen. It does not change Config.Allow.
func (b *Bot) Ignore(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		if err := b.store.State().Delete(ctx, allowedKey(id)); err != nil {
			return fmt.Errorf("bot: Ignore: %w", err)
		}
	}
	return nil
}

// Listen is Bot.Listen.
func (h *Handle) Listen(ctx context.Context, ids ...string) error { return h.bot.Listen(ctx, ids...) }

// Ignore is Bot.Ignore.
func (h *Handle) Ignore(ctx context.Context, ids ...string) error { return h.bot.Ignore(ctx, ids...) }

// allow returns the configuration of the allow list.
func (b *Bot) allow() middleware.AllowConfig {
	a := b.config.Allow
	return middleware.AllowConfig{
		Everyone: a.Everyone, Groups: a.Groups, People: slices.Concat(a.People, b.config.Owners), Admins: a.Admins, NoRequests: a.NoRequests, Also: b.listens,
		Count: b.counters.drop, Hint: allowHint,
	}
}

// listens reports whether Listen has allowed the conversation of an event.
func (b *Bot) listens(c *router.Context) (bool, error) {
	conversation := c.Conversation()
	if conversation.ID == "" || conversation.Type == callback.None {
		return false, nil
	}
	_, err := b.store.State().Get(c, allowedKey(conversation.ID))
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	}
	return false, fmt.Errorf("bot: whom the bot listens to: %w", err)
}
