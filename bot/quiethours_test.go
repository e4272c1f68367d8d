package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// hush is a plugin that says when chats are quiet, and tells the time at 21:00 and 23:00.
type hush struct{ chats map[string]outbox.Window }

func (hush) Name() string { return "hush" }
func (hush) Close() error { return nil }
func (p hush) Setup(h *bot.Handle) error {
	h.Schedule("bell", "0 21,23 * * *", func(j *bot.Job) error {
		for _, group := range []string{"A", "B"} {
			if err := h.Chat(j, "", group).SendText(h.Now().Format(time.TimeOnly)); err != nil {
				return err
			}
		}
		return nil
	})
	h.Text(router.Say("在"))
	return h.QuietHours(p.chats)
}

// TestQuietHours delays what is proactive to the end of the quiet hours of its chat, and of no
// other; answers leave at once. What is set while the bot runs comes first, and outlives a restart.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	night := outbox.Window{From: 22 * time.Hour, To: 8 * time.Hour, Zone: "Asia/Shanghai"}
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	var b *bot.Bot
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Zone: zone, Bot: func(c *bot.Config) {
		c.Zone = zone
	}, Setup: func(made *bot.Bot) error {
		b = made
		return made.Install(hush{map[string]outbox.Window{groupA: night}})
	}})
	sim.Group("A").As("alice").Say("早") // the bot has met its account
	sim.Group("A").ExpectText("在")
	a, other := sim.Group("A"), sim.Group("B")
	sim.Advance(12 * time.Hour) // to 22:00
	a.ExpectText("21:00:00")
	other.ExpectText("21:00:00")
	sim.Advance(61 * time.Minute)
	other.ExpectText("23:00:00")
	a.ExpectNothing()
	a.As("alice").Say("在吗")
	a.ExpectText("在")
	sim.Advance(8*time.Hour + 58*time.Minute) // to 7:59
	a.ExpectNothing()
	sim.Advance(2 * time.Minute)
	a.ExpectText("23:00:00")

	require.NoError(t, b.SetQuietHours(t.Context(), groupA, &outbox.Window{})) // none, whatever the plugin says
	sim.Restart()
	sim.Advance(16 * time.Hour)
	sim.Group("A").ExpectText("21:00:00")
	sim.Group("A").ExpectText("23:00:00")
	require.NoError(t, b.SetQuietHours(t.Context(), groupA, &outbox.Window{From: 20 * time.Hour, To: 22 * time.Hour}))
	sim.Advance(21*time.Hour + 30*time.Minute)
	sim.Group("A").ExpectNothing()
	sim.Advance(time.Hour)
	sim.Group("A").ExpectText("21:00:00")
	require.NoError(t, b.SetQuietHours(t.Context(), groupA, nil)) // as the plugin says
	sim.Advance(time.Hour)
	sim.Group("A").ExpectNothing()
	require.Error(t, b.SetQuietHours(t.Context(), groupA, &outbox.Window{From: -1}))
}
