package main

import (
	"sync"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// CounterConfig configures a counter.
type CounterConfig struct {
	// Command is the text that asks for the count. Empty means "/count".
	Command string
}

// counter counts the messages of each conversation, and replies with the count to a command.
type counter struct {
	config CounterConfig

	mu     sync.Mutex
	counts map[string]int
}

// NewCounter makes the plugin.
func NewCounter(c CounterConfig) bot.Plugin {
	if c.Command == "" {
		c.Command = "/count"
	}
	return &counter{config: c, counts: map[string]int{}}
}

// Name implements bot.Plugin.
func (p *counter) Name() string { return "counter" }

// Setup implements bot.Plugin. Observers see every message, including those that a route handles.
func (p *counter) Setup(h *bot.Handle) error {
	h.Observe(p.count)
	h.Text(p.tell, match.Exact(p.config.Command)).Named("counter")
	h.Logger().Info("counting", zap.String("command", p.config.Command))
	return nil
}

// Close implements bot.Plugin.
func (p *counter) Close() error { return nil }

func (p *counter) count(c *router.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[c.Conversation().ID]++
	return nil
}

func (p *counter) tell(c *router.Context, _ *xmlmsg.Text) error {
	p.mu.Lock()
	n := p.counts[c.Conversation().ID]
	p.mu.Unlock()
	return c.Replyf("%d messages here, this one included", n)
}
