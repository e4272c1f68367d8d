package bot

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

// Watch calls look with each message of the bot right before its request leaves, for as long as the
// plugin is installed: for a plugin that keeps what was said. Whether it was sent is not known yet;
// the ledger tells that under the key of the send. What look has stored by its return is not lost
// while the message is sent; look must be quick, as the message waits for it.
func (h *Handle) Watch(look func(ctx context.Context, s store.Send, m api.Send)) {
	h.gates = append(h.gates, h.bot.outbox.Watch(look))
}

// Installed is the plugin of a name, nil if none is installed.
func (b *Bot) Installed(name string) Plugin {
	for _, x := range b.plugins.all() {
		if x.handle.name == name {
			return x.plugin
		}
	}
	return nil
}
