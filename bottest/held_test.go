package bottest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestHeldMessages(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
		b.Gate(func(context.Context, outbox.Message) outbox.Verdict { return outbox.Verdict{Hold: "ask first"} })
		b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re "+m.Body, router.Queued()) })
		return nil
	}})
	a := sim.Group("A")
	a.As("alice").Say("1")
	a.As("alice").Say("2")
	a.ExpectNothing()
	held := sim.Held()
	require.Len(t, held, 2)
	assert.Equal(t, a.ID(), held[0].Target)
	sim.Drop(held[0])
	sim.Release(held[1])
	a.ExpectText("re 2")
	a.ExpectNothing()
	assert.Empty(t, sim.Held())
}
