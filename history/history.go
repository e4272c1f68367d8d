// Package history keeps what was said in the chats of a bot, by people and by the bot: by chat, by
// time, around a message, and by words, also Chinese ones.
//
//	h, err := history.New(history.Config{Keep: 30 * 24 * time.Hour})
//	…
//	err = b.Install(h)
//
// What is said goes into a log of the store first, and from there into a file of SQLite that
// answers questions. So nothing is lost between the two, and each process of a cluster has a file
// of all that was said. docs/en/history.md describes what is kept, and how to take it away again.
package history

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// PluginName is the name of the plugin in a bot.
const PluginName = "history"

// FileName is the name of the file in the data directory of the bot.
const FileName = "history.db"

const (
	defaultKeep = 30 * 24 * time.Hour
	// logKept is how long the log of a store keeps what the file has long had. A store that several
	// processes share keeps it all, for a process whose file begins anew.
	logKept = 7 * 24 * time.Hour
	// appendTime is how long an observer tries to keep a message.
	appendTime = 15 * time.Second
)

// Config configures the history. The zero value keeps the messages of all chats that the bot
// listens to for 30 days.
type Config struct {
	// Keep is how long a message is kept. 0 means 30 days.
	Keep time.Duration `yaml:"keep" help:"how long a message is kept; default 30d."`
	// Chats lists the only chats whose messages are kept, by id or by a name that means only one.
	// nil means all that the bot listens to.
	Chats []string `yaml:"chats" of:"chats" help:"the only chats whose messages are kept; default all that the bot listens to."`
}

// History is the plugin. Make it with New.
type History struct {
	config Config
	h      *bot.Handle
	*File
}

// New makes a history. It keeps what is said from when it is installed in a bot.
func New(c Config) (*History, error) {
	switch {
	case c.Keep < 0:
		return nil, errors.New("history: keep is negative: write a time such as 30d")
	case c.Chats != nil && len(c.Chats) == 0:
		return nil, errors.New("history: chats is empty, so nothing would be kept: leave it out for all chats")
	}
	if c.Keep == 0 {
		c.Keep = defaultKeep
	}
	return &History{config: c}, nil
}

// Name implements bot.Plugin.
func (*History) Name() string { return PluginName }

// Scope implements bot.Scoped.
func (p *History) Scope() bot.Scope {
	return bot.Scope{Everywhere: p.config.Chats == nil, In: p.config.Chats}
}

// Setup implements bot.Plugin.
func (p *History) Setup(h *bot.Handle) (err error) {
	p.h = h
	path := ""
	if h.Data() != "" {
		path = filepath.Join(h.Data(), FileName)
	}
	p.File, err = Open(context.Background(), path, h.Back(), p.config.Keep, h.Now)
	if err != nil {
		return err
	}
	h.MaxAge(router.AnyAge)
	h.Observe(p.observe).Named("messages")
	h.Self(p.typed).Named("own")
	h.Watch(p.leaves)
	h.Schedule("keep", "@hourly", func(j *bot.Job) error { return p.CatchUp(j) })
	h.Logger().Info("what is said in the chats of the bot is kept: tell the people in them; hongyan forget takes a person out again",
		zap.Duration("keep", p.config.Keep), zap.Int("only_chats", len(p.config.Chats)), zap.String("file", path))
	return nil
}

// Close implements bot.Plugin.
func (p *History) Close() error {
	if p.File == nil {
		return nil
	}
	return p.File.Close()
}

// typed keeps what the owner of the account has typed on the phone.
func (p *History) typed(c *router.Context) error {
	if err := p.observe(c); err != nil {
		c.Logger().Error("a message of the phone is not in the history", zap.Error(err))
	}
	return router.Next
}

// observe keeps the message of a handler. A second run adds nothing.
func (p *History) observe(c *router.Context) error {
	x, ok := said(c)
	if !ok {
		return nil
	}
	return p.keep(c, x, c.Received())
}

// leaves keeps a message of the bot right before its request leaves.
func (p *History) leaves(ctx context.Context, s store.Send, m api.Send) {
	if !p.h.On(ctx, s.Account, s.Target) {
		return
	}
	if err := p.keep(ctx, leaving(s, m, p.h.Now()), p.h.Now()); err != nil {
		p.h.Logger().Error("a message that is sent is not in the history", zap.String("key", s.Key), zap.Error(err))
	}
}

// keep adds an entry to the log. A store that does not answer for a moment loses nothing.
func (p *History) keep(ctx context.Context, x entry, at time.Time) error {
	line, err := x.line(at)
	if err != nil {
		return router.Permanent(err)
	}
	_, err = backoff.Retry(ctx, func() (bool, error) {
		_, added, err := p.back.Log().Append(ctx, logName, line, p.logKeep())
		if err != nil && !errors.Is(err, store.ErrUnavailable) {
			err = backoff.Permanent(err)
		}
		return added, err
	}, backoff.WithMaxElapsedTime(appendTime))
	if err != nil {
		return fmt.Errorf("history: the log: %w", err)
	}
	return p.follow(ctx)
}
