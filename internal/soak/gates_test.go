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
	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// asksAndHolds are the routes of the child for decisions: sends that are held, questions to
// somebody else, and, as all of that may be pending at once, tasks and turns.
func asksAndHolds(b *bot.Bot) {
	b.Gate(func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if text, ok := m.Send.(api.PostText); ok && strings.HasPrefix(text.Content, "held") {
			v.Hold = "a person decides"
		}
		return v
	})
	b.Command("hold", func(c *router.Context) error {
		return c.Reply("held "+c.ArgText()+".", router.Key("held/"+c.ArgText()))
	}).Named("hold")
	b.Command("ask", func(c *router.Context) error {
		ok, err := c.AskOther("wxid_bob", "ask "+c.ArgText()+"?")
		if err != nil {
			return err
		}
		return c.Replyf("asked %s. %t", c.ArgText(), ok)
	}).Named("ask")
	b.Command("later", func(c *router.Context) error {
		return c.Later("remind", c.ArgText(), 300*time.Millisecond, c.ArgText())
	}).Named("later to do")
	b.Task("remind", func(t *bot.Task[string]) error { return t.Reply("reminded " + t.Data + ".") })
	b.Where(match.Regexp("^turn ")).Batch(router.BySender, 200*time.Millisecond, func(c *router.Context, turn []*router.Context) error {
		var text strings.Builder
		for _, m := range turn {
			text.WriteString(m.Said() + ". ")
		}
		return c.Reply(text.String())
	}).Named("several")
}

// TestKill9BetweenDecisions kills a bot while sends are held, questions are open, and tasks and
// turns are pending, while they are decided, and while they leave: none is lost, and each goes out
// once.
func TestKill9BetweenDecisions(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t, func(c *simulator.Config) { c.Retries, c.RetryDelay = 10_000, 20*time.Millisecond })
	data := t.TempDir()
	p := launch(t, sim.BaseURL(), envData+"="+data)
	defer func() { p.kill(t) }()
	sim.ExpectCallback()
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName), Maintenance: true})
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	random := rand.New(rand.NewPCG(13, 4))
	decide(t, sim, back, pick(5, 40), func(i int) {
		if i%2 == 0 {
			rest(t.Context(), time.Duration(random.IntN(60))*time.Millisecond)
			p.kill(t)
			p = launch(t, sim.BaseURL(), envData+"="+data)
		}
	})
}

// TestClusterBetweenDecisions loses a server and a bot of a cluster while sends are held, questions
// are open, and tasks and turns are pending.
func TestClusterBetweenDecisions(t *testing.T) {
	nodes := natstest.Cluster(t)
	sim := simulator.Start(t, func(c *simulator.Config) { c.Retries, c.RetryDelay = 10_000, 50*time.Millisecond })
	front := newBalancer(t)
	var bots []*process
	for range 3 {
		bots = append(bots, launch(t, sim.BaseURL(), envNATS+"="+natstest.URLs(nodes...), envPublic+"="+front.URL))
	}
	front.to(t, bots)
	sim.ExpectCallback()
	config := clusterConfig(natstest.URLs(nodes[1:]...))
	config.Maintenance = true
	back, err := nats.Open(t.Context(), config)
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	size := pick(6, 40)
	decide(t, sim, back, size, func(i int) {
		switch i {
		case size - 1: // all is pending
			bots[2].kill(t)
			nodes[0].Shutdown()
		case size + size/2: // half is decided
			bots[1].kill(t)
		}
	})
	bots[0].kill(t)
}

// decide lets a person ask for size sends that are held, questions, tasks and turns, decides all,
// and checks what is sent. It calls lose after each of the size steps of both parts.
func decide(t *testing.T, sim *simulator.Test, back store.Store, size int, lose func(step int)) {
	t.Helper()
	alice, carol, owner := sim.Friend("alice"), sim.Friend("carol"), sim.Friend("bob")
	for i := range size {
		for _, command := range []string{"hold", "ask", "later"} {
			alice.Says(fmt.Sprintf("%s %d", command, i))
		}
		carol.Says(fmt.Sprintf("turn %d", i))
		lose(i)
	}
	count := func(state store.SendState) int {
		counts, err := back.Ledger().Count(t.Context())
		if err != nil { // a server is lost
			return -1
		}
		return counts[state]
	}
	said := func(c simulator.TestChat, part string) (n int) {
		all, err := c.Messages()
		require.NoError(t, err)
		for _, m := range all {
			if m.From == simulator.DefaultWxid {
				n += strings.Count(m.Text, part)
			}
		}
		return n
	}
	const patience = 2 * time.Minute
	require.Eventually(t, func() bool {
		return count(store.Held) == size && said(owner.TestChat, "【问题】")+count(store.Unknown) >= size
	}, patience, 10*time.Millisecond)
	for i := range size {
		require.Eventually(t, func() bool {
			_, err := outbox.Release(t.Context(), back.Ledger(), fmt.Sprintf("held/%d", i))
			return err == nil
		}, patience, 10*time.Millisecond)
		owner.Says(fmt.Sprintf("是 %d", i+1))
		lose(size + i)
	}
	answers := func() int {
		return said(alice.TestChat, "held ") + said(alice.TestChat, "asked ") + said(alice.TestChat, "reminded ") +
			said(carol.TestChat, "turn ")
	}
	unknown := func() (n int) { // a turn answers several messages
		sends, err := back.Ledger().List(t.Context(), store.SendQuery{States: []store.SendState{store.Unknown}, Limit: 1000})
		if err != nil {
			return 0
		}
		for _, s := range sends {
			n += max(1, strings.Count(string(s.Body), "turn "))
		}
		return n
	}
	require.Eventually(t, func() bool { return answers()+unknown() >= 4*size && count(store.Held) == 0 }, patience, 10*time.Millisecond)
	for i := range size {
		for _, text := range []string{"held %d.", "asked %d. true", "reminded %d."} {
			assert.LessOrEqual(t, said(alice.TestChat, fmt.Sprintf(text, i)), 1, text)
		}
		assert.LessOrEqual(t, said(carol.TestChat, fmt.Sprintf("turn %d.", i)), 1)
	}
	t.Logf("%d of %d went out, %d unknown", answers(), 4*size, unknown())
	assert.Zero(t, said(alice.TestChat, "false"))
}
