package bot_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestAnAcceptedFriendIsListenedTo lets a bot that listens to one group accept a friend, and listen
// to them from then on, also after a restart.
func TestAnAcceptedFriendIsListenedTo(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := memory.New(memory.Config{})
	var last *bot.Bot
	run := func(ignore bool) (stop func() error) {
		config := configFor(sim.Simulator)
		config.Store = keepOpen{back}
		config.Allow = bot.Allow{Groups: []string{groupA}}
		b := newBot(t, config)
		last = b
		b.FriendRequest(func(c *router.Context, r *xmlmsg.FriendRequest) error { return b.Listen(c, r.FromUsername) })
		b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) })
		if ignore {
			require.NoError(t, b.Ignore(t.Context(), "wxid_alice"))
		}
		return start(t, b, sim.Simulator)
	}
	stop := run(false)
	sim.Friend("alice").Says("one")
	require.Eventually(t, func() bool { return last.Stats().Dropped["not allowed"] == 1 }, 10*time.Second, time.Millisecond)
	post(t, last, "/callback", friendRequest("wxid_alice", 0))
	require.Eventually(t, func() bool { return last.Stats().Handled == 1 }, 10*time.Second, time.Millisecond)
	sim.Friend("alice").Says("two")
	sim.Friend("alice").ExpectText("re: two")
	sim.Group("B").Member("alice").Says("not here")
	require.Eventually(t, func() bool { return last.Stats().Dropped["not allowed"] == 2 }, 10*time.Second, time.Millisecond)
	require.NoError(t, stop())

	stop = run(false)
	sim.Friend("alice").Says("three")
	sim.Friend("alice").ExpectText("re: three")
	require.NoError(t, stop())

	run(true)
	sim.Friend("alice").Says("four")
	require.Eventually(t, func() bool { return last.Stats().Dropped["not allowed"] == 1 }, 10*time.Second, time.Millisecond)
}

// keepOpen is a store that outlives the bots that use it.
type keepOpen struct{ *memory.Store }

func (keepOpen) Close() error { return nil }

// TestTheAllowMessageNamesWhoAndWhatToAdd has strangers who write, some of them twice.
func TestTheAllowMessageNamesWhoAndWhatToAdd(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	core, lines := observer.New(zap.WarnLevel)
	config := configFor(sim.Simulator)
	config.Allow, config.Logger = bot.Allow{People: []string{"wxid_dave"}}, zap.New(core)
	b := newBot(t, config)
	b.Text(router.Say("hi"))
	start(t, b, sim.Simulator)
	for range 2 {
		sim.Friend("alice").Says("hello")
		sim.Friend("bob").Says("hello")
		sim.Group("A").Member("carol").Says("hello")
	}
	require.Eventually(t, func() bool { return b.Stats().Dropped["not allowed"] == 6 }, 10*time.Second, time.Millisecond)
	var named []string
	for _, l := range lines.FilterMessageSnippet("does not listen").All() {
		_, add, _ := strings.Cut(l.Message, "to change that add ")
		add, _, _ = strings.Cut(add, ";")
		named = append(named, l.ContextMap()["sender"].(string)+": "+add)
		assert.Contains(t, l.Message, "HONGYAN_ALLOW")
	}
	assert.ElementsMatch(t, []string{
		"wxid_alice: wxid_alice to allow.people", "wxid_bob: wxid_bob to allow.people", "wxid_carol: " + groupA + " to allow.groups",
	}, named)
}

// TestSetAllow: the lists change while the bot runs, for all accounts and for one.
func TestSetAllow(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Allow = bot.Allow{People: []string{"wxid_bob"}}
	b, err := bot.New(config)
	require.NoError(t, err)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("heard " + m.Body) })
	stop := start(t, b, sim.Simulator)
	alice, bob := sim.Friend("alice"), sim.Friend("bob")
	both := func(n int, heard simulator.TestFriend) {
		t.Helper()
		alice.Says(strconv.Itoa(n))
		bob.Says(strconv.Itoa(n))
		heard.ExpectText(fmt.Sprint("heard ", n))
		require.Eventually(t, func() bool {
			s := b.Stats()
			return s.Handled == n && s.Dropped["not allowed"] == n
		}, 10*time.Second, time.Millisecond)
	}
	both(1, bob)
	b.SetAllow(bot.Allow{People: []string{"wxid_alice"}}, nil)
	both(2, alice)
	b.SetAllow(bot.Allow{}, map[string]bot.Allow{simulator.DefaultAppID: {People: []string{"wxid_bob"}}})
	both(3, bob)
	require.NoError(t, stop())
}
