package owner_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/owner"
)

// TestMay: who may use some commands only is heard in private, uses those, and no others, and does
// not get what is for the people in charge.
func TestMay(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "owner.jsonl")
	c := owner.Config{Audit: file, Groups: []string{"10000000001@chatroom"}, Who: []owner.Who{{Wxid: "wxid_carol", May: []string{"status", "pause"}}}}
	sim := bottest.RunWith(t, bottest.Config{
		Owners: []string{"erin"}, Setup: func(b *bot.Bot) error { return b.Install(owner.New(c), greeter{}) },
		Bot: func(b *bot.Config) { b.Allow = bot.Allow{AllGroups: true, Operators: []string{"wxid_carol"}} },
	})
	carol := sim.Person("carol")
	carol.Say("/状态")
	carol.ExpectContains("死信 0 条")
	carol.Say("/help")
	help := carol.Sent()
	require.Len(t, help, 1)
	assert.Contains(t, help[0].Text, "暂停")
	assert.NotContains(t, help[0].Text, "重载")
	for _, refused := range []string{"/重载", "/发送 A 你好", "/开 greeter", "/resume"} {
		carol.Say(refused)
		carol.ExpectNothing()
	}
	sim.Group("A").ExpectNothing()
	carol.Say("/暂停 greeter")
	carol.ExpectText("插件 greeter 已停用。")
	sim.Group("A").As("carol").Say("/status")
	sim.Group("A").ExpectContains("0 dead letters")
	sim.Person("dave").Say("/状态") // nobody listens to him
	sim.Person("dave").ExpectNothing()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"person":"wxid_carol","command":"重载","done":false`)
}

// TestPrefix: with a prefix, only what begins with it is a command.
func TestPrefix(t *testing.T) {
	t.Parallel()
	for prefix, other := range map[string]string{"/": "状态", "#": "那个状态"} {
		sim := ownedBy(t, owner.Config{Prefix: prefix, Aliases: map[string][]string{"status": {"看看", "Ping"}}}, "bob")
		bob := sim.Person("bob")
		bob.Say(other)
		bob.ExpectNothing()
		for word, want := range map[string]string{"状态": "死信", "看看": "死信", "ping": "dead letters"} {
			bob.Say(prefix + word)
			bob.ExpectContains(want)
		}
		bob.Say(prefix + "暂停")
		bob.ExpectText("好的，全部发送即将暂停。发“" + prefix + "恢复”继续。")
	}
}

// TestBlock has the bot ignore somebody, also after a restart, and never a person in charge.
func TestBlock(t *testing.T) {
	t.Parallel()
	sim := ownedBy(t, owner.Config{Confirm: []string{"block"}}, "bob")
	sim.Person("bob").Say("/拉黑 Alice")
	sim.Person("bob").ExpectText("确定吗？回复“确认”执行，“取消”放弃。")
	sim.Person("bob").Say("确认")
	sim.Person("bob").ExpectText("已拉黑 wxid_alice，机器人不再理会。发“/取消拉黑 wxid_alice”恢复。")
	sim.Restart()
	sim.Group("A").As("alice").Say("hi")
	sim.Group("A").ExpectNothing()
	sim.Person("bob").Say("/unblock wxid_alice")
	sim.Person("bob").ExpectText("wxid_alice is not ignored any more, unless the file says so.")
	sim.Group("A").As("alice").Say("hi")
	sim.Group("A").ExpectText("hello")
	sim.Person("bob").Say("/取消拉黑 没有这个人")
	sim.Person("bob").ExpectContains("没有成功")
}

// TestSend says something in a chat, once for each message, and only for a person in charge.
func TestSend(t *testing.T) {
	t.Parallel()
	sim := ownedBy(t, owner.Config{}, "bob")
	sim.Person("alice").Say("/发送 A 大家好")
	sim.Person("bob").Say("/发送 A 大家好，今晚 八点")
	sim.Person("bob").ExpectText("已发到 A。")
	sim.Group("A").ExpectText("大家好，今晚 八点")
	sim.Group("A").ExpectNothing()
	sim.Person("bob").Say("/send 没有的群 hi")
	sim.Person("bob").ExpectContains("That failed: ")
}

// TestWhoMistakes names the fields.
func TestWhoMistakes(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]owner.Config{
		"who[0].may":        {Who: []owner.Who{{Wxid: "wxid_a"}}},
		"who[0].may[1]":     {Who: []owner.Who{{Wxid: "wxid_a", May: []string{"status", "dance"}}}},
		"aliases.statsu":    {Aliases: map[string][]string{"statsu": {"x"}}},
		"aliases.status[0]": {Aliases: map[string][]string{"status": {"/"}}},
		"prefix":            {Prefix: "a b"},
	} {
		_, err := owner.Definition().New(&c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}
