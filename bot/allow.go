package bot

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
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
			return phrase.Errorf("bot: Listen: %w", err)
		}
	}
	return nil
}

// Ignore reverts Listen, and OfferBinding: who was put in charge by a code is so no longer. It does
// not change Config.Allow and Config.Owners.
func (b *Bot) Ignore(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		for _, key := range []string{allowedKey(id), stateKey(ownerPrefix, id)} {
			if err := b.store.State().Delete(ctx, key); err != nil {
				return phrase.Errorf("bot: Ignore: %w", err)
			}
		}
	}
	return b.switches.reload(ctx)
}

// Listen is Bot.Listen.
func (h *Handle) Listen(ctx context.Context, ids ...string) error { return h.bot.Listen(ctx, ids...) }

// Ignore is Bot.Ignore.
func (h *Handle) Ignore(ctx context.Context, ids ...string) error { return h.bot.Ignore(ctx, ids...) }

// ErrListenOnly means that the bot only listens to the chat that a message should go to.
var ErrListenOnly = errors.New("bot: the bot only listens to this chat: list it in allow, not only in allow.listen, to send to it")

// lists are whom the bot listens to. They never change, and are only replaced.
type lists struct {
	shared Allow
	own    map[string]Allow // by account
}

// of is the list of an account.
func (l *lists) of(account string) Allow {
	if own, ok := l.own[account]; ok {
		return own
	}
	return l.shared
}

// SetAllow replaces Config.Allow, and Account.Allow of the accounts that are keys of own, while the
// bot runs. An account that is not a key has the shared list. Against a simulator, an empty shared
// list means everyone.
func (b *Bot) SetAllow(shared Allow, own map[string]Allow) {
	shared.Everyone = shared.Everyone || b.config.simulated && shared.empty()
	b.lists.Store(&lists{shared, maps.Clone(own)})
}

// firstLists are the lists of the configuration.
func (b *Bot) firstLists() {
	own := map[string]Allow{}
	for _, a := range b.config.Accounts {
		if a.Allow != nil {
			own[a.AppID] = *a.Allow
		}
	}
	b.SetAllow(b.config.Allow, own)
}

// allowing is the middleware that knows whom each account listens to.
func (b *Bot) allowing() router.Middleware {
	type guards struct {
		lists  *lists
		shared router.Handler
		own    map[string]router.Handler
	}
	return func(next router.Handler) router.Handler {
		var last atomic.Pointer[guards]
		return func(c *router.Context) error {
			now := b.lists.Load()
			g := last.Load()
			if g == nil || g.lists != now {
				made := &guards{now, middleware.Allow(b.allow(now.shared))(next), map[string]router.Handler{}}
				for account, a := range now.own {
					made.own[account] = middleware.Allow(b.allow(a))(next)
				}
				if last.CompareAndSwap(g, made) {
					g = made
				} else { // of several that were made at once, one remembers what was logged
					g = last.Load()
				}
			}
			if own := g.own[c.Account()]; own != nil {
				return own(c)
			}
			return g.shared(c)
		}
	}
}

// allow returns the configuration of an allow list.
func (b *Bot) allow(a Allow) middleware.AllowConfig {
	blocked := slices.DeleteFunc(slices.Clone(a.Blocked), func(id string) bool { return slices.Contains(b.config.Owners, id) })
	return middleware.AllowConfig{
		Blocked:  blocked,
		Everyone: a.Everyone, Groups: a.Groups, People: slices.Concat(a.People, a.Operators, b.config.Owners), Admins: a.Admins,
		AllGroups: a.AllGroups, AllPeople: a.AllPeople,
		NoRequests: a.NoRequests, Also: b.listens, ListenOnly: func(c *router.Context) bool { return a.Listen.has(c.Conversation().ID) },
		Count: b.counters.drop, Hint: allowHint,
	}
}

// mayAnswer returns ErrListenOnly for a chat that the account only listens to.
func (b *Bot) mayAnswer(ctx context.Context, account, chat string) error {
	a := b.lists.Load().of(account)
	if callback.ConversationOf(chat).Type == callback.None { // a user of Channels: the lists are about chats
		return nil
	}
	all := Listen{AllGroups: a.AllGroups, AllPeople: a.AllPeople}
	if !a.Listen.has(chat) || a.Everyone || all.has(chat) || chat == b.config.Alarm.Owner {
		return nil
	}
	for _, list := range [][]string{a.Groups, a.People, a.Admins, a.Operators, a.Targets, b.config.Owners} {
		if slices.Contains(list, chat) {
			return nil
		}
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
	return false, phrase.Errorf("bot: whom the bot listens to: %w", err)
}
