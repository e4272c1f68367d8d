package bot_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestAMessageThatCannotBeAnswered was said in a group whose id the service left out. It is given
// up at once, with one line in the log and no dead letter, and the private chat of its sender does
// not wait for it.
func TestAMessageThatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	alice := sim.Friend("alice")
	core, logs := observer.New(zap.WarnLevel)
	config := configFor(sim.Simulator)
	back := memory.New(memory.Config{})
	config.Store, config.Logger = back, zap.New(core)
	b := newBot(t, config)
	var runs atomic.Int32
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		runs.Add(1)
		if err := c.Reply("re: " + m.Body); err != nil {
			return fmt.Errorf("plugin: %w", err)
		}
		return nil
	})
	start(t, b, sim.Simulator)
	const sender = "wxid_alice"
	require.Equal(t, 200, post(t, b, "/callback", fmt.Sprintf(`{"appid":%q,"wxid":%q,"newMsgId":7000000000000000123,"fromUser":%q,`+
		`"toUser":%q,"msgType":"TEXT","content":"%s:\nin a group"}`,
		simulator.DefaultAppID, simulator.DefaultWxid, sender, simulator.DefaultWxid, sender)))
	alice.Says("in private")
	alice.ExpectText("re: in private")
	require.Eventually(t, func() bool {
		stats, err := back.Inbox().Stats(t.Context())
		return err == nil && stats.Pending+stats.Leased == 0
	}, 10*time.Second, time.Millisecond)
	assert.Equal(t, int32(2), runs.Load(), "one run for each message")
	dead, err := back.Inbox().Dead(t.Context(), 0, 10)
	require.NoError(t, err)
	assert.Empty(t, dead)
	var lines []string
	for _, line := range logs.All() {
		if line.ContextMap()["event"] == simulator.DefaultAppID+":7000000000000000123" {
			lines = append(lines, line.Message)
		}
	}
	assert.Equal(t, []string{"message given up: no try can mend what failed"}, lines)
}

// TestADroppedAnswerIsHandled: a gate has decided. No failure is counted, and nothing is logged as
// an error, whether a message, a task or a wrapped error of several sends met the gate.
func TestADroppedAnswerIsHandled(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.WarnLevel)
	sim := bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}, Bot: func(c *bot.Config) { c.Logger = zap.New(core) }},
		setup(func(h *bot.Handle) error {
			h.Gate(func(context.Context, outbox.Message) outbox.Verdict { return outbox.Verdict{Drop: "quiet"} })
			h.Task("later", func(task *bot.Task[string]) error { return task.Reply(task.Data) })
			h.Text(func(c *router.Context, m *xmlmsg.Text) error {
				if err := c.Later("later", m.Body, time.Second, "later"); err != nil {
					return err
				}
				return fmt.Errorf("plugin: %w", router.Each(c.Reply("one"), c.Reply("two")))
			})
			return nil
		}))
	sim.Group("A").As("bob").Say("hello")
	sim.Advance(time.Minute)
	stats := sim.Bot().Stats()
	assert.Equal(t, 0, stats.Failed)
	assert.Equal(t, 2, stats.Handled)
	assert.Equal(t, 3, stats.Gated["drop"])
	assert.Empty(t, logs.All())
}

// setup is a plugin of one function.
type setup func(h *bot.Handle) error

func (setup) Name() string                { return "setup" }
func (s setup) Setup(h *bot.Handle) error { return s(h) }
func (setup) Close() error                { return nil }
