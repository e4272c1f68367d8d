package bot

import (
	"context"
	"slices"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/reason"
)

// Hearing is whether the bot listens to somebody.
type Hearing struct {
	Hears  bool
	Why    string // or why not, as a clause in English
	Paused bool   // Switch has paused the whole bot in the chat
}

// Hears reports whether the bot listens to what a person says in a chat to an account.
func (b *Bot) Hears(ctx context.Context, account, chat, person string) (Hearing, error) {
	h := Hearing{Paused: b.paused(ctx, chat)}
	var err error
	h.Hears, h.Why, err = b.hears(ctx, account, chat, person)
	return h, err
}

func (b *Bot) hears(ctx context.Context, account, chat, person string) (hears bool, why string, err error) {
	a := b.lists.Load().of(account)
	owner := slices.Contains(b.owners(), person)
	also, err := b.also(ctx, chat)
	switch {
	case err != nil:
		return false, "", err
	case b.accounts.own(person):
		return false, reason.HearsOwn.String(), nil
	case slices.Contains(a.Blocked, person) && !owner:
		return false, reason.HearsBlocked.String(), nil
	case a.Everyone:
		return true, reason.HearsEveryone.String(), nil
	case slices.Contains(a.Admins, person):
		return true, reason.HearsAdmin.String(), nil
	case also:
		return true, reason.HearsAlso.String(), nil
	case callback.IsGroup(chat) && slices.Contains(a.Groups, chat):
		return true, reason.HearsGroup.String(), nil
	case !callback.IsGroup(chat) && slices.Contains(a.People, chat):
		return true, reason.HearsPerson.String(), nil
	case !callback.IsGroup(chat) && owner:
		return true, reason.HearsOwner.String(), nil
	case a.Listen.has(chat):
		return false, reason.HearsOnly.String(), nil
	}
	return false, reason.HearsNot.String(), nil
}
