package bot

import (
	"context"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Gate adds a gate: it is asked about each message of the bot right before that leaves, also about
// one that was queued long ago, and lets it pass, holds it for a person, delays or drops it.
//
//	b.Gate(func(ctx context.Context, m outbox.Message) (v outbox.Verdict) {
//		if text, ok := m.Send.(api.PostText); ok && strings.Contains(text.Content, "密码") {
//			v.Hold = "the text has a password"
//		}
//		return v
//	})
//
// Of several gates the strictest prevails: a drop over a hold, and a hold over the longest delay. A
// gate that panics, or takes longer than 5 seconds, holds the message. docs/en/gates.md has the
// rules.
func (b *Bot) Gate(ask func(ctx context.Context, m outbox.Message) outbox.Verdict) {
	b.addGate(caller(), ask)
}

// Gate is Bot.Gate, for as long as the plugin is installed. It is asked about all messages of the
// bot, not only those of the plugin.
func (h *Handle) Gate(ask func(ctx context.Context, m outbox.Message) outbox.Verdict) {
	h.gates = append(h.gates, h.bot.addGate(h.name+"@"+caller(), ask))
}

func (b *Bot) addGate(name string, ask func(ctx context.Context, m outbox.Message) outbox.Verdict) (remove func()) {
	if ask == nil {
		panic("bot: the gate " + name + " is nil")
	}
	return b.outbox.Gate(name, ask)
}

// Held lists the messages that wait for a person, the oldest first. Their Body is as secret as what
// they say; outbox.GivenKey is the key to release or drop one by.
func (b *Bot) Held(ctx context.Context) ([]store.Send, error) {
	return outbox.Held(ctx, b.store.Ledger())
}

// Release lets a message go on that is held. It passes the gates that have held it; others may hold
// it, and any may drop or delay it.
func (b *Bot) Release(ctx context.Context, key string) error {
	_, err := b.outbox.Release(ctx, key)
	return err
}

// Drop gives up a message that has not been sent, for good, such as one that is held.
func (b *Bot) Drop(ctx context.Context, key string) error {
	s, err := outbox.Drop(ctx, b.store.Ledger(), key)
	if err == nil {
		_, err = outbox.Follow(ctx, b.store, s)
	}
	return err
}

// Held is Bot.Held.
func (h *Handle) Held(ctx context.Context) ([]store.Send, error) { return h.bot.Held(ctx) }

// Release is Bot.Release.
func (h *Handle) Release(ctx context.Context, key string) error { return h.bot.Release(ctx, key) }

// Drop is Bot.Drop.
func (h *Handle) Drop(ctx context.Context, key string) error { return h.bot.Drop(ctx, key) }

// DryRun makes a rehearsal of the plugin, or ends it: its routes, schedules and sends do everything
// but the last step.
func (h *Handle) DryRun(on bool) { h.Rehearse(func() bool { return on }) }

// Rehearse makes a rehearsal of the plugin whenever a function says so. It is asked at each send,
// and must be quick.
func (h *Handle) Rehearse(on func() bool) { h.dry.Store(&on) }

// rehearses reports whether the plugin is a rehearsal.
func (h *Handle) rehearses() bool {
	on := h.dry.Load()
	return on != nil && (*on)()
}

// isDry reports whether a message is only rehearsed: the whole bot is, or the plugin or route that
// sends.
func (b *Bot) isDry(m outbox.Message) bool {
	h := b.plugins.handle(b.sourcePlugin(m.Source))
	return b.config.DryRun || b.router.IsDry(m.Source) || h != nil && h.rehearses()
}

// gated counts and logs a message that does not leave now.
func (b *Bot) gated(verdict string, s store.Send) {
	b.counters.Gated(verdict)
	if verdict != "dry run" {
		return
	}
	fields := []zap.Field{
		zap.String("source", s.Source), zap.String("endpoint", s.Endpoint), zap.String("to", s.Target), zap.String("key", s.Key),
		zap.String("reason", s.Reason),
	}
	if m, err := api.DecodeSend(s.Endpoint, s.Body); err == nil && b.config.LogText {
		if text, ok := m.(api.PostText); ok {
			fields = append(fields, zap.String("text", text.Content))
		}
	}
	b.logger.Info("dry run: a message was not sent", fields...)
}

// typed reports whether the owner of the account has typed a message, for the routes of Self.
func (b *Bot) typed(c *router.Context) (bool, error) {
	if !b.router.HasSelf() {
		return false, nil
	}
	e := c.Event
	written := e.Time
	if written.IsZero() {
		written = b.config.Clock.Now()
	}
	text := ""
	if e.Kind() == xmlmsg.KindText {
		text = e.Content
	}
	own, err := b.outbox.Own(c, e.AppID, e.Conversation.ID, e.NewMsgID, text, written)
	if err != nil {
		return false, phrase.Errorf("bot: what was typed on the phone: %w", err)
	}
	return !own, nil
}

// laneOf is the lane of a delivery. What the owner of the account types goes only to the routes
// of Self, which do not wait for the handlers of the chat: these may wait for the turn of an
// answer that the owner has just made needless.
func (b *Bot) laneOf(d callback.Delivery) string {
	if d.Self && !b.config.KeepSelf && b.router.HasSelf() {
		return d.Lane + "/self"
	}
	return d.Lane
}
