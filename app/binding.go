package app

import (
	"context"
	"slices"

	"github.com/hongyan-go/hongyan/bot"
)

// offerBinding says how to take charge of a bot that has the commands of the plugin owner, and
// nobody who may use them.
func (l *live) offerBinding(ctx context.Context) error {
	has := slices.ContainsFunc(l.bot.Plugins(ctx, "", ""), func(p bot.PluginState) bool { return p.Name == "owner" })
	if !has {
		return nil
	}
	code, err := l.bot.OfferBinding(ctx)
	if err != nil || code == "" {
		return err
	}
	l.say("nobody is in charge of the bot: send “bind %s” to its account in private, within 10 minutes, to be the one", code)
	return nil
}
