package owner_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// greeter is a plugin to be switched.
type greeter struct{}

func (greeter) Name() string { return "greeter" }

func (greeter) Setup(h *bot.Handle) error {
	h.Text(router.Say("hello"), match.Exact("hi"))
	h.Text(func(*router.Context, *xmlmsg.Text) error { return router.Permanent(errors.New("no luck")) }, match.Exact("fail"))
	return nil
}

func (greeter) Close() error { return nil }

// run runs a bot of bob until the test ends.
func run(t *testing.T, c owner.Config) (*bot.Bot, *simulator.Test) {
	t.Helper()
	b, err := bot.New(bot.Config{Simulator: true, Owners: []string{"wxid_bob"}, Logger: zap.NewNop(),
		LoopGuard: &middleware.LoopGuardConfig{Rounds: -1}}) // the test writes at machine speed
	require.NoError(t, err)
	require.NoError(t, b.Install(owner.New(c), greeter{}))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	sim := b.Simulator().Test(t)
	sim.ExpectCallback()
	return b, sim
}

// TestStory20: commands only from the people in charge, in private; in groups they are ignored.
func TestStory20(t *testing.T) {
	t.Parallel()
	b, sim := run(t, owner.Config{})
	bob := sim.Friend("bob")
	answer := func(command string) string {
		t.Helper()
		bob.Says(command)
		return bob.Expect("an answer to "+command, func(m simulator.Message) bool { return m.Kind == simulator.KindText }).Text
	}
	assert.Contains(t, answer("/状态"), "死信 0 条")
	assert.Contains(t, answer("/status"), "0 dead letters")
	assert.Equal(t, "启动以来没有出错。", answer("/最近错误"))

	sim.Group("A").Member("alice").Says("fail")
	require.Eventually(t, func() bool { return len(b.RecentErrors()) == 1 }, 10*time.Second, time.Millisecond)
	assert.Contains(t, answer("/最近错误"), "no luck")

	assert.Contains(t, answer("/暂停 A"), "A：已暂停")
	sim.Group("A").Member("alice").Says("hi")
	sim.Group("B").Member("alice").Says("hi")
	sim.Group("B").ExpectText("hello")
	sim.Group("A").ExpectNothing()
	assert.Contains(t, answer("/恢复 A"), "已恢复")
	sim.Group("A").Member("alice").Says("hi")
	sim.Group("A").ExpectText("hello")

	for _, ignored := range []func(string){
		func(c string) { sim.Group("A").Member("bob").Says(c) }, // in a group
		func(c string) { sim.Group("A").Member("alice").Says(c) },
		func(c string) { sim.Friend("alice").Says(c) }, // not in charge
	} {
		ignored("/暂停 greeter")
		ignored("/关 greeter")
		ignored("/重载")
	}
	sim.Group("A").ExpectNothing()
	sim.Friend("alice").Says("hi")
	sim.Friend("alice").ExpectText("hello")

	assert.Equal(t, "这个程序没有可以重载的配置。", answer("/重载"))
	reloads := 0
	b.OnReload(func(context.Context) error { reloads++; return nil })
	assert.Equal(t, "配置已重载。", answer("/重载"))
	b.OnReload(func(context.Context) error { reloads++; return errors.New("line 3") })
	assert.Equal(t, "没有成功：line 3", answer("/重载"))
	assert.Equal(t, 2, reloads)
}

func TestSwitching(t *testing.T) {
	t.Parallel()
	b, sim := run(t, owner.Config{Groups: []string{"10000000001@chatroom"}})
	bob := sim.Friend("bob")
	for _, c := range []struct{ command, want string }{
		{"/插件", "owner：开（在所有会话启用）\ngreeter：开（在所有会话启用）"},
		{"/plugins", "owner: on (it is on everywhere)\ngreeter: on (it is on everywhere)"},
		{"/关 greeter B", "greeter B：已关。"},
		{"/插件 B", "owner：开（在所有会话启用）\ngreeter：关（已在这里关闭）"},
		{"/开 greeter B", "greeter B：已开。"},
		{"/暂停 greeter", "插件 greeter 已停用。"},
		{"/插件", "owner：开（在所有会话启用）\ngreeter：关（已在所有会话关闭）"},
		{"/恢复 greeter", "插件 greeter 已恢复。"},
		{"/关 nobody", "没有插件 nobody。发“/插件”看有哪些。"},
		{"/关 owner", "这个插件管着别的插件，不能关。"},
		{"/暂停 owner", "这个插件管着别的插件，不能停。"},
		{"/暂停 wxid_bob", "不能暂停这个会话：否则您就没法恢复了。"},
		{"/暂停 没有的群", "没有成功：contacts: not known to the service: nobody and no group is called " +
			"\"没有的群\": write the name as WeChat shows it, or the id"},
		{"/关", "还缺“插件”。\n用法：关 <插件> [会话]"},
		{"/状太", "没有“状太”这个命令，你是不是想发“状态”？\n用法：状态"},
	} {
		bob.Says(c.command)
		bob.ExpectText(c.want)
	}
	bob.Says("/帮助")
	help := bob.Expect("the commands", func(simulator.Message) bool { return true }).Text
	for _, name := range []string{"状态", "暂停 [对象]", "恢复", "重载", "最近错误", "插件", "开 <插件> [会话]", "关"} {
		assert.Contains(t, help, "\n"+name)
	}
	sim.Group("A").Member("bob").Says("/关 greeter")
	sim.Group("A").ExpectText("greeter：已关。")
	sim.Group("A").Member("alice").Says("/开 greeter")
	sim.Group("A").ExpectNothing()
	assert.False(t, b.Plugins(t.Context(), "", "10000000001@chatroom")[1].On)

	bob.Says("/暂停")
	bob.ExpectText("好的，全部发送即将暂停。发“/恢复”继续。")
	require.Eventually(t, func() bool { return b.Health(t.Context()).Paused }, 10*time.Second, time.Millisecond)
	bob.Says("/恢复")
	bob.ExpectText("已恢复发送。")
}

// TestEachMessageRunsOnce delivers a command five times.
func TestEachMessageRunsOnce(t *testing.T) {
	t.Parallel()
	b, sim := run(t, owner.Config{})
	reloads := make(chan bool, 10)
	b.OnReload(func(context.Context) error { reloads <- true; return nil })
	m := sim.Friend("bob").Says("/重载")
	sim.Friend("bob").ExpectText("配置已重载。")
	for range 4 {
		require.NoError(t, sim.Again(m.Seq))
	}
	sim.Friend("bob").Says("/最近错误")
	sim.Friend("bob").ExpectText("启动以来没有出错。")
	assert.Len(t, reloads, 1)
}
