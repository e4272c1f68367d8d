package llm_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/llm"
)

// TestLimit: the 21st question, after a restart, gets the text once, and the model is not asked.
// What was refused does not count.
func TestLimit(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	c := config(m)
	c.OverLimit = "今天的次数用完了，明天再来"
	sim := run(t, c, bottest.Config{Durable: true, Bot: func(c *bot.Config) {
		c.LoopGuard = &middleware.LoopGuardConfig{Rounds: -1} // it would be first
	}})
	alice := sim.Person("alice")
	for range 20 {
		alice.Say("again")
		sim.Advance(time.Minute)
	}
	require.Len(t, alice.Sent(), 20)
	sim.Restart()
	for range 5 {
		alice.Say("again")
		sim.Advance(time.Minute)
	}
	alice.ExpectText(c.OverLimit)
	alice.ExpectNothing()
	require.Len(t, m.requests(), 20)
	sim.Person("bob").Say("me, too")
	sim.Advance(time.Second)
	sim.Person("bob").ExpectText("re: me, too")
	sim.Advance(24*time.Hour - 25*time.Minute + time.Second)
	alice.Say("tomorrow")
	sim.Advance(time.Second)
	alice.ExpectText("re: tomorrow")
}

// TestLimitOfTheChat holds for all of a group together.
func TestLimitOfTheChat(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	c := config(m)
	c.Cap.PerChat = plugin.Limit{Most: 2, Per: time.Hour}
	c.Cap.PerPerson = plugin.Limit{Most: 1, Per: time.Minute}
	sim := run(t, c, bottest.Config{})
	for _, name := range []string{"alice", "bob", "carol"} {
		ask(sim, sim.Group("A").As(name), "hello")
	}
	require.Len(t, m.requests(), 2)
	sent := sim.Group("A").Sent()
	require.Len(t, sent, 3)
	assert.Contains(t, sent[2].Text, "请稍后再来")
}

// TestFree: the questions of people in free do not count, neither for them nor for the chat; the
// money of the day does. Each answer begins with the prefix, which the model does not see.
func TestFree(t *testing.T) {
	t.Parallel()
	m := newModel(t) // an answer costs 2
	c := config(m)
	c.ReplyPrefix, c.Cap.Free = "[AI] ", []string{"Alice"}
	c.Cap.PerPerson, c.Cap.PerChat = plugin.Limit{Most: 1, Per: time.Hour}, plugin.Limit{Most: 1, Per: time.Hour}
	c.Price.In, c.Price.Out = 1000, 2000
	c.Cap.CostPerDay, c.Cap.CostPerPerson = 8, 1
	sim := run(t, c, bottest.Config{})
	a := sim.Group("A")
	for range 3 {
		ask(sim, a.As("alice"), "hello")
		a.ExpectContains("[AI] re: ")
	}
	ask(sim, a.As("bob"), "hello")
	a.ExpectContains("[AI] re: ")
	ask(sim, a.As("bob"), "hello")
	a.ExpectContains("请稍后再来")
	ask(sim, a.As("alice"), "hello")
	a.ExpectContains("请稍后再来") // the 8 are spent
	require.Len(t, m.requests(), 4)
	for _, asked := range m.requests() {
		body, err := json.Marshal(asked.Body)
		require.NoError(t, err)
		assert.NotContains(t, string(body), "[AI]")
	}
	c.Cap.Free = []string{"all"}
	_, err := llm.New(c)
	require.ErrorContains(t, err, "cap.free: it has everybody")
}

// TestCost stops when the money of the day is spent, for one person and for all.
func TestCost(t *testing.T) {
	t.Parallel()
	m := newModel(t) // an answer costs 1000/1e6*1000 + 500/1e6*2000 = 2
	c := config(m)
	c.Price.In, c.Price.Out = 1000, 2000
	c.Cap.CostPerDay, c.Cap.CostPerPerson = 6, 4
	sim := run(t, c, bottest.Config{})
	for range 3 {
		ask(sim, sim.Group("A").As("alice"), "hello")
	}
	require.Len(t, m.requests(), 2, "alice has spent 4")
	ask(sim, sim.Group("A").As("bob"), "hello")
	ask(sim, sim.Group("B").As("carol"), "hello")
	require.Len(t, m.requests(), 3, "all have spent 6")
	sim.Advance(24 * time.Hour)
	ask(sim, sim.Group("A").As("alice"), "hello")
	require.Len(t, m.requests(), 4)
}
