package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestOneDeadTargetSilencesNobody passes files on to a group that the account is not in; then a
// friend asks.
func TestOneDeadTargetSilencesNobody(t *testing.T) {
	t.Parallel()
	const nowhere = "99999999999@chatroom"
	for name, breaks := range map[string]*simulator.Fault{
		"as the service says":     nil,
		"refused without a cause": {Endpoint: "/message/forwardFile", Kind: simulator.FaultRefuse, Count: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			back := memory.New(memory.Config{})
			config := configFor(sim.Simulator)
			config.Store = back
			b := newBot(t, config)
			b.File(func(c *router.Context, _ *xmlmsg.File) error { return c.Forward(nowhere) })
			b.Text(router.Say("here"), match.Exact("are you there?"))
			start(t, b, sim.Simulator)
			if breaks != nil {
				sim.Breaks(*breaks)
			}
			for range 4 {
				sim.Group("A").Member("bob").Drops(simulator.File{Name: "table.xlsx", Size: 1000})
			}
			require.Eventually(t, func() bool {
				dead, err := back.Inbox().Dead(t.Context(), 0, 10)
				return err == nil && len(dead) == 4
			}, 10*time.Second, time.Millisecond)
			assert.Never(t, func() bool { // time for the monitor to think, and for the outbox to look
				pauses, err := outbox.Pauses(t.Context(), back.State())
				open, failed := monitor.Incidents(t.Context(), back.State())
				return err != nil || failed != nil || len(pauses)+len(open) > 0
			}, 400*time.Millisecond, 10*time.Millisecond)
			sim.Friend("alice").Says("are you there?")
			asked := time.Now()
			sim.Friend("alice").ExpectText("here")
			assert.Less(t, time.Since(asked), 2*time.Second)
		})
	}
}

// TestAPauseOfAnEarlierVersion is one that three refusals by one group left: the bot sends again
// when it starts.
func TestAPauseOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := memory.New(memory.Config{})
	require.NoError(t, outbox.Pause(t.Context(), back.State(), simulator.DefaultAppID, "the account does not work: /readyz says more"))
	_, err := back.State().Put(t.Context(), "monitor/account/"+simulator.DefaultAppID, []byte(
		`{"id":"x-1","open":true,"state":"zombie","cause":"sends","since":"2026-03-02T12:15:00Z","reconnected":"2026-03-02T12:15:00Z"}`), 0)
	require.NoError(t, err)
	config := configFor(sim.Simulator)
	config.Store, config.Accounts = back, []bot.Account{{AppID: simulator.DefaultAppID}}
	b := newBot(t, config)
	b.Text(router.Say("here"))
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("are you there?")
	asked := time.Now()
	sim.Friend("alice").ExpectText("here")
	assert.Less(t, time.Since(asked), 2*time.Second)
	require.Eventually(t, func() bool {
		open, err := monitor.Incidents(t.Context(), back.State())
		return err == nil && len(open) == 0
	}, 5*time.Second, time.Millisecond)
}
