package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/router"
)

// Chat is a conversation of an account, to speak in from anywhere: a group or a friend, by id or by
// a name that means only one of them. An empty account means the only one of the bot. In the
// context of a handler or a schedule, what is sent belongs to that run, and is not sent again by
// another; in any other context, such as that of an HTTP request, each send is a new one.
//
//	err := b.Chat(ctx, "", "运维群").SendText("disk 91%")
func (b *Bot) Chat(ctx context.Context, account, id string) *router.Chat {
	return b.chat(ctx, "", account, id)
}

// Chat is Bot.Chat in the name of the plugin.
func (h *Handle) Chat(ctx context.Context, account, id string) *router.Chat {
	return h.bot.chat(ctx, h.name, account, id)
}

func (b *Bot) chat(ctx context.Context, plugin, account, id string) *router.Chat {
	if account == "" {
		account, _ = b.account(ctx, "") // the chat says that there is none
	}
	return router.NewChat(ctx, b.services, plugin, account, id)
}

// Store is the store of the handlers that belong to no plugin.
func (b *Bot) Store() *router.Store { return router.NewStore(b.services, "") }

// Store is the store of the plugin, the same that its handlers and schedules have.
func (h *Handle) Store() *router.Store { return router.NewStore(h.bot.services, h.name) }

// Contacts knows who is who, for all accounts.
func (h *Handle) Contacts() *contacts.Book { return h.bot.contacts }

// Accounts lists the appIds of the accounts, as far as they are known: those of the configuration,
// and otherwise those from which callbacks came.
func (h *Handle) Accounts() []string { return h.bot.accounts.all() }

// Media downloads what messages carry, and offers files for the service to fetch.
func (h *Handle) Media() router.Files { return h.bot.files }

// account returns the account that is meant, an empty one being the only one of the bot. Before the
// first callback, those count that an earlier run, a login or the simulator tells of.
func (b *Bot) account(ctx context.Context, account string) (string, error) {
	if account != "" {
		return account, nil
	}
	if only := b.accounts.only(); only != "" {
		return only, nil
	}
	if len(b.accounts.all()) == 0 {
		found, err := b.rememberedAccounts(ctx)
		if err != nil {
			return "", err
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}
	return "", router.ErrNoAccount
}

// devicePrefix is the prefix of the keys with the devices that hongyan login remembers; the appId
// follows.
const devicePrefix = "login/"

// rememberedAccounts lists the accounts of a bot that has not had a callback yet.
func (b *Bot) rememberedAccounts(ctx context.Context) ([]string, error) {
	if b.sim != nil {
		var found []string
		for _, device := range b.sim.Logins() {
			if device.Wxid != "" {
				found = append(found, device.AppID)
			}
		}
		return found, nil
	}
	var found []string
	for _, prefix := range []string{accountPrefix, devicePrefix} {
		entries, err := b.store.State().List(ctx, prefix, "", maxAccounts)
		if err != nil {
			return nil, fmt.Errorf("bot: accounts: %w", err)
		}
		for _, e := range entries {
			appID := strings.TrimPrefix(e.Key, prefix)
			if (prefix == accountPrefix || loggedIn(e.Value)) && !slices.Contains(found, appID) {
				found = append(found, appID)
			}
		}
	}
	return found, nil
}

// loggedIn reports whether an account was ever logged in on a device.
func loggedIn(device []byte) bool {
	var d struct {
		Wxid string `json:"wxid"`
	}
	return json.Unmarshal(device, &d) == nil && d.Wxid != ""
}

// Since is when an account began to use the service, as the configuration says; zero if it does
// not.
func (h *Handle) Since(account string) time.Time {
	for _, a := range h.bot.config.Accounts {
		if a.AppID == account {
			return a.Since
		}
	}
	return time.Time{}
}

// Owners are the wxids of the people in charge of the bot.
func (h *Handle) Owners() []string { return h.bot.Owners() }

// Wxid is the wxid of an account; empty as long as it is not known.
func (h *Handle) Wxid(appID string) string { return h.bot.accounts.wxid(appID) }
