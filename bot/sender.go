package bot

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// PauseFile is the name of the file in Config.Data that pauses all sending as long as it exists.
const PauseFile = "STOP"

// newOutbox makes the way out of a bot.
func (b *Bot) newOutbox() (*outbox.Outbox, error) {
	c := outbox.Config{
		Send: b.post, Store: b.store, Shared: isShared(b.store), Timeout: b.client.Message.Timeout,
		Pace: *b.config.Pace, Paces: map[string]outbox.Pace{}, Since: map[string]time.Time{},
		AnswerTTL: b.config.AnswerTTL, ProactiveTTL: b.config.ProactiveTTL,
		Clock: b.config.Clock, DryRun: b.isDry, Gated: b.gated, Outcome: b.outcome, Turn: b.turn,
		Logger: b.logger.Named("outbox"),
	}
	if b.config.Data != "" {
		c.PauseFile = filepath.Join(b.config.Data, PauseFile)
	}
	for _, a := range b.config.Accounts {
		if !a.Since.IsZero() {
			c.Since[a.AppID] = a.Since
		}
		if a.Pace != nil {
			c.Paces[a.AppID] = *a.Pace
		}
	}
	o, err := outbox.New(c)
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	b.followHours(o)
	return o, nil
}

// sender is the bot as router.Sender: what may not go out to a chat does not.
type sender Bot

// Send implements router.Sender.
func (s *sender) Send(ctx context.Context, m outbox.Message) (*api.SentMessage, error) {
	b := (*Bot)(s)
	account, target := api.AccountOf(m), api.TargetOf(m)
	if err := b.mayAnswer(ctx, account, target); err != nil {
		return nil, err
	}
	if m.Hold == "" && target != "" && b.paused(ctx, target) {
		m.Hold = reason.ChatPaused.String()
	}
	return b.outbox.Send(ctx, m)
}

// isShared reports whether other processes may use the store at the same time; such a back end has
// a method that says so.
func isShared(s store.Store) bool {
	shared, ok := s.(interface{ Shared() bool })
	return ok && shared.Shared()
}

// Send sends a message that answers no event: a proactive send, unless router.AsAnswer says
// otherwise. The account of m must be set. Without router.Key it is a new message at each call.
func (b *Bot) Send(ctx context.Context, m api.Send, options ...router.SendOption) (*api.SentMessage, error) {
	return b.send(ctx, "", m, options)
}

// Send is the Send of the bot, in the name of the plugin.
func (h *Handle) Send(ctx context.Context, m api.Send, options ...router.SendOption) (*api.SentMessage, error) {
	return h.bot.send(ctx, h.name, m, options)
}

func (b *Bot) send(ctx context.Context, source string, m api.Send, options []router.SendOption) (*api.SentMessage, error) {
	if m == nil || api.AccountOf(m) == "" {
		return nil, errors.New("bot: Send: the message has no AppID: no event tells the account here")
	}
	o := router.NewMessage(m, options...)
	o.Source = source
	return b.services.Sender.Send(ctx, o)
}

// startOutbox runs the outbox. The function that it returns closes the outbox within the time of
// its context.
func (b *Bot) startOutbox() (stop func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	var owned sync.WaitGroup
	ctx = b.clockTracker().Begin("the outbox").With(ctx)
	owned.Go(func() { _ = b.outbox.Run(ctx) })
	return func(grace context.Context) error {
		cancel()
		owned.Wait()
		return b.outbox.Close(grace)
	}
}
