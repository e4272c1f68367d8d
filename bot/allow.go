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

// ErrListenOnly means that the bot only listens to the chat that a message should go to.
var ErrListenOnly = errors.New("bot: the bot only listens to this chat: list it in allow, not only in allow.listen, to send to it")

// allowing is the middleware that knows whom each account listens to.
func (b *Bot) allowing() router.Middleware {
	shared := middleware.Allow(b.allow(b.config.Allow))
	own := map[string]router.Middleware{}
	for _, a := range b.config.Accounts {
		if a.Allow != nil {
			own[a.AppID] = middleware.Allow(b.allow(*a.Allow))
		}
	}
	if len(own) == 0 {
		return shared
	}
	return func(next router.Handler) router.Handler {
		others, each := shared(next), map[string]router.Handler{}
		for appID, m := range own {
			each[appID] = m(next)
		}
		return func(c *router.Context) error {
			if h := each[c.Account()]; h != nil {
				return h(c)
			}
			return others(c)
		}
	}
}

// allow returns the configuration of an allow list.
func (b *Bot) allow(a Allow) middleware.AllowConfig {
	return middleware.AllowConfig{
		Everyone: a.Everyone, Groups: a.Groups, People: slices.Concat(a.People, b.config.Owners), Admins: a.Admins,
		NoRequests: a.NoRequests, Also: b.listens, ListenOnly: func(c *router.Context) bool { return a.Listen.has(c.Conversation().ID) },
		Count: b.counters.drop, Hint: allowHint,
	}
}

// allowOf is the allow list of an account.
func (b *Bot) allowOf(account string) Allow {
	for _, a := range b.config.Accounts {
		if a.AppID == account && a.Allow != nil {
			return *a.Allow
		}
	}
	return b.config.Allow
}

// mayAnswer returns ErrListenOnly for a chat that the account only listens to.
func (b *Bot) mayAnswer(ctx context.Context, account, chat string) error {
	a := b.allowOf(account)
	if !a.Listen.has(chat) || a.Everyone || slices.Contains(a.Groups, chat) || slices.Contains(a.People, chat) ||
		slices.Contains(a.Admins, chat) || slices.Contains(b.config.Owners, chat) || chat == b.config.Alarm.Owner {
		return nil
	}
	also, err := b.also(ctx, chat)
	if err == nil && !also {
		err = router.Permanent(ErrListenOnly)
	}
	return err
}

// listens reports whether Listen has allowed the conversation of an event.
func (b *Bot) listens(c *router.Context) (bool, error) {
	conversation := c.Conversation()
	if conversation.ID == "" || conversation.Type == callback.None {
		return false, nil
	}
	return b.also(c, conversation.ID)
}

// also reports whether Listen has allowed a chat.
func (b *Bot) also(ctx context.Context, chat string) (bool, error) {
	_, err := b.store.State().Get(ctx, allowedKey(chat))
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	}
	return false, fmt.Errorf("bot: whom the bot listens to: %w", err)
}
