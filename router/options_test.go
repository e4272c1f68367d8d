package router_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/handling"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// TestCooldown answers once in a while, for each person, chat or account.
func TestCooldown(t *testing.T) {
	t.Parallel()
	const alice, bob, elsewhere = groupA + "/wxid_alice", groupA + "/wxid_bob", "wxid_alice"
	for name, c := range map[string]struct {
		per  router.Scope
		want []bool // of the turns below
	}{
		"sender":  {router.BySender, []bool{true, false, true, true, true}},
		"chat":    {router.ByChat, []bool{true, false, false, true, true}},
		"account": {router.ByAccount, []bool{true, false, false, false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := router.New()
			r.Text(router.Say("9:00"), match.Keyword("几点"), router.Cooldown(c.per, 30*time.Second))
			r.Text(router.Say("其它"))
			k := newTalk(t, r)
			now := time.Now().Round(time.Second)
			k.now = func() time.Time { return now }
			for i, turn := range []struct {
				from  string
				after time.Duration
			}{{alice, 0}, {alice, 29 * time.Second}, {bob, 0}, {elsewhere, 0}, {alice, time.Second}} {
				now = now.Add(turn.after)
				e := k.event(turn.from, 1, "几点开门")
				for range 2 { // the second is the run after a crash
					k.said = nil
					outcome, err := k.serve(e)
					require.NoError(t, err)
					assert.Equal(t, c.want[i], len(k.said) == 1, "turn %d", i)
					assert.Equal(t, !c.want[i], outcome.Dropped == router.DroppedCooldown)
				}
			}
			now = now.Add(-time.Hour) // the clock is set back: nobody waits for an hour
			assert.Empty(t, k.says(alice, "几点"))
		})
	}
}

// TestCooldownOfOthers counts neither what a handler passes on nor the answers to its questions,
// and counts what failed once.
func TestCooldownOfOthers(t *testing.T) {
	t.Parallel()
	r := router.New()
	var result error
	g := r.Where(router.Cooldown(router.ByChat, time.Minute))
	g.Command("go", func(c *router.Context) error {
		if result != nil {
			return result
		}
		return c.Reply("gone")
	}).Passes()
	g.Command("ask", func(c *router.Context) error {
		name, err := c.Ask("name?")
		if err != nil {
			return err
		}
		return c.Reply(name)
	}).Named("ask")
	r.Text(router.Say("其它"))
	k := newTalk(t, r)
	now := time.Now().Round(time.Second)
	k.now = func() time.Time { return now }

	result = router.Next
	assert.Equal(t, []string{"wxid_a: 其它"}, k.says("wxid_a", "go"))
	result = errors.New("failed")
	failed := k.event("wxid_a", 1, "go")
	_, err := k.serve(failed)
	require.Error(t, err)
	result = nil
	_, err = k.serve(failed)
	require.NoError(t, err)
	assert.Equal(t, []string{"wxid_a: 其它", "wxid_a: gone"}, k.said)
	assert.Empty(t, k.says("wxid_a", "go"))

	assert.Equal(t, []string{groupA + ": name?"}, k.says(groupA+"/wxid_a", "ask"), "each route counts for itself")
	now = now.Add(2 * time.Minute)
	assert.Equal(t, []string{groupA + ": name?"}, k.says(groupA+"/wxid_b", "ask"))
	assert.Equal(t, []string{groupA + ": A"}, k.says(groupA+"/wxid_a", "A"))

	assert.Panics(t, func() { router.Cooldown(router.BySender, 0) })
	assert.Contains(t, r.Explain(k.event("wxid_a", 1, "go")).String(), "router.Cooldown(router.ByChat, 1m0s)")
}

// TestMuteAChat stores it, for the outbox to know.
func TestMuteAChat(t *testing.T) {
	t.Parallel()
	r := router.New()
	var muted bool
	r.Observe(func(c *router.Context) (err error) { muted, err = c.Muted(); return err })
	r.Command("人工", func(c *router.Context) error { return c.Reply("请稍候") }, router.Mute(30*time.Minute))
	r.Command("fails", func(*router.Context) error { return router.Permanent(errors.New("failed")) }, router.Mute(time.Hour))
	r.Command("on", func(c *router.Context) error { return c.Unmute() })
	k := newTalk(t, r)
	now := time.Now()
	k.now = func() time.Time { return now }
	until := func() time.Duration {
		until, err := outbox.MutedUntil(t.Context(), k.state, "wx_app", groupA)
		require.NoError(t, err)
		return max(0, until.Sub(now))
	}
	assert.Equal(t, []string{groupA + ": 请稍候"}, k.says(groupA+"/wxid_a", "人工"))
	assert.Equal(t, 30*time.Minute, until())
	_, err := k.serve(k.event(groupA+"/wxid_a", 1, "fails"))
	require.Error(t, err)
	assert.True(t, muted)
	assert.Equal(t, 30*time.Minute, until())
	k.says(groupA+"/wxid_a", "on")
	assert.Zero(t, until())
	k.says(groupA+"/wxid_a", "?")
	assert.False(t, muted)
}

// TestSelf gives what the owner types to the routes for it, and to others only if the bot keeps its
// own messages.
func TestSelf(t *testing.T) {
	t.Parallel()
	assert.False(t, router.New().HasSelf())
	for name, c := range map[string]struct {
		typed, only bool
		text        string
		want        []string
	}{
		"typed":                  {true, true, "hi", []string{"wxid_alice: mine"}},
		"typed, and not for it":  {true, true, "else", nil},
		"typed, and passed on":   {true, true, "next", nil},
		"typed, and all kept":    {true, false, "else", []string{"observed", "wxid_alice: others"}},
		"passed on, all kept":    {true, false, "next", []string{"observed", "wxid_alice: others"}},
		"not typed":              {false, false, "hi", []string{"observed", "wxid_alice: others"}},
		"kept, and it is for it": {true, false, "hi", []string{"observed", "wxid_alice: mine"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := router.New()
			k := newTalk(t, r)
			r.Use(func(next router.Handler) router.Handler {
				return func(ctx *router.Context) error {
					if c.typed {
						handling.Of(ctx).Typed(c.only)
					}
					return next(ctx)
				}
			})
			r.Observe(func(*router.Context) error { k.said = append(k.said, "observed"); return nil })
			r.Any(func(c *router.Context) error { return c.Reply("others") })
			r.Self(func(*router.Context) error { return router.Next }, match.Exact("next"))
			r.Self(func(c *router.Context) error { return c.Reply("mine") }, match.Exact("hi"))
			assert.True(t, r.HasSelf())
			assert.Equal(t, c.want, k.says("wxid_alice", c.text))
		})
	}
}

// TestDryRoutes are those that say so, and those of groups that do.
func TestDryRoutes(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Command("a", func(*router.Context) error { return nil }).DryRun().Named("a")
	g := r.Where(match.Private())
	g.Where(match.Group()).Command("b", func(*router.Context) error { return nil }).Named("b")
	for _, on := range []bool{false, true, false} {
		g.DryRun(on)
		assert.True(t, r.IsDry("a"))
		assert.Equal(t, on, r.IsDry("b"))
	}
	assert.False(t, r.IsDry("unknown"))
}

// TestADropIsNoFailure: a gate has decided, and no run would change that.
func TestADropIsNoFailure(t *testing.T) {
	t.Parallel()
	dropped, refused := &outbox.RefusedError{Gate: "mute"}, &outbox.RefusedError{Reason: "no"}
	r := router.New()
	r.Text(router.Say("x"))
	e := text(t, "x")
	err := r.Serve(t.Context(), e, router.Services{Sender: &recorder{err: dropped}})
	assert.True(t, router.IsFinal(err))
	assert.False(t, router.IsFinal(router.Each(dropped, refused)))
	assert.True(t, router.IsFinal(router.Each(dropped, dropped)))
	assert.False(t, router.IsFinal(refused))
}
