package llm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/bottest"
)

// TestMemory: apart for each person and chat, kept over a restart, bounded, forgotten when idle.
func TestMemory(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	c := config(m)
	c.Memory.Turns = 2
	sim := run(t, c, bottest.Config{Durable: true})
	ask(sim, sim.Group("A").As("alice"), "one")
	ask(sim, sim.Group("A").As("bob"), "bob in A")
	ask(sim, sim.Group("B").As("alice"), "alice in B")
	for _, a := range m.requests() {
		assert.Empty(t, a.Told)
	}
	sim.Restart()
	ask(sim, sim.Group("A").As("alice"), "two")
	ask(sim, sim.Group("A").As("alice"), "three")
	ask(sim, sim.Group("A").As("alice"), "four")
	last := m.requests()[5]
	assert.Equal(t, []string{"re: two", "re: three"}, last.Told)
	assert.Equal(t, []said{{From: "Alice", Text: "two"}}, last.Turns[0])
	sim.Advance(time.Hour + time.Second)
	ask(sim, sim.Group("A").As("alice"), "five")
	assert.Empty(t, m.requests()[6].Told, "nothing was said for an hour")
}

// TestMemoryOfTheChat is shared by the members of a group, and by no other chat.
func TestMemoryOfTheChat(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	c := config(m)
	c.Memory.Per = "chat"
	sim := run(t, c, bottest.Config{})
	ask(sim, sim.Group("A").As("alice"), "one")
	ask(sim, sim.Group("A").As("bob"), "two")
	ask(sim, sim.Group("B").As("alice"), "three")
	assert.Equal(t, []string{"re: one"}, m.requests()[1].Told)
	assert.Empty(t, m.requests()[2].Told)
}
