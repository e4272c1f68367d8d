package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
)

// quietHoursPrefix is the prefix of the keys of the quiet hours in the state.
const quietHoursPrefix = "bot/quiethours/"

// chatHours are the quiet hours of a chat, in the state.
type chatHours struct {
	Chat string        `json:"chat"`
	From time.Duration `json:"from"`
	To   time.Duration `json:"to"`
	Zone string        `json:"zone"`

	hours *outbox.Hours
}

func (c *chatHours) window() outbox.Window {
	return outbox.Window{From: c.From, To: c.To, Zone: c.Zone}
}

// SetQuietHours sets the part of the day in which nothing but answers goes to a chat, by its id:
// proactive sends wait for the end, and leave at the usual pace then. An empty window is none,
// whatever a file says; nil forgets what was set, so that the file decides again. It outlives a
// restart, and other processes follow within two seconds. The quiet hours of the account hold, too.
// A window without a zone is one of the bot's.
func (b *Bot) SetQuietHours(ctx context.Context, chat string, w *outbox.Window) error {
	key := stateKey(quietHoursPrefix, url.PathEscape(chat))
	if w == nil {
		if err := b.store.State().Delete(ctx, key); err != nil {
			return fmt.Errorf("bot: SetQuietHours: %w", err)
		}
		return b.switches.reload(ctx)
	}
	set := chatHours{Chat: chat, From: w.From, To: w.To, Zone: cmp.Or(w.Zone, b.zone().String())}
	_, err := set.window().Hours()
	var value []byte
	if err == nil {
		value, err = json.Marshal(set)
	}
	if err == nil {
		_, err = b.store.State().Put(ctx, key, value, 0)
	}
	if err != nil {
		return fmt.Errorf("bot: SetQuietHours: %w", err)
	}
	return b.switches.reload(ctx)
}

// QuietHours says when nothing but answers goes to chats, by their ids, for as long as the plugin
// is installed. What Bot.SetQuietHours has set for a chat comes first.
func (h *Handle) QuietHours(chats map[string]outbox.Window) error {
	all := map[string]*outbox.Hours{}
	for chat, w := range chats {
		if w.Zone == "" {
			w.Zone = h.Zone().String()
		}
		hours, err := w.Hours()
		if err != nil {
			return fmt.Errorf("bot: QuietHours: %s: %w", chat, err)
		}
		all[chat] = hours
	}
	h.gates = append(h.gates, h.bot.addGate(h.name+"/quiet hours", func(ctx context.Context, m outbox.Message) (v outbox.Verdict) {
		h.bot.switches.refresh(ctx)
		chat := api.TargetOf(m)
		if _, set := (*h.bot.switches.hours.Load())[chat]; set || all[chat] == nil {
			return v
		}
		return h.bot.inHours(all[chat], m)
	}))
	return nil
}

// followHours has sends asked about quiet hours that were set while the bot ran, for as long as
// there are any: a send that no gate is asked about takes a shorter way.
func (b *Bot) followHours(o *outbox.Outbox) {
	var remove func()
	b.switches.anyHours = func(are bool) {
		switch {
		case are && remove == nil:
			remove = o.Gate("quiet hours", b.ruleQuietHours)
		case !are && remove != nil:
			remove()
			remove = nil
		}
	}
}

// ruleQuietHours is the gate of the quiet hours that were set while the bot ran.
func (b *Bot) ruleQuietHours(ctx context.Context, m outbox.Message) (v outbox.Verdict) {
	b.switches.refresh(ctx)
	if set, ok := (*b.switches.hours.Load())[api.TargetOf(m)]; ok {
		return b.inHours(set.hours, m)
	}
	return v
}

// inHours delays what is proactive to the end of quiet hours.
func (b *Bot) inHours(hours *outbox.Hours, m outbox.Message) (v outbox.Verdict) {
	if now := b.config.Clock.Now(); m.Class != outbox.Answer {
		v.Delay = hours.Until(now).Sub(now)
	}
	return v
}

// loadHours reads the quiet hours of chats.
func (s *switches) loadHours(ctx context.Context) error {
	set := map[string]chatHours{}
	for after := ""; ; {
		const page = 500
		entries, err := s.state.List(ctx, quietHoursPrefix, after, page)
		if err != nil {
			return fmt.Errorf("bot: quiet hours: %w", err)
		}
		for _, e := range entries {
			var one chatHours
			err := json.Unmarshal(e.Value, &one)
			if err == nil {
				one.hours, err = one.window().Hours()
			}
			if err == nil { // else of a later version, or of a machine with more zones
				set[one.Chat] = one
			}
			after = e.Key
		}
		if len(entries) < page {
			s.hours.Store(&set)
			if s.anyHours != nil {
				s.anyHours(len(set) > 0)
			}
			return nil
		}
	}
}
