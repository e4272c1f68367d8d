package app

import (
	"context"
	"errors"
	"fmt"
	"path"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// settleTime is how long the bot of a trial may take, in real time, to handle what happened.
const settleTime = 30 * time.Second

// trial is a bot of a file that runs against a simulator of its own, with a clock that only moves
// when it is told to.
type trial struct {
	bot  *bot.Bot
	sim  *simulator.Simulator
	stop func() error

	mu   sync.Mutex
	last []byte // the body of the last callback
	seen int64  // the last message that was looked at
	held map[string]bool
}

// trialBegins is when the clock of a trial begins: a Monday, ten in the morning in China.
func trialBegins() time.Time { return time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC) }

// simulated is the configuration of the bot against a simulator of its own, and with nothing else
// of the world outside.
func (f *File) simulated() bot.Config {
	c := f.Bot
	c.Provider, c.BaseURL, c.Token = api.Provider{}, "", ""
	c.Simulator, c.Store, c.Data = true, memory.New(memory.Config{}), ""
	c.SimulatorConfig = simulator.Config{World: f.World()}
	c.Listen, c.Admin, c.Callback = "127.0.0.1:0", bot.NoAdmin, bot.Callback{}
	c.Recording, c.Alarm.Webhook = bot.Recording{}, ""
	return c
}

// try starts a trial of a file.
func (f *File) try(ctx context.Context, begins time.Time) (*trial, error) {
	t := &trial{held: map[string]bool{}}
	c := f.simulated()
	c.SimulatorConfig.Listen, c.SimulatorConfig.VirtualClock, c.SimulatorConfig.Begins = "127.0.0.1:0", true, begins
	c.Logger = zap.NewNop()
	c.Record = func(body []byte) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.last = body
		return nil
	}
	b, err := bot.New(c) //nolint:contextcheck // a bot outlives the context of its making
	if err != nil {
		return nil, err
	}
	parts, err := f.parts(nil)
	if err == nil {
		err = b.Install(pluginsOf(parts)...) //nolint:contextcheck // the routes of plugins outlive the context
	}
	if err != nil {
		return nil, errors.Join(err, b.Close()) //nolint:contextcheck // to close takes its time
	}
	t.bot, t.sim = b, b.Simulator()
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- b.Run(running) }() // ended by stop
	t.stop = func() error {
		cancel()
		return <-ended
	}
	if err := t.sim.AwaitCallback(ctx); err != nil {
		return nil, errors.Join(err, t.stop())
	}
	return t, t.idle(ctx)
}

// idle waits until the bot has nothing to do at this time.
func (t *trial) idle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	return t.sim.Idle(ctx)
}

// pass lets time pass.
func (t *trial) pass(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	return t.sim.Advance(ctx, d)
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
		return nil, fmt.Errorf("app: held sends: %w", err)
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
