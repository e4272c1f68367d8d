package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// talker is a plugin that answers, observes, asks and runs by the clock.
type talker struct {
	name  string
	scope bot.Scope
	setUp func(h *bot.Handle) error
	close func() error
	seen  atomic.Int32
}

func (p *talker) Name() string { return p.name }

func (p *talker) Scope() bot.Scope { return p.scope }

func (p *talker) Setup(h *bot.Handle) error {
	h.Observe(func(*router.Context) error { p.seen.Add(1); return nil })
	if p.setUp != nil {
		return p.setUp(h)
	}
	h.Text(router.Say("from "+p.name), match.Exact("hi"))
	return nil
}

func (p *talker) Close() error {
	if p.close != nil {
		return p.close()
	}
	return nil
}

func TestPluginsPerChat(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := memory.New(memory.Config{})
	run := func() (*bot.Bot, *talker, func() error) {
		config := configFor(sim.Simulator)
		config.Store = keepOpen{back}
		b, err := bot.New(config)
		require.NoError(t, err)
		p := &talker{name: "p", scope: bot.Scope{In: []string{groupA}}}
		require.NoError(t, b.Install(p))
		b.Text(router.Say("nobody"), match.Exact("hi"))
		return b, p, start(t, b, sim.Simulator)
	}
	b, p, stop := run()
	in := func(group, want string) {
		t.Helper()
		sim.Group(group).Member("alice").Says("hi")
		sim.Group(group).ExpectText(want)
	}
	in("A", "from p")
	in("B", "nobody")
	assert.Equal(t, int32(1), p.seen.Load(), "off means off for observers, too")
	require.NoError(t, b.Switch(t.Context(), "p", groupB, true))
	require.NoError(t, b.Switch(t.Context(), "p", groupA, false))
	in("A", "nobody")
	in("B", "from p")
	assert.Equal(t, []bot.PluginState{{Name: "p", Why: "it was switched off here"}}, b.Plugins(t.Context(), "", groupA))
	assert.Equal(t, []bot.PluginState{{Name: "p", On: true, Why: "it was switched on here"}}, b.Plugins(t.Context(), "", groupB))
	require.NoError(t, stop())

	b, _, _ = run()
	in("B", "from p")
	require.NoError(t, b.Switch(t.Context(), "p", "", false))
	in("B", "nobody")
	require.NoError(t, b.Switch(t.Context(), "p", "", true))
	in("B", "from p")
	in("A", "nobody")
	require.ErrorContains(t, b.Switch(t.Context(), "q", groupA, true), "no plugin q")
	require.ErrorContains(t, b.Switch(t.Context(), "", "", false), "neither")

	require.NoError(t, b.Switch(t.Context(), "", groupB, false))
	sim.Group("B").Member("alice").Says("hi")
	in("A", "nobody")
	sim.Group("B").ExpectNothing()
	require.NoError(t, b.Switch(t.Context(), "", groupB, true))
	in("B", "from p")
}

// TestSwitchesAreShared switches in one process, and the other follows.
func TestSwitchesAreShared(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	open := func() *bot.Bot {
		b, err := bot.New(bot.Config{Token: "t", Store: keepOpen{back}})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, b.Close()) })
		scope := bot.Scope{Everywhere: true, NotIn: []string{groupB}, Accounts: []string{"wx_1"}}
		require.NoError(t, b.Install(&talker{name: "p", scope: scope}))
		return b
	}
	one, two := open(), open()
	on := func(b *bot.Bot, account, chat string) bool { return b.Plugins(t.Context(), account, chat)[0].On }
	assert.True(t, on(two, "wx_1", groupA))
	assert.False(t, on(two, "wx_1", groupB))
	assert.False(t, on(two, "wx_2", groupA), "it is for one account")
	assert.True(t, on(two, "wx_1", ""))
	require.NoError(t, one.Switch(t.Context(), "p", groupA, false))
	require.NoError(t, one.Switch(t.Context(), "p", groupB, true))
	assert.False(t, on(one, "wx_1", groupA))
	require.Eventually(t, func() bool { return !on(two, "wx_1", groupA) && on(two, "wx_1", groupB) }, 10*time.Second, 10*time.Millisecond)
	assert.False(t, on(two, "wx_2", groupB))
}

// TestAFormWaitsWhileItsPluginIsOff asks a question, and answers it while the plugin is off.
func TestAFormWaitsWhileItsPluginIsOff(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	ask := func(version string) *talker {
		return &talker{name: "form", scope: bot.Scope{Everywhere: true}, setUp: func(h *bot.Handle) error {
			h.Command("报名", func(c *router.Context) error {
				name, err := c.Ask("名字？")
				if err != nil {
					return err
				}
				return c.Reply(version + " 记下了 " + name)
			})
			return nil
		}}
	}
	require.NoError(t, b.Install(ask("v1")))
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("听到 " + m.Body) })
	start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	alice.Says("报名")
	alice.ExpectText("名字？")
	require.NoError(t, b.Switch(t.Context(), "form", "wxid_alice", false))
	alice.Says("张三")
	alice.ExpectText("听到 张三")
	require.NoError(t, b.Switch(t.Context(), "form", "wxid_alice", true))
	require.NoError(t, b.Replace("form", ask("v2")))
	alice.Says("李四")
	alice.ExpectText("v2 记下了 李四")
}

// TestAPluginThatFailsAgainAndAgain is switched off, and the person in charge is told.
func TestAPluginThatFailsAgainAndAgain(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.MaxAttempts, config.Owners = 1, []string{"wxid_bob"}
	b, err := bot.New(config)
	require.NoError(t, err)
	require.NoError(t, b.Install(&talker{name: "bad", scope: bot.Scope{Everywhere: true}, setUp: func(h *bot.Handle) error {
		h.Text(func(*router.Context, *xmlmsg.Text) error { panic("no") }, match.Regexp("^boom"))
		return nil
	}}))
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("safe " + m.Body) })
	reported := make(chan bot.Failure, 2)
	b.OnFailure(func(f bot.Failure) {
		if f.Kind == "plugin_off" {
			reported <- f
		}
	})
	start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	for i := range 5 {
		assert.True(t, b.Plugins(t.Context(), "", "wxid_alice")[0].On)
		alice.Says("boom " + strconv.Itoa(i))
		alice.Says("done " + strconv.Itoa(i))
		alice.ExpectText("safe done " + strconv.Itoa(i))
	}
	alice.Says("boom again")
	alice.ExpectText("safe boom again")
	sim.Friend("bob").Expect("the report", func(m simulator.Message) bool { return strings.Contains(m.Text, "“/开 bad”") })
	failure := <-reported
	assert.Equal(t, []string{"bad", "bad", "/开 bad"}, []string{failure.Source, failure.Key, failure.Do})
	state := b.Plugins(t.Context(), "", "wxid_alice")[0]
	assert.False(t, state.On)
	assert.Contains(t, state.Why, "after 5 failures")
	require.NoError(t, b.Switch(t.Context(), "bad", "", true))
	assert.True(t, b.Plugins(t.Context(), "", "wxid_alice")[0].On)
	require.Len(t, b.RecentErrors(), 5)
	assert.Equal(t, "wxid_alice", b.RecentErrors()[0].Chat)
}

// TestReplaceLosesNothing replaces a plugin all the time, while messages come.
func TestReplaceLosesNothing(t *testing.T) {
	t.Parallel()
	const messages = 300
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	var handled sync.Map
	var count, closed atomic.Int32
	version := func(name string) *talker {
		return &talker{name: name, scope: bot.Scope{Everywhere: true}, close: func() error { closed.Add(1); return nil },
			setUp: func(h *bot.Handle) error {
				h.Text(func(_ *router.Context, m *xmlmsg.Text) error {
					if _, twice := handled.LoadOrStore(m.Body, true); !twice {
						count.Add(1)
					}
					return nil
				}).Named("the route")
				h.Schedule("hourly", "@hourly", func(*bot.Job) error { return nil })
				return nil
			}}
	}
	require.NoError(t, b.Install(version("v"), &talker{name: "other", scope: bot.Scope{}}))
	stop := start(t, b, sim.Simulator)
	ended := make(chan int)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		names, n := []string{"v", "w"}, 0
		for ; ctx.Err() == nil; n++ {
			assert.NoError(t, b.Replace(names[n%2], version(names[(n+1)%2]))) //nolint:contextcheck // routes outlive it
		}
		ended <- n
	}()
	for i := range messages {
		sim.Friend([]string{"alice", "bob", "carol"}[i%3]).Says(fmt.Sprintf("message %d", i))
	}
	require.Eventually(t, func() bool { return count.Load() == messages }, 60*time.Second, time.Millisecond)
	cancel()
	replaced := <-ended
	stats := b.Stats()
	assert.Equal(t, messages, stats.Handled)
	assert.Zero(t, stats.Unhandled)
	assert.Equal(t, int32(replaced), closed.Load())
	assert.Greater(t, replaced, 50, "it was replaced all the time")
	t.Logf("%d replacements", replaced)

	current := b.Plugins(t.Context(), "", "")[0].Name
	bad := errors.New("no luck")
	failing := &talker{name: current, setUp: func(h *bot.Handle) error { h.Text(router.Say("x")); return bad }}
	require.ErrorIs(t, b.Replace(current, failing), bad)
	panicking := &talker{name: current, setUp: func(h *bot.Handle) error { h.Text(nil); return nil }}
	require.ErrorContains(t, b.Replace(current, panicking), "is nil")
	twice := &talker{name: current, setUp: func(h *bot.Handle) error {
		h.Schedule("x", "@hourly", func(*bot.Job) error { return nil })
		h.Schedule("x", "@hourly", func(*bot.Job) error { return nil })
		return nil
	}}
	require.ErrorContains(t, b.Replace(current, twice), "another one of this name")
	require.ErrorContains(t, b.Replace("nobody", version("v")), "no plugin nobody")
	require.ErrorContains(t, b.Replace(current, version("other")), "installed already")
	require.ErrorContains(t, b.Replace(current, nil), "nil")
	sim.Friend("alice").Says("after all that")
	require.Eventually(t, func() bool { return count.Load() == messages+1 }, 10*time.Second, time.Millisecond, "the old one stays")
	require.NoError(t, stop())
}

// TestTasksOfAPlugin: a task that is due while its plugin is off in the chat waits until it is
// switched on, and then belongs to the plugin that has taken the place of the first.
func TestTasksOfAPlugin(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	ran := make(chan string, 10)
	version := func(v string) *talker {
		return &talker{name: "p", scope: bot.Scope{Everywhere: true}, setUp: func(h *bot.Handle) error {
			h.Command("稍后", func(c *router.Context) error { return c.Later("work", c.ChatKey(), 0, c.Said()) })
			h.Task("work", func(k *bot.Task[string]) error { ran <- v + " " + k.Data; return nil })
			return nil
		}}
	}
	require.NoError(t, b.Install(version("v1")))
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("稍后")
	assert.Equal(t, "v1 稍后", <-ran)
	require.NoError(t, b.Replace("p", version("v2")))
	sim.Friend("alice").Says("稍后")
	assert.Equal(t, "v2 稍后", <-ran)
	bad := version("v3")
	add := bad.setUp
	bad.setUp = func(h *bot.Handle) error { return errors.Join(add(h), errors.New("no luck")) }
	require.ErrorContains(t, b.Replace("p", bad), "no luck")

	require.NoError(t, b.Switch(t.Context(), "p", "wxid_alice", false))
	require.NoError(t, b.Later(t.Context(), "p/work", "k", 0, "later", bot.InChat(simulator.DefaultAppID, "wxid_alice")))
	require.NoError(t, b.Later(t.Context(), "p/work", "k2", 0, "now", bot.InChat(simulator.DefaultAppID, "wxid_bob")))
	assert.Equal(t, "v2 now", <-ran)
	assert.Empty(t, ran)
	require.NoError(t, b.Switch(t.Context(), "p", "wxid_alice", true))
	assert.Equal(t, "v2 later", <-ran)
}
