package llm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin/llm"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestVision shows the model the pictures of a question, also those that it quotes, and only them.
func TestVision(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	c := config(m)
	c.Vision, c.Debounce = true, 2*time.Second
	sim := run(t, c, bottest.Config{})
	alice := sim.Person("alice")
	alice.Image()
	alice.Say("what is this?")
	ask := func() { sim.Advance(15 * time.Second) }
	ask()
	alice.ExpectText("re: what is this?")
	alice.Say("and now?")
	ask()
	picture := sim.Group("A").As("bob").Image()
	ask()
	sim.Group("A").ExpectNothing()
	sim.Group("A").As("alice").Quote(picture, "@鸿雁\u2005what is that?", simulator.DefaultWxid)
	ask()
	requests := m.requests()
	require.Len(t, requests, 3)
	for i, want := range []int{1, 0, 1} {
		require.Len(t, requests[i].Pictures, want, "request %d", i)
		for _, address := range requests[i].Pictures {
			assert.True(t, strings.HasPrefix(address, "data:image/"), address[:min(len(address), 40)])
		}
	}
	assert.Equal(t, []said{{From: "Alice", Text: "[picture]"}, {From: "Alice", Text: "what is this?"}}, requests[0].last())

	c.Backend = llm.Backend{Backend: models.Backend{Kind: "dify", URL: m.URL, Key: "k"}}
	_, err := llm.New(c)
	require.ErrorContains(t, err, "vision: dify takes no pictures")
}
