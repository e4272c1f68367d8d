package owner_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin/owner"
)

// ownedBy is a bot of some people, with the plugin and greeter.
func ownedBy(t *testing.T, c owner.Config, owners ...string) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Durable: true, Owners: owners, Setup: func(b *bot.Bot) error {
		return b.Install(owner.New(c), greeter{})
	}})
}

// TestFresh: of a fresh bot nobody is in charge, until the operator sends the code of the terminal.
func TestFresh(t *testing.T) {
	t.Parallel()
	sim := ownedBy(t, owner.Config{})
	bob := sim.Person("bob")
	bob.Say("/状态")
	bob.ExpectNothing()
	code, err := sim.Bot().OfferBinding(t.Context())
	require.NoError(t, err)
	bob.Say("绑定 " + code)
	bob.ExpectContains("绑定成功")
	bob.Say("/状态")
	bob.ExpectContains("死信 0 条")
	sim.Person("alice").Say("绑定 " + code)
	sim.Person("alice").Say("/状态")
	sim.Person("alice").ExpectNothing()
	bob.Say("/解绑")
	bob.ExpectText("好的，您不再是负责人。")
	bob.Say("/状态")
	bob.ExpectNothing()
}

// TestConfirm asks once more, and does nothing without a yes.
func TestConfirm(t *testing.T) {
	t.Parallel()
	sim := ownedBy(t, owner.Config{Confirm: []string{"pause", "reload"}}, "bob")
	bob := sim.Person("bob")
	bob.Say("/暂停 A")
	bob.ExpectText("确定吗？回复“确认”执行，“取消”放弃。")
	bob.Say("好吧")
	bob.ExpectText("请回复“确认”或“取消”。")
	bob.Say("取消")
	bob.ExpectText("已取消。")
	sim.Group("A").As("alice").Say("hi")
	sim.Group("A").ExpectText("hello")
	bob.Say("/pause A")
	bob.ExpectText("Are you sure? Reply yes or cancel.")
	sim.Restart()
	sim.Person("bob").Say("YES")
	sim.Person("bob").ExpectContains("A: Paused")
	sim.Group("A").As("alice").Say("hi")
	sim.Group("A").ExpectNothing()
	sim.Person("bob").Say("/恢复 A") // is not asked about
	sim.Person("bob").ExpectContains("已恢复")
	sim.Person("bob").Say("/解绑")
	sim.Person("bob").ExpectText("您写在配置文件的 owners 里，请改配置文件。")
	sim.Person("bob").Say("/重载")
	sim.Person("bob").ExpectContains("确定吗")
	sim.Advance(11 * time.Minute)
	sim.Person("bob").ExpectText("没有确认，什么也没做。")
	sim.Person("bob").Say("确认") // too late
	sim.Person("bob").ExpectNothing()
}

// TestAudit: a command of the person in charge that a stranger sends on does nothing, and has a
// line, and so has each that was done. What is quoted, or said by voice, is no command.
func TestAudit(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "logs", "owner.jsonl")
	sim := ownedBy(t, owner.Config{Audit: file}, "bob")
	sim.Person("bob").Say("/状态")
	sim.Person("bob").ExpectContains("死信 0 条")
	sim.Person("alice").Say("/暂停 A")
	sim.Group("A").As("bob").Say("/暂停 A") // not in a group
	sim.Group("A").As("alice").Say("状态怎么样")
	quoted := sim.Group("A").As("alice").Say("/暂停 greeter")
	sim.Group("A").As("bob").Quote(quoted, "这是什么")
	sim.Idle()
	sim.Group("A").As("alice").Say("hi")
	sim.Group("A").ExpectText("hello")
	sim.Group("A").ExpectNothing()
	sim.Restart()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var got []string
	for line := range strings.Lines(string(text)) {
		var use struct {
			Person, Command, Chat string
			Done                  bool
		}
		require.NoError(t, json.Unmarshal([]byte(line), &use))
		done := "left alone"
		if use.Done {
			done = "done"
		}
		got = append(got, use.Person+" "+use.Command+" "+done)
		assert.NotEmpty(t, use.Chat)
	}
	assert.ElementsMatch(t, []string{
		"wxid_bob 状态 done", "wxid_alice 暂停 left alone", "wxid_bob 暂停 left alone", "wxid_alice 暂停 left alone",
	}, got)
}

// TestMaySwitch lets administrators of a group switch what is harmless there, and nothing else.
func TestMaySwitch(t *testing.T) {
	t.Parallel()
	sim := ownedBy(t, owner.Config{MaySwitch: []string{"greeter"}}, "erin")
	a := sim.Group("A")
	a.As("alice").Say("/关 greeter") // the owner of A
	a.ExpectText("greeter：已关。")
	a.As("bob").Say("hi")
	a.ExpectNothing()
	sim.Group("B").As("bob").Say("hi")
	sim.Group("B").ExpectText("hello")
	sim.Group("B").As("alice").Say("/关 greeter") // no administrator of B
	sim.Group("B").ExpectNothing()
	a.As("alice").Say("/关 owner")
	a.ExpectText("管理员在群里能开关的有：greeter，只对本群。")
	a.As("alice").Say("/off greeter B")
	a.ExpectText("Administrators may switch these here, for this group: greeter.")
	sim.Restart()
	sim.Person("erin").Say("/开了什么 A")
	sim.Person("erin").ExpectContains("greeter：关（已在这里关闭）")
	sim.Group("A").As("alice").Say("/开 greeter")
	sim.Group("A").ExpectText("greeter：已开。")
}

// TestYAML reads a small and a full section, and names the fields of mistakes.
func TestYAML(t *testing.T) {
	t.Parallel()
	read := func(section string) error {
		text := "service: {sim: true}\nowners: [wxid_demo_boss]\nallow: {everyone: true}\nplugins:\n  owner: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		return err
	}
	require.NoError(t, read("{}"))
	require.NoError(t, read("{groups: [运维群], confirm: [reload, pause], may_switch: [digest, poll], audit: logs/owner.jsonl}"))
	require.ErrorContains(t, read("{confirm: [dance]}"), "owner.confirm[0]")
	require.ErrorContains(t, read("{may_switch: [owner]}"), "owner.may_switch[0]")
}
