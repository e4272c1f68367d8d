package bot

import (
	"context"
	"slices"

	"github.com/hongyan-go/hongyan/callback"
)

// Hears reports whether the bot listens to what a person says in a chat to an account, and why, or
// why not, as a clause in English.
func (b *Bot) Hears(ctx context.Context, account, chat, person string) (hears bool, why string, err error) {
	a := b.lists.Load().of(account)
	owner := slices.Contains(b.config.Owners, person)
	also, err := b.also(ctx, chat)
	switch {
	case err != nil:
		return false, "", err
	case b.accounts.own(person):
		return false, "it is an account of the bot itself", nil
	case slices.Contains(a.Blocked, person) && !owner:
		return false, "the person is blocked", nil
	case a.Everyone:
		return true, "everyone is on the allow list", nil
	case slices.Contains(a.Admins, person):
		return true, "the person is an admin on the allow list", nil
	case also:
		return true, "it was allowed while the bot ran", nil
	case callback.IsGroup(chat) && slices.Contains(a.Groups, chat):
		return true, "the group is on the allow list", nil
	case !callback.IsGroup(chat) && slices.Contains(a.People, chat):
		return true, "the person is on the allow list", nil
	case !callback.IsGroup(chat) && owner:
		return true, "the person is in charge of the bot", nil
	case a.Listen.has(chat):
		return false, "the bot only listens here: observers see it, and nobody answers", nil
	}
	return false, "the chat is not on the allow list", nil
}
