package bot_test

import (
	"encoding/json"
	"errors"
	"fmt"
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

// TestTheWayOfAMessage goes over real HTTP from the service to the bot and back.
func TestTheWayOfAMessage(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("you said " + m.Body) }, match.Private())
	b.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("营业时间"), match.Group())
	b.File(func(c *router.Context, _ *xmlmsg.File) error {
		return c.Forward(groupB, router.Caption("{{.SenderName}} 来自 {{.GroupName}}"))
	}, match.In(groupA))
	start(t, b, sim.Simulator)

	sim.Friend("bob").Says("hello")
	sim.Friend("bob").ExpectText("you said hello")

	alice := sim.Group("A").Member("alice")
	alice.Announces(simulator.File{Name: "info.json", Size: 63})
	in := alice.Drops(simulator.File{Name: "info.json", Size: 63})
	sim.Group("B").ExpectText("Alice 来自 A")
	out := sim.Group("B").ExpectFile("info.json")
	assert.Equal(t, in.Content, out.Content, "a forward changes nothing, and the group prefix stays behind")

	alice.Says("营业时间？")
	sim.Group("A").ExpectText("营业时间 9:00-18:00")
	files := 0
	for _, c := range sim.Calls() {
		if c.Endpoint == "/message/forwardFile" {
			files++
		}
	}
	assert.Equal(t, 1, files, "the notice of an upload is no file")
}

// TestForwardChangesOnlyWhatItIsTold compares the outgoing with the incoming XML.
func TestForwardChangesOnlyWhatItIsTold(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	b.File(func(c *router.Context, _ *xmlmsg.File) error {
		return c.Forward(groupB, router.Retitle("renamed.json"))
	})
	start(t, b, sim.Simulator)

	original := sim.Group("A").Member("alice").Drops(simulator.File{Name: "info.json", Size: 63})
	unknown := strings.Replace(original.Content, "<extinfo />", `<extinfo /><brandnew a="1"><![CDATA[<keep>]]></brandnew>`, 1)
	require.NotEqual(t, original.Content, unknown)
	sim.Group("B").ExpectFile("renamed.json")
	sim.Group("A").Member("alice").Sends(simulator.Raw(49, unknown))
	out := sim.Group("B").ExpectFile("renamed.json")
	want := strings.ReplaceAll(strings.Replace(unknown, "info.json", "renamed.json", 1), " />", "/>") // the same element, written shorter
	assert.Equal(t, want, out.Content)
}

func TestOneMessageOneRun(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	var runs atomic.Int32
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		runs.Add(1)
		return c.Reply("once")
	})
	stop := start(t, b, sim.Simulator)
	body := `{"TypeName":"AddMsg","Appid":"` + simulator.DefaultAppID +
		`","Wxid":"wxid_hongyan_bot","Data":{"MsgType":1,"NewMsgId":1234567890123456789,` +
		`"FromUserName":{"string":"wxid_alice"},"ToUserName":{"string":"wxid_hongyan_bot"},"Content":{"string":"hi"}}}`
	for range 5 {
		assert.Equal(t, 200, post(t, b, "/callback", body))
	}
	sim.Friend("alice").ExpectText("once")
	require.NoError(t, stop())
	assert.Equal(t, int32(1), runs.Load())
	assert.Equal(t, 4, b.Stats().Duplicates)
}

// TestOrder lets 100 conversations say 50 things each to handlers that take their time.
func TestOrder(t *testing.T) {
	t.Parallel()
	const conversations, messages = 100, 50
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Grace = time.Minute
	b := newBot(t, config)
	var mu sync.Mutex
	last, busy := map[string]int{}, map[string]bool{}
	inversions, overlaps, handled := 0, 0, 0
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		var n int
		if _, err := fmt.Sscan(m.Body, &n); err != nil {
			return err
		}
		id := c.Conversation().ID
		mu.Lock()
		if busy[id] {
			overlaps++
		}
		busy[id] = true
		mu.Unlock()
		timer := time.NewTimer(time.Duration((n*7919+len(id)*31)%5) * time.Millisecond)
		defer timer.Stop()
		<-timer.C
		mu.Lock()
		defer mu.Unlock()
		busy[id] = false
		if n != last[id]+1 {
			inversions++
		}
		last[id] = n
		handled++
		return nil
	})
	stop := start(t, b, nil)
	var senders sync.WaitGroup
	for worker := range 4 {
		senders.Go(func() {
			for n := 1; n <= messages; n++ {
				for c := worker; c < conversations; c += 4 {
					body := fmt.Sprintf(`{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":%d,`+
						`"FromUserName":{"string":"wxid_%d"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"%d"}}}`,
						1_000_000_000_000_000_000+n*1000+c, c, n)
					if status := post(t, b, "/callback", body); status != 200 {
						t.Errorf("status %d", status)
						return
					}
				}
			}
		})
	}
	senders.Wait()
	require.NoError(t, stop(), "a shutdown handles what it has accepted")
	assert.Equal(t, conversations*messages, handled)
	assert.Zero(t, inversions)
	assert.Zero(t, overlaps)
}

func TestAStuckConversationDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	release := make(chan struct{})
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		if c.Sender() == "wxid_alice" {
			<-release
		}
		return c.Reply("done")
	})
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("1")
	for _, name := range []string{"bob", "carol", "dave"} {
		sim.Friend(name).Says("2")
		sim.Friend(name).ExpectText("done")
	}
	close(release)
	sim.Friend("alice").ExpectText("done")
}

// TestRetries lets handlers fail before and after they have sent something.
func TestRetries(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.MaxAttempts = 2
	b := newBot(t, config)
	var before, after atomic.Int32
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		if before.Add(1) == 1 {
			return errors.New("not yet")
		}
		return c.Reply("at the second try")
	}, match.Exact("before"))
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		after.Add(1)
		if err := c.Reply("sent"); err != nil {
			return err
		}
		return errors.New("after the send")
	}, match.Exact("after"))
	b.Text(router.Say("next"), match.Exact("next"))
	start(t, b, sim.Simulator)

	alice := sim.Friend("alice")
	alice.Says("before")
	alice.Says("next") // waits for the retry
	alice.ExpectText("at the second try")
	alice.ExpectText("next")

	alice.Says("after")
	alice.Says("next")
	alice.ExpectText("sent")
	alice.ExpectText("next")
	assert.Equal(t, int32(2), before.Load())
	assert.Equal(t, int32(2), after.Load(), "what has sent something runs again, too")
	said, err := alice.Messages()
	require.NoError(t, err)
	sent := 0
	for _, m := range said {
		if m.Text == "sent" {
			sent++
		}
	}
	assert.Equal(t, 1, sent, "and sends it once")
}

// TestAPermanentErrorIsNotRetried goes to the dead letters at the first try.
func TestAPermanentErrorIsNotRetried(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	back := memory.New(memory.Config{})
	config.Store = back
	b := newBot(t, config)
	b.Text(func(*router.Context, *xmlmsg.Text) error { return router.Permanent(errors.New("no such order")) }, match.Exact("order"))
	b.Text(router.Say("next"))
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("order")
	sim.Friend("alice").Says("next")
	sim.Friend("alice").ExpectText("next")
	dead, err := back.Inbox().Dead(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, dead, 1)
	assert.Equal(t, 1, dead[0].Attempts)
	assert.Equal(t, "no such order", dead[0].Failure.Reason)
}

func TestAPanicIsAFailureNotTheEnd(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.MaxAttempts = 1
	b := newBot(t, config)
	b.Text(func(*router.Context, *xmlmsg.Text) error { panic("boom") }, match.Exact("boom"))
	b.Text(router.Say("alive"))
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("boom")
	sim.Friend("alice").Says("hello?")
	sim.Friend("alice").ExpectText("alive")
	assert.Equal(t, 1, b.Stats().Failed)
}

func TestABotDoesNotTalkToItself(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) })
	start(t, b, sim.Simulator)
	sim.Group("A").Phone().Says("typed on the phone")
	sim.Group("A").Member("alice").Says("hi")
	sim.Group("A").ExpectText("re: hi")
	assert.Equal(t, map[string]int{"self": 1}, b.Stats().Dropped)
}

func TestNobodyIsAllowedUntilListed(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Allow = bot.Allow{People: []string{"wxid_bob"}}
	b := newBot(t, config)
	b.Text(router.Say("hi"))
	start(t, b, sim.Simulator)
	sim.Friend("alice").Says("hello")
	sim.Friend("bob").Says("hello")
	sim.Friend("bob").ExpectText("hi")
	sim.Friend("alice").ExpectNothing()
	assert.Equal(t, map[string]int{"not allowed": 1}, b.Stats().Dropped)
}

func TestSeveralAccounts(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Accounts = append(world.Accounts, simulator.Account{AppID: "wx_second", Wxid: "wxid_second", Nickname: "二号"},
		simulator.Account{AppID: "wx_stranger", Wxid: "wxid_stranger", Nickname: "别人"})
	sim := simulator.Start(t, func(c *simulator.Config) { c.World = world })
	config := configFor(sim.Simulator)
	config.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}, {AppID: "wx_second"}}
	b := newBot(t, config)
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply("I am " + c.Account()) })
	stop := start(t, b, sim.Simulator)
	for _, to := range []string{"wxid_hongyan_bot", "wxid_second", "wxid_stranger"} {
		_, err := sim.Post(simulator.Draft{From: "wxid_alice", To: to, Kind: simulator.KindText, Text: "who?"})
		require.NoError(t, err)
	}
	sim.Friend("alice").Expect("an answer of the first", func(m simulator.Message) bool { return m.Text == "I am "+simulator.DefaultAppID })
	call, err := sim.AwaitCall(t.Context(), func(c simulator.Call) bool { return strings.Contains(string(c.Body), "I am wx_second") })
	require.NoError(t, err)
	var body struct{ AppID string }
	require.NoError(t, json.Unmarshal(call.Body, &body))
	assert.Equal(t, "wx_second", body.AppID, "an answer goes through the account that was asked")
	require.NoError(t, sim.Settle(t.Context()))
	require.NoError(t, stop())
	assert.Equal(t, map[string]int{"other account": 1}, b.Stats().Dropped)
}
