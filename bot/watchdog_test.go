package bot_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestTheWatchdogNamesAStuckHandler holds one handler up, and lets another be quick.
func TestTheWatchdogNamesAStuckHandler(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	stuck := make(chan bot.Stuck, 10)
	config := configFor(sim.Simulator)
	config.StuckAfter = 50 * time.Millisecond
	config.Stuck = func(s bot.Stuck) { stuck <- s }
	b := newBot(t, config)
	release := make(chan struct{})
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if m.Body == "slow" {
			<-release
		}
		return c.Reply("done")
	}).Named("digger")
	stop := start(t, b, sim.Simulator)
	sim.Friend("bob").Says("quick")
	sim.Friend("bob").ExpectText("done")
	sim.Friend("alice").Says("slow")
	s := <-stuck
	assert.Equal(t, "digger", s.Route)
	assert.Contains(t, s.Event, simulator.DefaultAppID+":")
	assert.GreaterOrEqual(t, s.For, config.StuckAfter)
	close(release)
	require.NoError(t, stop())
	assert.Empty(t, stuck, "each is named once, and only those")
}

// TestAMessageThatKillsTheProcess has been leased again and again by processes that died of it.
func TestAMessageThatKillsTheProcess(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.MaxAttempts = 2
	back := memory.New(memory.Config{})
	config.Store = back
	const body = `{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":%d,` +
		`"FromUserName":{"string":"wxid_a"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"%s"}}}`
	for n, text := range []string{"deadly", "harmless"} {
		_, err := back.Inbox().Append(t.Context(), store.Item{Key: fmt.Sprint("wx_a:", n+1), Lane: "wx_a/wxid_a",
			Body: fmt.Appendf(nil, body, n+1, text)})
		require.NoError(t, err)
	}
	for range 2 + 5 {
		leases, err := back.Inbox().Lease(t.Context(), 1, time.Nanosecond)
		require.NoError(t, err)
		require.Equal(t, "wx_a:1", leases[0].Key)
	}
	b := newBot(t, config)
	handled := make(chan string, 2)
	b.Text(func(_ *router.Context, m *xmlmsg.Text) error { handled <- m.Body; return nil })
	stop := start(t, b, nil)
	assert.Equal(t, "harmless", <-handled, "its conversation goes on")
	dead, err := back.Inbox().Dead(context.Background(), 0, 10)
	require.NoError(t, err)
	require.Len(t, dead, 1)
	assert.Equal(t, "wx_a:1", dead[0].Key)
	assert.Contains(t, dead[0].Failure.Reason, "the process died")
	require.NoError(t, stop())
}
