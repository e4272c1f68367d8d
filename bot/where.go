package bot

import (
	"context"
	"fmt"
)

// Name is the name of the plugin. What a plugin calls its routes begins with it: two plugins of the
// same kind have routes of different names then.
func (h *Handle) Name() string { return h.name }

// On reports whether the plugin is on in a chat of an account. Its routes and tasks need not ask;
// a schedule that looks after several chats does.
func (h *Handle) On(ctx context.Context, account, chat string) bool {
	h.bot.switches.refresh(ctx)
	h.scope.lookUp(ctx, h.bot, h.name)
	on, _ := h.bot.switches.on(h.name, h.scope.get(), account, chat)
	return on
}

// Groups lists the groups of an account in which the plugin is on, by their ids.
func (h *Handle) Groups(ctx context.Context, account string) ([]string, error) {
	list, err := h.bot.contacts.List(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("bot: groups: %w", err)
	}
	var on []string
	for _, id := range list.Chatrooms {
		if h.On(ctx, account, id) {
			on = append(on, id)
		}
	}
	return on, nil
}

// Dry reports whether the plugin, or the whole bot, is a rehearsal. Sends are then left out by
// themselves; what else changes the world, such as removing a member, is the plugin's to leave out.
func (h *Handle) Dry() bool {
	return h.bot.config.DryRun || h.rehearses()
}
