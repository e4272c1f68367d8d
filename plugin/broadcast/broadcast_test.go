package broadcast_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/broadcast"
	"github.com/hongyan-go/hongyan/simulator"
)

// run is a bot in n groups called 产品0群, 产品1群 …, whose owner is erin.
func run(t *testing.T, n int, c broadcast.Config) *bottest.Sim {
	t.Helper()
	world := simulator.DefaultWorld()
	for i := range n {
		world.Groups = append(world.Groups, simulator.Group{
			ID: fmt.Sprintf("5000000%04d@chatroom", i), Name: fmt.Sprintf("产品%d群", i), Members: world.Groups[0].Members,
		})
	}
	if c.Targets == nil {
		c.Targets = map[string]broadcast.Targets{"产品": {Name: regexp.MustCompile("^产品.*群$")}, "通知": {Chats: []string{"A", "B", "C"}}}
	}
	return bottest.RunWith(t, bottest.Config{
		World: world, Durable: true, Owners: []string{"erin"}, Begins: time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC), Zone: time.UTC,
		Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(broadcast.New(c))) },
	})
}

// got counts the groups that have the text since the last call, and fails if one has it twice.
func got(t *testing.T, sim *bottest.Sim, n int, total map[int]int) (now int) {
	t.Helper()
	for i := range n {
		k := len(sim.Group(fmt.Sprintf("产品%d群", i)).Sent())
		total[i] += k
		now += k
		require.LessOrEqual(t, total[i], 1, "group %d has it twice", i)
	}
	return now
}

// TestEightyGroups goes on after a kill with the next group, repeats none, and reports all.
func TestEightyGroups(t *testing.T) {
	t.Parallel()
	const n = 80
	sim := run(t, n, broadcast.Config{Gap: outbox.Range{Min: 8 * time.Second, Max: 8 * time.Second}})
	erin := sim.Person("erin")
	erin.Say("群发 产品 明天停电，{{GroupName}} 请注意")
	m := erin.ExpectContains("将发给 80 个")
	assert.Contains(t, m.Text, "预计 01-05 10:40 发完", "79 gaps of 8 s, three of them 10 minutes")
	total := map[int]int{}
	require.Zero(t, got(t, sim, n, total), "nothing goes out before the confirmation")
	erin.Say("好")
	erin.ExpectContains("回复“确认”开始")
	erin.Say("确认")
	erin.ExpectContains("开始群发，共 80 个")
	sim.Advance(19*8*time.Second + 10*time.Minute + 10*8*time.Second)
	require.Equal(t, 31, got(t, sim, n, total))
	sim.Restart()
	require.Zero(t, got(t, sim, n, total))
	sim.Advance(9 * time.Second)
	require.Equal(t, 1, got(t, sim, n, total))
	_, listed, _ := strings.Cut(m.Text, "：")
	for i, name := range strings.Split(strings.Fields(listed)[0], "、")[:40] {
		assert.Equal(t, i < 32, total[number(t, name)] == 1, "%s is at %d of the list", name, i+1)
	}
	sim.Group("产品40群").ExpectNothing()
	sim.Refuse(sim.Group("产品50群"))
	sim.LoseAnswers(sim.Group("产品60群"))
	sim.Advance(2 * time.Hour)
	sim.ExpectError("a message may have been sent")
	require.Equal(t, n-31-1-1, got(t, sim, n, total), "all others but the one that was refused")
	var lines strings.Builder
	for _, m := range erin.Sent() {
		lines.WriteString(m.Text + "\n")
	}
	report := lines.String()
	assert.Contains(t, report, "群发结束。\n已发 78，失败 1，未知 1\n")
	assert.Equal(t, n, strings.Count(report, "产品"), "a line for each")
	assert.Contains(t, report, "60群 未知")
	sim.Restart()
	sim.Advance(24 * time.Hour)
	require.Zero(t, got(t, sim, n, total))
}

// number is that of a group called 产品0群, 产品1群 …
func number(t *testing.T, name string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "产品"), "群"))
	require.NoError(t, err)
	return n
}

// TestGap leaves from 8 to 25 seconds between two groups, and not always the same time.
func TestGap(t *testing.T) {
	t.Parallel()
	const n = 15
	sim := run(t, n, broadcast.Config{Unasked: true})
	sim.Person("erin").Say("群发 产品 通知")
	sim.Advance(n * 26 * time.Second)
	var at []int64
	for i := range n {
		sent := sim.Group(fmt.Sprintf("产品%d群", i)).Sent()
		require.Len(t, sent, 1)
		at = append(at, sent[0].Time)
	}
	slices.Sort(at)
	gaps := map[int64]bool{}
	for i := 1; i < n; i++ {
		gap := at[i] - at[i-1]
		assert.True(t, 8 <= gap && gap <= 26, "%d s, of which a part may be that of the clock", gap) // whole seconds
		gaps[gap] = true
	}
	assert.Greater(t, len(gaps), 2, "a random time")
}

// TestPauseAndStop stop at once, also what waits for a gap.
func TestPauseAndStop(t *testing.T) {
	t.Parallel()
	sim := run(t, 10, broadcast.Config{Unasked: true, Gap: outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second}})
	erin, total := sim.Person("erin"), map[int]int{}
	erin.Say("群发 产品 通知")
	sim.Advance(25 * time.Second)
	require.Equal(t, 3, got(t, sim, 10, total))
	erin.Say("群发 暂停")
	erin.ExpectContains("已暂停，3/10")
	sim.Restart()
	sim.Advance(time.Hour)
	require.Zero(t, got(t, sim, 10, total))
	erin.Say("群发 产品 另一条")
	erin.ExpectContains("上一次群发还没结束")
	erin.Say("群发 状态")
	erin.ExpectContains("3/10，已暂停")
	erin.Say("群发 继续")
	sim.Advance(15 * time.Second)
	require.Equal(t, 2, got(t, sim, 10, total))
	erin.Say("群发 停止")
	erin.ExpectContains("已发 5，没发 5")
	sim.Advance(time.Hour)
	require.Zero(t, got(t, sim, 10, total))
	erin.Say("群发 继续")
	erin.ExpectContains("没有可以继续的群发")
}

// TestHours stops in the evening, goes on in the morning, and rests between lots.
func TestHours(t *testing.T) {
	t.Parallel()
	sim := run(t, 8, broadcast.Config{
		Unasked: true, Gap: outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second},
		Lots:  broadcast.Lots{Size: 4, Rest: 10 * time.Minute},
		Hours: outbox.Window{From: 8 * time.Hour, To: 22*time.Hour + 30*time.Minute, Zone: "UTC"},
	})
	total := map[int]int{}
	sim.At("22:20:30")
	sim.Person("erin").Say("群发 产品 通知")
	sim.Advance(5 * time.Minute)
	require.Equal(t, 4, got(t, sim, 8, total))
	sim.Advance(9 * time.Hour) // until 07:25
	require.Zero(t, got(t, sim, 8, total))
	sim.At("08:00")
	sim.Advance(time.Second)
	require.Equal(t, 1, got(t, sim, 8, total))
	sim.Advance(time.Minute)
	require.Equal(t, 3, got(t, sim, 8, total))
}

// TestWhoAndWhere says no to strangers, unknown lists and unknown groups, and sends nothing then.
func TestWhoAndWhere(t *testing.T) {
	t.Parallel()
	sim := run(t, 1, broadcast.Config{AllowedFrom: []string{"owner", "Frank"}, Targets: map[string]broadcast.Targets{
		"通知": {Chats: []string{"A", "B", "C"}, NotIn: []string{"B"}}, "旧": {Chats: []string{"没有这个群"}},
	}})
	sim.Person("alice").Say("群发 通知 你好")
	sim.Group("A").As("erin").Say("群发 通知 你好")
	sim.Person("alice").ExpectNothing()
	frank := sim.Person("frank")
	frank.Say("群发 客户 你好")
	frank.ExpectText("没有“客户”这个名单，有：旧、通知")
	frank.Say("群发 旧 你好")
	frank.ExpectContains("名单有问题")
	frank.Say("群发 通知 你好")
	frank.ExpectContains("将发给 2 个：A、C")
	frank.Say("取消")
	frank.ExpectContains("已取消")
	sim.Advance(time.Hour)
	sim.Group("A").ExpectNothing()
	frank.Say("群发 通知 {{what}}")
	frank.ExpectContains("内容有问题")
}

// TestSameText is not sent again within the time, nor where the plugin is off.
func TestSameText(t *testing.T) {
	t.Parallel()
	sim := run(t, 1, broadcast.Config{Unasked: true})
	erin := sim.Person("erin")
	erin.Say("群发 通知 停电")
	sim.Advance(5 * time.Minute)
	erin.ExpectContains("已发 3")
	require.NoError(t, sim.Bot().Switch(t.Context(), "broadcast", sim.Group("C").ID(), false))
	erin.Say("群发 通知 停电")
	sim.Advance(5 * time.Minute)
	erin.ExpectContains("跳过 3")
	erin.Say("群发 通知 来电")
	sim.Advance(5 * time.Minute)
	erin.ExpectContains("已发 2，跳过 1")
	require.Len(t, sim.Group("A").Sent(), 2)
	require.Len(t, sim.Group("C").Sent(), 1)
}

// TestLimits waits for the limits of the account before it goes on to the next group.
func TestLimits(t *testing.T) {
	t.Parallel()
	c := broadcast.Config{Unasked: true, Targets: map[string]broadcast.Targets{"通知": {Chats: []string{"A", "B", "C"}}}}
	sim := bottest.RunWith(t, bottest.Config{
		Owners: []string{"erin"}, Begins: time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC), Zone: time.UTC, Bot: func(b *bot.Config) {
			pace := outbox.Unlimited()
			pace.New.ProactiveChatsPerHour, pace.Young.ProactiveChatsPerHour, pace.Old.ProactiveChatsPerHour = 1, 1, 1
			b.Pace = &pace
		},
	}, bottest.Must(broadcast.New(c)))
	erin := sim.Person("erin")
	erin.Say("群发 通知 停电")
	sim.Advance(10 * time.Minute)
	require.Len(t, sim.Group("A").Sent(), 1)
	sim.Group("B").ExpectNothing()
	erin.Say("群发 状态")
	erin.ExpectContains("群发 1/3")
	sim.Advance(3 * time.Hour)
	require.Len(t, sim.Group("B").Sent(), 1)
	require.Len(t, sim.Group("C").Sent(), 1)
	erin.ExpectContains("已发 3")
}

// TestRows sends to the chats of a file, and fills the text from its columns; it begins at a time.
func TestRows(t *testing.T) {
	t.Parallel()
	dir, china := t.TempDir(), time.FixedZone("CST", 8*3600)
	write := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "fees.csv"), []byte(text), 0o600))
	}
	sim := bottest.RunWith(t, bottest.Config{
		Owners: []string{"erin"}, Begins: time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC), Zone: china, Durable: true,
		Bot: func(c *bot.Config) { c.Data, c.Zone = dir, china },
		Setup: func(b *bot.Bot) error {
			return b.Install(bottest.Must(broadcast.New(broadcast.Config{
				Gap:     outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second},
				Targets: map[string]broadcast.Targets{"费用": {CSV: "fees.csv", NotIn: []string{"C"}}, "通知": {Chats: []string{"A"}}},
			})))
		},
	})
	erin := sim.Person("erin")
	for text, want := range map[string]string{
		"":                                  "数据目录里没有文件 fees.csv",
		"群,金额\nA,1\nZ,2\n":                  "文件 fees.csv 里的“Z”：",
		"\xd7\xd6":                          "不是 UTF-8 编码，请另存为",
		"群,金额\n\"A,1\n":                     "不是表格",
		"群,金额\n":                            "名单是空的",
		"群,应付\nA,1\n":                       "A：router: template: nothing fills {{.金额}}",
		"群\n" + strings.Repeat("A\n", 1001): "超过 1000 行",
	} {
		if write(text); text == "" {
			require.NoError(t, os.Remove(filepath.Join(dir, "fees.csv")))
		}
		erin.Say("群发 费用 {{GroupName}} 本月 {{金额}} 元")
		erin.ExpectContains(want)
	}
	erin.Say("群发 通知 {{金额}}")
	erin.ExpectContains("nothing fills {{.金额}}")
	write("\ufeff群,金额,备注\nA, 12 ,x\n\nB,34\nC,56\nA,78\n")
	erin.Say("群发 费用 开始=1月1日 {{金额}}")
	erin.ExpectContains("开始的时间")
	erin.Say("群发 费用 开始=18:00 {{GroupName}} 本月 {{金额}} 元{{备注}}")
	erin.ExpectText("将发给 2 个：A、B\n内容：{{GroupName}} 本月 {{金额}} 元{{备注}}\n发给A的是：A 本月 12 元x\n" +
		"01-05 18:00开始，预计 01-05 18:00 发完；发送限额和静默时段可能让它更晚。\n回复“确认”开始，“取消”放弃。")
	erin.Say("确认")
	erin.ExpectContains("01-05 18:00 开始群发，共 2 个")
	require.NoError(t, os.Remove(filepath.Join(dir, "fees.csv")), "it was read already")
	sim.Restart()
	sim.Advance(5 * time.Hour)
	erin.Say("群发 状态")
	erin.ExpectText("群发 0/2，01-05 18:00 开始。")
	erin.Say("群发 暂停")
	erin.ExpectContains("已暂停")
	erin.Say("群发 继续")
	erin.ExpectContains("已继续，0/2")
	sim.Advance(2 * time.Hour)
	sim.Group("A").ExpectNothing()
	sim.Advance(time.Hour + time.Minute)
	sim.Group("A").ExpectText("A 本月 12 元x")
	sim.Group("B").ExpectText("B 本月 34 元")
	sim.Group("C").ExpectNothing()
	erin.ExpectContains("群发结束。\n已发 2\n")
}

// TestLabel finds the friends with a label.
func TestLabel(t *testing.T) {
	t.Parallel()
	sim := run(t, 1, broadcast.Config{Targets: map[string]broadcast.Targets{"客户": {Label: "客户"}, "无": {Label: "无"}}})
	client := sim.Bot().Client()
	label, err := client.Label.Add(t.Context(), simulator.DefaultAppID, "客户")
	require.NoError(t, err)
	require.NoError(t, client.Label.ModifyMemberList(t.Context(), api.ModifyMemberListRequest{
		AppID: simulator.DefaultAppID, Labels: api.IDList{label.ID}, Wxids: []string{"wxid_alice", "wxid_bob"},
	}))
	sim.Person("erin").Say("群发 客户 上新了")
	sim.Person("erin").ExpectContains("将发给 2 个：Alice、Bob")
	sim.Person("erin").Say("取消")
	sim.Person("erin").Say("群发 无 上新了")
	sim.Person("erin").ExpectContains("there is no such label")
}

// TestDryRun shows what would happen, and sends nothing to the groups.
func TestDryRun(t *testing.T) {
	t.Parallel()
	c := broadcast.Config{Unasked: true}
	c.DryRun = plugin.Always
	sim := run(t, 3, c)
	sim.Person("erin").Say("群发 产品 停电")
	sim.Advance(5 * time.Minute)
	require.Zero(t, got(t, sim, 3, map[int]int{}))
}

// TestFiles reads the examples of the documentation, and shows mistakes with their fields.
func TestFiles(t *testing.T) {
	t.Parallel()
	r := &plugin.Registry{}
	r.Register(broadcast.Definition())
	read := func(text string) error {
		_, err := app.Reader{Plugins: r}.Parse("bot.yaml", []byte("service: {token: t}\nallow: {everyone: true}\nplugins:\n"+text))
		return err
	}
	require.NoError(t, read("  broadcast: {allowed_from: owner, targets: {通知: [一群, 二群, 三群]}}\n"))
	require.NoError(t, read(`  broadcast:
    allowed_from: [wxid_demo_boss]
    targets:
      客户: {label: 客户群, not_in: [测试群]}
      全部: {name: "^产品.*群$"}
    gap: 8s-25s
    lots: {size: 20, rest: 10m}
    hours: 08:00-22:30
    same_within: 24h
    confirm: true
    report: owner
`))
	for text, want := range map[string]string{
		"{gap: 8s}":                          "broadcast.targets: it is missing",
		"{targets: {一: {not_in: [A]}}}":      "broadcast.targets.一: it names nobody",
		"{targets: {一: {name: '.*'}}}":       "broadcast.targets.一.name: it matches every group",
		"{targets: {一: {name: '('}}}":        "missing closing",
		"{targets: {一: [A]}, hours: always}": "is not a part of a day",
	} {
		require.ErrorContains(t, read("  broadcast: "+text+"\n"), want, text)
	}
}
