package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// bindable is a durable bot that listens to nobody, and of which nobody is in charge.
func bindable(t *testing.T) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		b.Command("口令", func(c *router.Context) error { return c.Reply("芝麻开门") }, match.Owner())
		return nil
	}, Bot: func(c *bot.Config) { c.Allow = bot.Allow{Groups: []string{groupA}} }})
}

func offer(t *testing.T, sim *bottest.Sim) string {
	t.Helper()
	code, err := sim.Bot().OfferBinding(t.Context())
	require.NoError(t, err)
	require.Len(t, code, 6)
	return code
}

// TestBinding puts who sends the code in charge, once, and beyond a restart.
func TestBinding(t *testing.T) {
	t.Parallel()
	sim := bindable(t)
	alice, bob := sim.Person("alice"), sim.Person("bob")
	alice.Say("口令")
	alice.ExpectNothing()
	code := offer(t, sim)
	sim.Group("A").As("alice").Say("绑定 " + code)
	sim.Group("A").ExpectNothing()
	m := alice.Say("绑定 " + code)
	alice.ExpectText("绑定成功，您现在是机器人的负责人。发“/帮助”看有哪些命令。")
	again, err := sim.Bot().OfferBinding(t.Context())
	require.NoError(t, err)
	assert.Empty(t, again, "alice is in charge")
	require.NoError(t, sim.Simulator().Again(m.Seq))
	bob.Say("绑定 " + code)
	bob.Say("口令")
	bob.ExpectNothing()
	alice.ExpectNothing()
	alice.Say("口令")
	alice.ExpectText("芝麻开门")
	sim.Restart()
	sim.Person("alice").Say("口令")
	sim.Person("alice").ExpectText("芝麻开门")
	require.NoError(t, sim.Bot().Ignore(t.Context(), "wxid_alice"))
	sim.Person("alice").Say("口令")
	sim.Person("alice").ExpectNothing()
	offer(t, sim)
}

// TestBindingEnds: a code is dead after ten minutes, after a newer one, and after five wrong ones.
func TestBindingEnds(t *testing.T) {
	t.Parallel()
	sim := bindable(t)
	bob := sim.Person("bob")
	old := offer(t, sim)
	code := offer(t, sim)
	if old != code {
		bob.Say("bind " + old)
		bob.ExpectNothing()
	}
	sim.Advance(10*time.Minute + time.Second)
	bob.Say("bind " + code)
	bob.ExpectNothing()

	code = offer(t, sim)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for range 5 {
		bob.Say("bind " + wrong)
	}
	bob.Say("bind " + code)
	bob.ExpectNothing()
	code = offer(t, sim)
	bob.Say("Bind  " + code)
	bob.ExpectContains("You are in charge")
}
