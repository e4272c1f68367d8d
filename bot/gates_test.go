package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// gatePlugin is a plugin of one function.
type gatePlugin struct{ setup func(h *bot.Handle) }

func (gatePlugin) Name() string                { return "gates" }
func (p gatePlugin) Setup(h *bot.Handle) error { p.setup(h); return nil }
func (gatePlugin) Close() error                { return nil }

// TestAGateOfAPlugin is asked about what others send, and goes with its plugin.
func TestAGateOfAPlugin(t *testing.T) {
	t.Parallel()
	var handle *bot.Handle
	sim, b, _ := gatedBot(t, func(b *bot.Bot) {
		b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply(m.Body) })
		require.NoError(t, b.Install(gatePlugin{func(h *bot.Handle) {
			handle = h
			h.Gate(func(context.Context, outbox.Message) outbox.Verdict { return outbox.Verdict{Hold: "look"} })
		}}))
	})
	alice := sim.Friend("alice")
	alice.Says("one")
	alice.Says("two")
	require.Eventually(t, func() bool { return b.Stats().Gated["hold"] == 2 }, 5*time.Second, time.Millisecond)
	held, err := handle.Held(t.Context())
	require.NoError(t, err)
	require.Len(t, held, 2)
	require.NoError(t, handle.Drop(t.Context(), outbox.GivenKey(held[0])))
	require.NoError(t, handle.Release(t.Context(), outbox.GivenKey(held[1])))
	alice.ExpectText("two")
	require.ErrorContains(t, b.Release(t.Context(), "unknown"), "unknown")

	require.NoError(t, b.Uninstall("gates"))
	alice.Says("three")
	alice.ExpectText("three")
	alice.ExpectNothing()
	assert.Panics(t, func() { b.Gate(nil) })
}

// TestWhatIsTyped tells what the owner types from echoes of what the bot has sent.
func TestWhatIsTyped(t *testing.T) {
	t.Parallel()
	typed := make(chan string, 10)
	sim, b, back := gatedBot(t, func(b *bot.Bot) {
		b.Self(func(c *router.Context) error { typed <- c.Conversation().ID + ": " + c.Said(); return nil })
		b.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply("answer") })
	})
	alice := sim.Friend("alice")
	alice.Says("hi")
	alice.ExpectText("answer")
	var sent []store.Send
	require.Eventually(t, func() bool {
		var err error
		sent, err = back.Ledger().List(t.Context(), store.SendQuery{States: []store.SendState{store.Sent}})
		return err == nil && len(sent) == 1
	}, 5*time.Second, time.Millisecond)
	alice.Phone().Says("answer") // the same words
	assert.Equal(t, "wxid_alice: answer", <-typed)
	var id struct{ NewMsgID api.ID }
	require.NoError(t, json.Unmarshal(sent[0].Result, &id))
	echo := func(id uint64, text string) string {
		return fmt.Sprintf(`{"TypeName":"AddMsg","Appid":%q,"Wxid":%q,"Data":{"NewMsgId":%d,"MsgType":1,"FromUserName":{"string":%q},`+
			`"ToUserName":{"string":"wxid_alice"},"Content":{"string":%q},"CreateTime":%d}}`,
			simulator.DefaultAppID, simulator.DefaultWxid, id, simulator.DefaultWxid, text, time.Now().Unix())
	}
	assert.Equal(t, http.StatusOK, post(t, b, "/callback", echo(uint64(id.NewMsgID), "answer")))
	require.Eventually(t, func() bool { return b.Stats().Dropped["self"] == 1 }, 5*time.Second, time.Millisecond)
	assert.Equal(t, http.StatusOK, post(t, b, "/callback", echo(4000000000000000077, "mine")))
	assert.Equal(t, "wxid_alice: mine", <-typed)
	assert.Empty(t, typed)
	alice.ExpectNothing()
}

// TestDryRuns rehearses a route, a plugin, and a bot: the rest of them sends.
func TestDryRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dry  func(route *router.Route, h *bot.Handle)
		bot  bool
		want []string // what is sent by the words a (a route), b (a route of the plugin) and c (a send of the plugin)
	}{
		"nothing":  {func(*router.Route, *bot.Handle) {}, false, []string{"a", "b", "c"}},
		"a route":  {func(r *router.Route, _ *bot.Handle) { r.DryRun() }, false, []string{"b", "c"}},
		"a plugin": {func(_ *router.Route, h *bot.Handle) { h.DryRun(true) }, false, []string{"a"}},
		"over":     {func(_ *router.Route, h *bot.Handle) { h.DryRun(true); h.DryRun(false) }, false, []string{"a", "b", "c"}},
		"the bot":  {func(*router.Route, *bot.Handle) {}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			config := configFor(sim.Simulator)
			config.DryRun = c.bot
			b, err := bot.New(config)
			require.NoError(t, err)
			done := make(chan error, 3)
			say := func(what string) func(*router.Context) error {
				return func(c *router.Context) error { err := c.Reply(what); done <- err; return err }
			}
			route := b.Command("a", say("a"))
			require.NoError(t, b.Install(gatePlugin{func(h *bot.Handle) {
				h.Command("b", say("b"))
				h.Command("c", func(c *router.Context) error {
					_, err := h.Send(c, api.PostText{AppID: c.Account(), To: c.Sender(), Content: "c"})
					done <- err
					return err
				})
				c.dry(route, h)
			}}))
			start(t, b, sim.Simulator)
			alice := sim.Friend("alice")
			for _, word := range []string{"a", "b", "c"} {
				alice.Says(word)
				require.NoError(t, <-done)
			}
			for _, word := range c.want {
				alice.ExpectText(word)
			}
			alice.ExpectNothing()
			assert.Equal(t, 3-len(c.want), b.Stats().Gated["dry run"])
		})
	}
}
