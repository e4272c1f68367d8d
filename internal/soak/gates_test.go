package soak_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// asksAndHolds are the routes of the child for TestKill9BetweenDecisions.
func asksAndHolds(b *bot.Bot) {
	b.Gate(func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if text, ok := m.Send.(api.PostText); ok && strings.HasPrefix(text.Content, "held") {
			v.Hold = "a person decides"
		}
		return v
	})
	b.Command("hold", func(c *router.Context) error { return c.Reply("held "+c.ArgText(), router.Key("held/"+c.ArgText())) }).Named("hold")
	b.Command("ask", func(c *router.Context) error {
		ok, err := c.AskOther("wxid_bob", "ask "+c.ArgText()+"?")
		if err != nil {
			return err
		}
		return c.Replyf("asked %s %t", c.ArgText(), ok)
	}).Named("ask")
}

// TestKill9BetweenDecisions kills a bot while sends are held and questions are open, while they are
// decided, and while they leave: none is lost, and each goes out once.
func TestKill9BetweenDecisions(t *testing.T) {
	t.Parallel()
	size := pick(5, 40)
	sim := simulator.Start(t, func(c *simulator.Config) { c.Retries, c.RetryDelay = 10_000, 20*time.Millisecond })
	data := t.TempDir()
	p := launch(t, sim.BaseURL(), envData+"="+data)
	sim.ExpectCallback()
	random := rand.New(rand.NewPCG(13, 4))
	again := func() {
		rest(t.Context(), time.Duration(random.IntN(60))*time.Millisecond)
		p.kill(t)
		p = launch(t, sim.BaseURL(), envData+"="+data)
	}
	defer func() { p.kill(t) }()
	alice, owner := sim.Friend("alice"), sim.Friend("bob")
	for i := range size {
		alice.Says(fmt.Sprintf("hold %d", i))
		alice.Says(fmt.Sprintf("ask %d", i))
		if i%2 == 0 {
			again()
		}
	}
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName), Maintenance: true})
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	count := func(state store.SendState) int {
		counts, err := back.Ledger().Count(t.Context())
		require.NoError(t, err)
		return counts[state]
	}
	said := func(c simulator.TestChat, part string) (n int) {
		all, err := c.Messages()
		require.NoError(t, err)
		for _, m := range all {
			if m.From == simulator.DefaultWxid && strings.Contains(m.Text, part) {
				n++
			}
		}
		return n
	}
	require.Eventually(t, func() bool {
		return count(store.Held) == size && said(owner.TestChat, "【问题】")+count(store.Unknown) >= size
	}, time.Minute, 10*time.Millisecond)
	for i := range size {
		for {
			if _, err = outbox.Release(t.Context(), back.Ledger(), fmt.Sprintf("held/%d", i)); err == nil {
				break
			}
			require.ErrorIs(t, err, store.ErrConflict)
		}
		owner.Says(fmt.Sprintf("是 %d", i+1))
		if i%2 == 1 {
			again()
		}
	}
	answers := func() int { return said(alice.TestChat, "held ") + said(alice.TestChat, "asked ") }
	require.Eventually(t, func() bool { return answers()+count(store.Unknown) >= 2*size && count(store.Held) == 0 }, time.Minute,
		10*time.Millisecond)
	for i := range size {
		assert.LessOrEqual(t, said(alice.TestChat, fmt.Sprintf("held %d", i)), 1)
		assert.LessOrEqual(t, said(alice.TestChat, fmt.Sprintf("asked %d true", i)), 1)
	}
	t.Logf("%d of %d went out, %d unknown", answers(), 2*size, count(store.Unknown))
	assert.Zero(t, said(alice.TestChat, "false"))
}
