package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// settleTime is how long the bot of a trial may take, in real time, to handle what happened.
const settleTime = 30 * time.Second

// trial is a bot of a file that runs against a simulator of its own, with a clock that only moves
// when it is told to.
type trial struct {
	file   *File
	bot    *bot.Bot
	sim    *simulator.Simulator
	store  store.Store // over all bots
	stage  stage
	logs   *observer.ObservedLogs // warnings and errors
	logger *zap.Logger
	data   string       // a directory that is deleted afterwards
	halt   func() error // ends the bot

	mu   sync.Mutex
	last []byte // the body of the last callback
	seen int64  // the last message that was looked at
	held map[string]bool
}

// trialBegins is when the clock of a trial begins: a Monday, ten in the morning in China.
func trialBegins() time.Time { return time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC) }

// simulated is the configuration of the bot against a simulator of its own, and with nothing else
// of the world outside.
func (f *File) simulated(data string) bot.Config {
	c := f.Bot
	c.Provider, c.BaseURL, c.Token = api.Provider{}, "", ""
	c.Simulator, c.Store, c.Data = true, memory.New(memory.Config{}), data
	c.SimulatorConfig = simulator.Config{World: f.World()}
	c.Listen, c.Admin, c.Callback = "127.0.0.1:0", bot.NoAdmin, bot.Callback{}
	c.Recording, c.Alarm.Webhook = bot.Recording{}, ""
	if len(c.Accounts) == 0 { // a plugin that speaks first must know who speaks
		for _, a := range c.SimulatorConfig.World.Accounts {
			c.Accounts = append(c.Accounts, bot.Account{AppID: a.AppID})
		}
	}
	return c
}

// try starts a trial of a file.
func (f *File) try(ctx context.Context, begins time.Time) (t *trial, err error) {
	core, logs := observer.New(zap.WarnLevel)
	t = &trial{file: f, held: map[string]bool{}, logs: logs, logger: zap.New(core)}
	defer func() { //nolint:contextcheck // to stop takes its time
		if err != nil {
			err = errors.Join(err, t.stop())
		}
	}()
	if t.data, err = os.MkdirTemp("", "hongyan-test-"); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	t.sim, err = simulator.New(simulator.Config{ //nolint:contextcheck // it outlives the context of its making
		World: f.World(), Listen: "127.0.0.1:0", VirtualClock: true, Begins: begins, AutoLogin: true,
	})
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	t.store = kept{memory.New(memory.Config{Clock: t.sim.Clock()})}
	return t, t.start(ctx)
}

// kept is a store in memory that outlives its bots.
type kept struct{ store.Store }

// Durable implements store.Store.
func (kept) Durable() bool { return true }

// Close implements store.Store.
func (kept) Close() error { return nil }

// start runs a bot of the file on what is stored.
func (t *trial) start(ctx context.Context) error {
	c := t.file.simulated(t.data)
	c.Simulator, c.SimulatorConfig, c.BaseURL, c.Token = false, simulator.Config{}, t.sim.BaseURL(), t.sim.Token()
	c.Clock, c.Store, c.Network, c.Logger = t.sim.Clock(), t.store, &t.stage, t.logger
	c.Record = func(body []byte) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.last = body
		return nil
	}
	c.Places = t.file.says
	b, err := bot.New(c) //nolint:contextcheck // a bot outlives the context of its making
	if err != nil {
		return err
	}
	parts, err := t.file.parts(nil)
	if err == nil {
		err = b.Install(pluginsOf(parts)...) //nolint:contextcheck // the routes of plugins outlive the context
	}
	if err != nil {
		return errors.Join(err, b.Close()) //nolint:contextcheck // to close takes its time
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- b.Run(running) }() // ended by halt
	t.bot = b
	t.halt = func() error {
		cancel()
		t.halt = nil
		return <-ended
	}
	ctx, done := context.WithTimeout(ctx, settleTime)
	defer done()
	if err := t.sim.AwaitCallback(ctx); err != nil {
		return err
	}
	return t.idle(ctx)
}

// restart ends the bot, and runs another one on what it has stored, after a time in which there is
// none.
func (t *trial) restart(ctx context.Context, down time.Duration) error {
	if err := t.sim.SetCallback(ctx, ""); err != nil {
		return err
	}
	if err := t.halt(); err != nil {
		return err
	}
	if err := t.pass(ctx, down); err != nil {
		return err
	}
	return t.start(ctx)
}

// stop ends the trial, as far as it has begun.
func (t *trial) stop() (err error) {
	if t.halt != nil {
		err = t.halt()
	}
	if t.sim != nil {
		err = errors.Join(err, t.sim.Close())
	}
	if t.store != nil {
		err = errors.Join(err, t.store.(kept).Store.Close())
	}
	if t.data != "" {
		err = errors.Join(err, os.RemoveAll(t.data))
	}
	return err
}

// idle waits until the bot has nothing to do at this time.
func (t *trial) idle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	return t.sim.Idle(ctx)
}

// pass lets time pass, an hour after the other: a day has more to do than a busy machine does in
// the settleTime.
func (t *trial) pass(ctx context.Context, d time.Duration) error {
	for d > 0 {
		hour := min(d, time.Hour)
		d -= hour
		ctx, cancel := context.WithTimeout(ctx, settleTime)
		err := t.sim.Advance(ctx, hour)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// sent is a message of the bot.
type sent struct {
	chat, kind, text string
	at               []string
	held             string // why it waits for a person
}

// look returns what the bot has sent since the last look, in order, and what it holds.
func (t *trial) look(ctx context.Context) ([]sent, error) {
	messages, err := t.sim.Messages("", t.seen)
	if err != nil {
		return nil, err
	}
	var all []sent
	for _, m := range messages {
		t.seen = max(t.seen, m.Seq)
		if m.ByBot() {
			all = append(all, sent{chat: m.Conversation, kind: m.Kind, text: m.Text, at: m.At})
		}
	}
	held, err := t.heldSends(ctx)
	return append(all, held...), err
}

// event is the last event that the bot got; nil if it got none.
func (t *trial) event() *callback.Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, err := callback.Decode(t.last)
	if err != nil {
		return nil
	}
	return e
}

// heldSends are the sends that wait for a person since the last look.
func (t *trial) heldSends(ctx context.Context) (all []sent, err error) {
	list, err := t.bot.Held(ctx)
	if err != nil {
		return nil, phrase.Errorf("app: held sends: %w", err)
	}
	for _, s := range list {
		if !t.held[s.Key] {
			t.held[s.Key] = true
			all = append(all, sentOf(s))
		}
	}
	return all, nil
}

// sentOf is a send of the ledger as the message that it would be.
func sentOf(s store.Send) sent {
	one := sent{chat: s.Target, kind: path.Base(s.Endpoint), held: s.Reason}
	m, err := api.DecodeSend(s.Endpoint, s.Body)
	if err != nil {
		return one
	}
	switch m := m.(type) {
	case api.PostText:
		one.kind, one.text = simulator.KindText, m.Content
	case api.PostFile:
		one.kind, one.text = simulator.KindFile, m.FileName
	case api.ForwardFile:
		one.kind, one.text = simulator.KindFile, ""
	case api.PostLink:
		one.kind, one.text = simulator.KindLink, m.Title
	}
	return one
}
