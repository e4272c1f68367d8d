package simulator_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// failing is a test that may fail without failing its caller.
type failing struct {
	mu       sync.Mutex
	message  string
	cleanups []func()
}

func (*failing) Helper()            {}
func (f *failing) Cleanup(g func()) { f.cleanups = append(f.cleanups, g) }
func (f *failing) Fatalf(format string, args ...any) {
	f.mu.Lock()
	f.message = fmt.Sprintf(format, args...)
	f.mu.Unlock()
	runtime.Goexit()
}

// run runs a test to its end or its Fatalf.
func (f *failing) run(test func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		test()
	}()
	<-done
}

// fails runs something that must fail the test, and returns the message.
func fails(t *testing.T, sim *simulator.Simulator, run func(*simulator.Test)) string {
	t.Helper()
	f := &failing{}
	f.run(func() {
		kit := sim.Test(f)
		kit.Timeout, kit.Quiet = 20*time.Millisecond, 20*time.Millisecond
		run(kit)
	})
	require.NotEmpty(t, f.message, "it did not fail")
	return f.message
}

func say(t *testing.T, sim *simulator.Test, to, content string) {
	t.Helper()
	require.Contains(t, call(t, sim.Simulator, "/message/postText", sendText(to, content)).body, `"ret":200`)
}

func TestExpect(t *testing.T) {
	t.Parallel()
	sim := start(t)
	a, bob := sim.Group("A"), sim.Friend("bob")
	a.Member("alice").Says("one") // what people say is not what the bot says
	say(t, sim, groupA, "one")
	say(t, sim, groupA, "two")
	say(t, sim, groupA, "three")
	say(t, sim, "wxid_bob", "private")
	assert.True(t, a.ExpectText("two").ByBot())
	assert.Equal(t, "three", a.Expect("the next", func(simulator.Message) bool { return true }).Text)
	bob.ExpectText("private")
	a.ExpectNothing()
	assert.Equal(t, "/message/postText", sim.ExpectCall("/message/postText").Endpoint)
	say(t, sim, groupA, "two")
	sim.Group("10000000001").ExpectText("two") // the same chat under another name
	f := fails(t, sim.Simulator, func(sim *simulator.Test) { sim.Group("A").ExpectText("two") })
	assert.Contains(t, f, "(sent by the bot, expected before)")
}

func TestExpectWaits(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := newBot(t, nil)
	done := make(chan error)
	go func() { done <- sim.SetCallback(t.Context(), b.URL) }()
	sim.ExpectCallback()
	require.NoError(t, <-done)
	body := text(t, sendText(groupA, "hello"))
	go func() {
		_, err := try(t, sim, "/message/postText", body)
		done <- err
	}()
	sim.Group("A").ExpectText("hello")
	require.NoError(t, <-done)
}

func TestWhatAFailureSays(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.Group("A").Member("alice").Says("营业时间")
	say(t, sim, groupA, "营业时间 9:00-17:00")
	call(t, sim.Simulator, "/message/postText", sendText("nobody", "x"))
	got := fails(t, sim.Simulator, func(sim *simulator.Test) { sim.Group("A").ExpectText("营业时间 9:00-18:00") })
	assert.Equal(t, `the bot did not send the text "营业时间 9:00-18:00" to group A (10000000001@chatroom) within 20ms
What was said there:
  #1 Alice: text "营业时间" (callback none)
  #2 鸿雁: text "营业时间 9:00-17:00" (sent by the bot)
      want "营业时间 9:00-18:00"
      got  "营业时间 9:00-17:00"
           first difference: want "8:00", got "7:00"
No bot has registered a callback URL, so no bot was told.
The call /message/postText was not executed: toWxid: "nobody" is not a friend of the account (对方不是好友)`, got)

	assert.Contains(t, fails(t, sim.Simulator, func(sim *simulator.Test) { sim.Group("A").ExpectNothing() }),
		"expected to be silent in group A")
	assert.Contains(t, fails(t, sim.Simulator, func(sim *simulator.Test) { sim.Friend("李伟").ExpectFile("x.pdf") }),
		"the bot did not send the file \"x.pdf\" to 李经理 (wxid_liwei) within 20ms\nWhat was said there:\n  (nothing)")
	assert.Contains(t, fails(t, sim.Simulator, func(sim *simulator.Test) { sim.ExpectCall("/message/forwardFile") }),
		"/message/forwardFile was not called and executed within 20ms\nThe call /message/postText was not executed")

	listen(t, sim.Simulator, func(int, string) int { return 500 })
	sim.Group("B").Member("bob").Says("hi")
	settle(t, sim.Simulator)
	sim.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultRefuse})
	call(t, sim.Simulator, "/message/postText", sendText(groupB, "x"))
	got = fails(t, sim.Simulator, func(sim *simulator.Test) { sim.Group("B").ExpectText("hi") })
	assert.Contains(t, got, "(callback failed: the bot answered HTTP 500)")
	assert.Contains(t, got, "was not executed: the fault refuse")
	assert.NotContains(t, got, "No bot has registered")
}

func TestNamesThatMeanNobody(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Contacts = append(world.Contacts, simulator.Contact{Wxid: "wxid_bob2", Nickname: "Bob"})
	world.Accounts[0].Friends = []string{"wxid_alice"}
	world.Groups = append(world.Groups, simulator.Group{ID: "4@chatroom", Name: "A", Members: []simulator.Member{{Wxid: "wxid_bob2"}}})
	sim := start(t, func(c *simulator.Config) { c.World = world })
	for _, tc := range []struct {
		run  func(*simulator.Test)
		want string
	}{
		{func(sim *simulator.Test) { sim.Group("D") }, `simulator: there is no group "D"; there are A (10000000001@chatroom), B`},
		{func(sim *simulator.Test) { sim.Group("A") }, `2 groups are called "A": use the id`},
		{func(sim *simulator.Test) { sim.Group("B").Member("nobody") },
			`there is no member of group B "nobody"; there are wxid_hongyan_bot, wxid_alice`},
		{func(sim *simulator.Test) { sim.Friend("nobody") }, `there is no person "nobody"`},
		{func(sim *simulator.Test) { sim.Friend("Bob") }, `"Bob" is not one person but wxid_bob, wxid_bob2: use the wxid`},
		{func(sim *simulator.Test) { sim.Friend("carol") }, "wxid_carol is a friend of no account"},
		{func(sim *simulator.Test) { sim.Friend("alice").Member("alice") }, "a private chat has no members"},
		{func(sim *simulator.Test) { sim.Group("4").Phone() }, "no account is in this group"},
		{func(sim *simulator.Test) { sim.Group("B").Member("bob").Says("") }, `kind "text" needs "text"`},
		{func(sim *simulator.Test) { sim.Breaks(simulator.Fault{}) }, `"endpoint" is missing`},
		{func(sim *simulator.Test) { sim.ExpectCallback() }, "no bot has registered a callback URL"},
	} {
		assert.Contains(t, fails(t, sim.Simulator, tc.run), tc.want)
	}
	ctx := t.Context()
	_, err := sim.Simulator.Group("D").Member("alice").Say("hi")
	require.ErrorContains(t, err, "there is no group")
	_, err = sim.Simulator.Group("D").Phone().Say("hi")
	require.ErrorContains(t, err, "there is no group")
	_, err = sim.Simulator.Group("D").AwaitText(ctx, "hi")
	require.ErrorContains(t, err, "there is no group")
	_, err = sim.Simulator.Group("D").Messages()
	require.ErrorContains(t, err, "there is no group")
	assert.Empty(t, sim.Simulator.Group("D").ID())
	assert.Equal(t, "wxid_alice", sim.Friend("alice").ID())
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	sim := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, await := range []func() error{
		func() error { _, err := sim.Simulator.Group("A").AwaitFile(ctx, "x"); return err },
		func() error { _, err := sim.Simulator.Friend("bob").AwaitText(ctx, "x"); return err },
		func() error { _, err := sim.AwaitCall(ctx, func(simulator.Call) bool { return true }); return err },
		func() error { return sim.AwaitCallback(ctx) },
	} {
		err := await()
		require.ErrorIs(t, err, context.Canceled)
		assert.True(t, strings.HasPrefix(err.Error(), "simulator: "), err.Error())
	}
}

func TestAPrivateChatWithEachAccount(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.World = twoAccounts() })
	assert.Equal(t, simulator.DefaultWxid, sim.Friend("alice").Says("hi").To, "the first account that has the friend")
	assert.Equal(t, "wxid_alice", sim.Friend("alice").Phone().Says("hello").To)
	body := map[string]any{"appId": "wx_second", "toWxid": "wxid_alice", "content": "from the second"}
	require.Contains(t, call(t, sim.Simulator, "/message/postText", body).body, `"ret":200`)
	sim.Friend("alice").ExpectNothing()
}

func TestStartThatFails(t *testing.T) {
	t.Parallel()
	f := &failing{}
	f.run(func() { simulator.Start(f, func(c *simulator.Config) { c.Listen = "0.0.0.0:0" }) })
	assert.Contains(t, f.message, "not a loopback address")
	assert.Empty(t, f.cleanups)
}
