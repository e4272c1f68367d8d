package digest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/digest"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestLate makes one digest of each group after a pause, and none when it is too late.
func TestLate(t *testing.T) {
	t.Parallel()
	for start, want := range map[string]int{"22:30": 1, "23:30": 0} {
		sim := run(t, digest.Config{Least: 2}, true)
		groups := []bottest.Chat{sim.Group("A"), sim.Group("B")}
		for _, g := range groups {
			say(g, "一", "二", "三")
		}
		sim.At("21:50")
		sim.Stop()
		sim.At(start)
		sim.Start()
		sim.Advance(time.Minute)
		for _, g := range groups {
			require.Len(t, g.Sent(), want, start)
		}
		sim.Restart()
		sim.Advance(2 * time.Hour)
		for _, g := range groups {
			g.ExpectNothing()
		}
	}
}

// TestZone: the time is that of the plugin's zone, wherever the bot runs.
func TestZone(t *testing.T) {
	t.Parallel()
	c := digest.Config{Least: 2, Zone: "Asia/Shanghai", At: []plugin.Clock{{Hour: 22}}}
	c.In = []string{"A"}
	sim := bottest.RunWith(t, bottest.Config{
		Zone: time.UTC, Begins: time.Date(2026, 1, 5, 13, 0, 0, 0, time.UTC),
		Bot: func(b *bot.Config) { b.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}} },
	}, bottest.Must(digest.New(c)))
	say(sim.Group("A"), "一", "二", "三")
	sim.Advance(59 * time.Minute)
	sim.Group("A").ExpectNothing()
	sim.Advance(2 * time.Minute)
	sim.Group("A").ExpectContains("到 01-05 22:00：3 条消息")
	sim.Advance(9 * time.Hour) // 22:00 in the zone of the bot has passed
	sim.Group("A").ExpectNothing()
}
