package bot_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestASecondRunSendsNothingTwice fails a handler between its sends, and after them.
func TestASecondRunSendsNothingTwice(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	back := memory.New(memory.Config{})
	config.Store = back
	b := newBot(t, config)
	var runs atomic.Int32
	ids, done := make(chan api.ID, 3), make(chan struct{})
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		run := runs.Add(1)
		sent, err := c.ReplySent("one")
		if err != nil {
			return err
		}
		ids <- sent.NewMsgID
		if run == 1 {
			return errors.New("the shop does not answer")
		}
		if err := c.Reply("two"); err != nil {
			return err
		}
		if run == 2 {
			return errors.New("still not")
		}
		defer close(done)
		return c.Reply("three")
	}, match.Private()).Named("shop")
	start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	alice.Says("hi")
	alice.ExpectText("one")
	alice.ExpectText("two")
	alice.ExpectText("three")
	<-done
	assert.Equal(t, int32(3), runs.Load())
	first := <-ids
	assert.NotZero(t, first)
	assert.Equal(t, []api.ID{first, first}, []api.ID{<-ids, <-ids}, "a second run gets the ids of the first")
	counts, err := back.Ledger().Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[store.SendState]int{store.Sent: 3}, counts)
	sends, err := back.Ledger().List(t.Context(), store.SendQuery{})
	require.NoError(t, err)
	assert.Equal(t, sends[0].Event+"/shop/1", sends[0].Key)
	assert.Equal(t, "shop", sends[0].Source)
}

// TestADroppedConnectionIsNeverSentAgain executes every tenth answer and cuts its connection.
func TestADroppedConnectionIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	const messages = 30
	sim := simulator.Start(t)
	for range messages / 10 {
		_, err := sim.AddFaults(
			simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultSlow, Delay: time.Millisecond, Count: 9},
			simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultExecuteThenDrop},
		)
		require.NoError(t, err)
	}
	config := configFor(sim.Simulator)
	back := memory.New(memory.Config{})
	config.Store = back
	b := newBot(t, config)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) })
	start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	for i := range messages {
		alice.Says(strconv.Itoa(i))
	}
	for i := range messages {
		alice.ExpectText(fmt.Sprint("re: ", i)) // each is in the chat, in order, once
	}
	alice.ExpectNothing()
	require.Eventually(t, func() bool { return b.Stats().Unknown == messages/10 }, 5*time.Second, time.Millisecond)
	assert.Equal(t, messages-messages/10, b.Stats().Sent)
	dead, err := back.Inbox().Dead(t.Context(), 0, 100)
	require.NoError(t, err)
	require.Len(t, dead, messages/10, "a person sees what may not have arrived")
	assert.Equal(t, 1, dead[0].Attempts, "another run could not know better")
	assert.Contains(t, dead[0].Failure.Reason, "hongyan outbox resend or drop")
	assert.NotContains(t, dead[0].Failure.Reason, "re: ")
}

func TestRevokeByTheContext(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	done := make(chan error, 1)
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		sent, err := c.ReplySent("oops")
		if err == nil {
			err = c.Revoke(sent)
		}
		done <- err
		return nil
	})
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("hi")
	require.NoError(t, <-done)
	messages, err := sim.Messages("wxid_alice", 0)
	require.NoError(t, err)
	assert.True(t, messages[len(messages)-1].Revoked)
}

// clock is a plugin that sends when its test wants.
type clock struct{ *bot.Handle }

func (*clock) Name() string { return "clock" }

func (c *clock) Setup(h *bot.Handle) error {
	c.Handle = h
	return nil
}

func (*clock) Close() error { return nil }

// TestThePluginSends has no event to answer.
func TestThePluginSends(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	back := memory.New(memory.Config{})
	config.Store = back
	b := newBot(t, config)
	c := &clock{}
	require.NoError(t, b.Install(c))
	start(t, b, sim.Simulator)
	m := api.PostText{AppID: simulator.DefaultAppID, To: "wxid_alice", Content: "12:00"}
	for range 2 {
		_, err := c.Send(t.Context(), m, router.Key("noon"))
		require.NoError(t, err)
	}
	_, err := b.Send(t.Context(), m)
	require.NoError(t, err)
	sim.Friend("alice").ExpectText("12:00")
	sim.Friend("alice").ExpectText("12:00")
	sim.Friend("alice").ExpectNothing()
	sends, err := back.Ledger().List(t.Context(), store.SendQuery{})
	require.NoError(t, err)
	require.Len(t, sends, 2)
	assert.Equal(t, []string{"key/" + simulator.DefaultAppID + "/noon", "clock", "proactive"},
		[]string{sends[0].Key, sends[0].Source, sends[0].Class})
	m.AppID = ""
	_, err = b.Send(t.Context(), m)
	require.ErrorContains(t, err, "no AppID")
}

// TestThePauseFile pauses sending as long as it exists.
func TestThePauseFile(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Data = t.TempDir()
	config.Store = memory.New(memory.Config{})
	file := filepath.Join(config.Data, bot.PauseFile)
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	b := newBot(t, config)
	asked := make(chan struct{}, 1)
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		asked <- struct{}{}
		return c.Reply("at last")
	})
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("hi")
	<-asked
	sim.Friend("alice").ExpectNothing()
	require.NoError(t, os.Remove(file))
	sim.Friend("alice").ExpectText("at last")
}

func TestQuietHoursThatMakeNoSense(t *testing.T) {
	t.Parallel()
	_, err := bot.New(bot.Config{Token: "t", Data: t.TempDir(), Pace: &outbox.Pace{Quiet: outbox.Window{From: 30 * time.Hour}}})
	require.ErrorContains(t, err, "hours since midnight")
}
