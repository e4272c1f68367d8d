package bot_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// counter is a plugin that counts by the name of the group.
type counter struct {
	*bot.Handle
	name string
}

func (p *counter) Name() string { return p.name }
func (p *counter) Close() error { return nil }

func (p *counter) Setup(h *bot.Handle) error {
	p.Handle = h
	h.Command(p.name, func(c *router.Context) error {
		n, err := router.Update(c, c.Store(), "n", 0, func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		if role, err := c.Role(c.Event.Wxid); err != nil || role == router.RoleNone {
			return errors.Join(err, errors.New("the account is in the group"))
		}
		return c.Replyf("%d", n)
	})
	return nil
}

// TestPluginsHaveStoresAndChats has two plugins with the same keys, and speaks from outside of
// handlers, by name.
func TestPluginsHaveStoresAndChats(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Store = memory.New(memory.Config{})
	config.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}}
	b, err := bot.New(config)
	require.NoError(t, err)
	one, two := &counter{name: "one"}, &counter{name: "two"}
	require.NoError(t, b.Install(one, two))
	start(t, b, sim.Simulator)
	sim.ExpectCallback()
	a := sim.Group("A")
	for _, turn := range []struct{ says, want string }{{"one", "1"}, {"one", "2"}, {"two", "1"}} {
		a.Member("alice").Says(turn.says)
		a.ExpectText(turn.want)
	}
	for p, want := range map[*counter]int{one: 2, two: 1} {
		var n int
		_, err := p.Store().Get(t.Context(), "n", &n)
		require.NoError(t, err)
		assert.Equal(t, want, n)
	}
	found, err := b.Store().Get(t.Context(), "n", new(int))
	require.NoError(t, err)
	assert.False(t, found, "the bot's own store is another")

	require.NoError(t, one.Chat(t.Context(), "", "A").SendText("from a plugin"))
	a.ExpectText("from a plugin")
	require.NoError(t, b.Chat(t.Context(), simulator.DefaultAppID, "Bob").Mention([]xmlmsg.Person{{Username: "wxid_alice"}}, "hello"))
	sim.Friend("bob").ExpectText("hello")
	require.ErrorIs(t, b.Chat(t.Context(), "", "nobody at all").SendText("x"), contacts.ErrUnknown)
	assert.Equal(t, []string{simulator.DefaultAppID}, one.Accounts())
	id, err := one.Contacts().Find(t.Context(), simulator.DefaultAppID, "A")
	require.NoError(t, err)
	assert.Equal(t, groupA, id)
	assert.NotNil(t, one.Media())
}

// TestAScheduleBeforeTheFirstCallback sends as the only account, which no event has named yet: of
// the bot's simulator, of an earlier run, or of a login.
func TestAScheduleBeforeTheFirstCallback(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entries map[string]string
		own     bool
		want    string // error
	}{
		"the simulator":       {own: true},
		"an earlier run":      {entries: map[string]string{"bot/account/" + simulator.DefaultAppID: "wxid_me"}},
		"a login":             {entries: map[string]string{"login/" + simulator.DefaultAppID: `{"appId":"x","wxid":"wxid_me"}`}},
		"nothing":             {want: "which account shall send?"},
		"an unfinished login": {entries: map[string]string{"login/wx_1": `{"appId":"wx_1"}`}, want: "which account shall send?"},
		"two": {entries: map[string]string{"login/wx_1": `{"wxid":"wxid_1"}`, "bot/account/wx_2": "wxid_2"},
			want: "which account shall send?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			back := memory.New(memory.Config{})
			t.Cleanup(func() { _ = back.Close() })
			for key, value := range test.entries {
				_, err := back.State().Put(t.Context(), key, []byte(value), 0)
				require.NoError(t, err)
			}
			config := configFor(sim.Simulator)
			config.Store = back
			if test.own {
				config.BaseURL, config.Token, config.Simulator = "", "", true
			}
			b, err := bot.New(config)
			require.NoError(t, err)
			err = b.Chat(t.Context(), "", groupA).Err()
			if test.want != "" {
				defer func() { assert.NoError(t, b.Close()) }()
				require.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			got := make(chan string, 1)
			b.Schedule("tick", "@every 1s", func(j *bot.Job) error {
				first, err := j.Store().Claim(j, "once", time.Hour)
				if err != nil || !first {
					return err
				}
				if err := j.SendText("tick"); err != nil {
					return err
				}
				got <- j.Account + " " + j.Chat().ID()
				return nil
			}, bot.At("", "A"))
			startBare(t, b)
			assert.Equal(t, simulator.DefaultAppID+" "+groupA, <-got)
		})
	}
}
