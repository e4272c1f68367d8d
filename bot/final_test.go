package bot_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

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
