package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestListeningOpensNothing listens to all groups, and answers in one.
func TestListeningOpensNothing(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Owners = []string{"wxid_bob"}
	config.Allow = bot.Allow{Groups: []string{groupA}, Admins: []string{"wxid_carol"}, Listen: bot.Listen{AllGroups: true}}
	b, err := bot.New(config)
	require.NoError(t, err)
	seen := make(chan string, 10)
	refused := make(chan error, 10)
	b.Observe(func(c *router.Context) error { seen <- c.Text(); return nil })
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		refused <- c.Reply("不该发")
		return c.To("wxid_bob").SendText(c.GroupName() + "：" + c.Said())
	}, match.Keyword("招标"), router.Watch())
	b.Command("报名", func(c *router.Context) error { return c.Reply("好") })
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) })
	start(t, b, sim.Simulator)

	for _, who := range []string{"alice", "carol"} { // an admin is no exception
		sim.Group("B").Member(who).Says("hello")
		assert.Equal(t, "hello", <-seen)
		sim.Group("B").Member(who).Says("/报民")
		<-seen
		sim.Group("B").Member(who).Says("报名")
		<-seen
	}
	sim.Group("B").Member("alice").Says("新的招标")
	require.ErrorIs(t, <-refused, bot.ErrListenOnly)
	sim.Friend("bob").ExpectText("B：新的招标")
	_, err = b.Send(t.Context(), api.PostText{AppID: simulator.DefaultAppID, To: groupB, Content: "x"})
	require.ErrorIs(t, err, bot.ErrListenOnly)
	sim.Group("A").Member("alice").Says("hello")
	sim.Group("A").ExpectText("re: hello")
	sim.Friend("bob").Says("an owner is heard")
	sim.Friend("bob").ExpectText("re: an owner is heard")
	sim.Friend("alice").Says("nobody listens to her")
	require.Eventually(t, func() bool { return b.Stats().Dropped["not allowed"] == 1 }, 10*time.Second, time.Millisecond)

	require.NoError(t, b.Listen(t.Context(), groupB))
	sim.Group("B").Member("alice").Says("now")
	sim.Group("B").ExpectText("re: now")
}

// TestAccountsHaveListsOfTheirOwn gives two accounts of one bot different lists.
func TestAccountsHaveListsOfTheirOwn(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Allow = bot.Allow{}
	config.Accounts = []bot.Account{
		{AppID: simulator.DefaultAppID, Allow: &bot.Allow{People: []string{"wxid_alice"}}},
		{AppID: "wx_other"},
	}
	config.Allow = bot.Allow{People: []string{"wxid_bob"}}
	b, err := bot.New(config)
	require.NoError(t, err)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) })
	start(t, b, sim.Simulator)
	sim.Friend("bob").Says("one")
	require.Eventually(t, func() bool { return b.Stats().Dropped["not allowed"] == 1 }, 10*time.Second, time.Millisecond)
	sim.Friend("alice").Says("two")
	sim.Friend("alice").ExpectText("re: two")
}
