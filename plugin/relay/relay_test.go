package relay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/relay"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func between(change func(*relay.Config)) relay.Config {
	c := relay.Config{Between: []string{"A", "B"}, Merge: -1}
	if change != nil {
		change(&c)
	}
	return c
}

func run(t *testing.T, c relay.Config) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}}, bottest.Must(relay.New(c)))
}

// TestStory7 carries texts, media and quotes in both directions, and nothing else.
func TestStory7(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.Prefix, c.NotFrom = "{{.SenderName}}", []string{"Dave"} }))
	a, b := sim.Group("A"), sim.Group("B")
	m := a.As("alice").Say("你好")
	got := b.ExpectText("Alice: 你好")
	b.As("carol").Quote(got, "我也好")
	a.ExpectText("Carol:\n> Alice: 你好\n我也好")
	a.As("bob").Quote(m, "早")
	b.ExpectText("Bob:\n> Alice: 你好\n早")
	a.As("alice").Image()
	b.ExpectText("Alice")
	b.ExpectImage()
	a.As("alice").File("a.pdf", 100)
	b.ExpectText("Alice")
	b.ExpectFile("a.pdf")
	b.As("carol").Link("news", "https://example.com")
	a.ExpectText("Carol")
	a.Expect("the link", func(m simulator.Message) bool { return m.Text == "news" })

	a.As("alice").Say("/帮助") // a command
	a.As("dave").Say("你好")   // not_from
	a.As("alice").Voice(3)   // no type of it
	a.Phone().Say("我在手机上")   // own
	sim.Group("C").As("alice").Say("x")
	sim.Person("alice").Say("y")
	for _, silent := range []bottest.Chat{a, b, sim.Group("C"), sim.Person("alice").Chat} {
		silent.ExpectNothing()
	}
}

// TestTypes repeats the listed types, and no others.
func TestTypes(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.Types, c.Prefix = []string{"text", "file"}, "{{.SenderName}}" }))
	a, b := sim.Group("A").As("alice"), sim.Group("B")
	a.Image()
	a.Link("news", "https://example.com")
	b.ExpectNothing()
	a.Say("你好")
	b.ExpectText("Alice: 你好")
	a.File("a.pdf", 100)
	b.ExpectText("Alice")
	b.ExpectFile("a.pdf")
	b.ExpectNothing()
}

// TestNoEcho does not repeat again what another bot or a person brings back.
func TestNoEcho(t *testing.T) {
	t.Parallel()
	sim := run(t, between(nil))
	a, b := sim.Group("A"), sim.Group("B")
	a.As("alice").Say("你好: 世界")
	line := b.ExpectText("Alice@A: 你好: 世界")
	b.As("bob").Say(line.Text)             // copied
	b.As("bob").Say("机器人：Alice@A: 你好: 世界") // by another bot
	a.As("bob").Say("Bob@B:\nAlice@A:  你好: 世界")
	a.ExpectNothing()
	b.ExpectNothing()
	b.As("bob").Say("你好: 世界") // said by a person
	a.ExpectText("Bob@B: 你好: 世界")
}

// TestTwoAccounts: of two accounts of the bot that are in both groups, one repeats, and the other
// does not take its lines for those of a member.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{Sim: true}.Parse("bot.yaml", []byte(`allow: {everyone: true}
accounts: [{app_id: wx_one}, {app_id: wx_two}]
plugins: {relay: {between: [A群, B群], merge: 5s}}
tests:
  - {name: there, in: A群, as: 张三, say: 你好, wait: 1m, expect: [{to: B群, text: "张三@A群: 你好"}]}
  - {name: back, in: B群, as: 李四, say: 收到, wait: 1m, expect: [{to: A群, text: "李四@B群: 收到"}]}
  - name: merged
    steps:
      - {in: A群, as: 张三, say: 一, wait: 2s}
      - {in: A群, as: 张三, say: 二, wait: 1m, expect: [{to: B群, text: "张三@A群:\n一\n二"}]}
  - {name: media, in: A群, as: 张三, file: a.pdf, wait: 1m, expect: [{to: B群, text: 张三@A群}, {to: B群, file: a.pdf}]}
  - {name: revoked, in: A群, as: 张三, revoke: true, wait: 1m, expect: [{to: B群, contains: 撤回}]}
`))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, results, 5)
	for _, r := range results {
		assert.True(t, r.OK, "%s: %v", r.Name, r.Lines)
	}
}

// TestMerge makes one message of four lines within 12 seconds.
func TestMerge(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.Merge = 15 * time.Second }))
	a, b := sim.Group("A"), sim.Group("B")
	for _, text := range []string{"一", "二", "三", "四"} {
		a.As("alice").Say(text)
		sim.Advance(4 * time.Second)
	}
	b.ExpectNothing()
	sim.Advance(15 * time.Second)
	b.ExpectText("Alice@A:\n一\n二\n三\n四")
	b.ExpectNothing()

	a.As("alice").Say("看图") // what comes before a picture goes before it
	sim.Idle()
	a.As("alice").Image()
	sim.Idle()
	a.As("alice").Say("好看吗")
	sim.Advance(15 * time.Second)
	b.ExpectText("Alice@A: 看图")
	b.ExpectText("Alice@A")
	b.ExpectImage()
	b.ExpectText("Alice@A: 好看吗")

	for range 40 { // without a pause it is sent after a minute at the latest
		a.As("alice").Say("还有")
		sim.Advance(2 * time.Second)
	}
	b.ExpectContains("还有\n还有")
}

// TestRestart keeps the lines that wait.
func TestRestart(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(relay.New(between(func(c *relay.Config) { c.Merge = 15 * time.Second }))))
	}})
	sim.Group("A").As("alice").Say("一")
	sim.Advance(5 * time.Second)
	sim.Restart()
	sim.Group("A").As("alice").Say("二")
	sim.Advance(time.Minute)
	sim.Group("B").ExpectText("Alice@A:\n一\n二")
	sim.Group("B").ExpectNothing()
}

// TestRevokes drops what was not yet repeated, and notes what was.
func TestRevokes(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.Merge = 10 * time.Second }))
	a, b := sim.Group("A"), sim.Group("B")
	a.As("alice").Say("一")
	oops := a.As("alice").Say("密码")
	sim.Advance(5 * time.Second)
	a.As("alice").Revoke(oops)
	sim.Advance(10 * time.Second)
	b.ExpectText("Alice@A: 一")
	b.ExpectNothing()
	late := a.As("alice").Say("二")
	sim.Advance(10 * time.Second)
	b.ExpectText("Alice@A: 二")
	a.As("alice").Revoke(late)
	b.ExpectText("Alice@A 撤回了一条消息")
	a.ExpectNothing()
}

// TestCaps makes lines wait above the limit of a minute, and tells when that of a day is reached.
func TestCaps(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.Caps = relay.Caps{PerMinute: 2, PerDay: 4} }))
	a, b := sim.Group("A"), sim.Group("B")
	for _, text := range []string{"1", "2", "3", "4"} {
		a.As("alice").Say(text)
		sim.Idle()
	}
	b.ExpectText("Alice@A: 1")
	b.ExpectText("Alice@A: 2")
	b.ExpectNothing()
	sim.Advance(time.Minute)
	b.ExpectText("Alice@A:\n3\n4")
	a.As("alice").Say("5")
	sim.Advance(time.Minute)
	b.ExpectText("Alice@A: 5")
	a.As("alice").Say("6")
	a.As("bob").Say("7")
	sim.Person("erin").ExpectContains("每日上限")
	sim.Person("erin").ExpectNothing()
	b.ExpectNothing()
	sim.Advance(24 * time.Hour)
	a.As("alice").Say("8")
	b.ExpectText("Alice@A: 8")
}

// TestSources makes the lines of a busy group wait, and those of another one not.
func TestSources(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.Caps.PerSource = 2 }))
	a, b := sim.Group("A"), sim.Group("B")
	for _, text := range []string{"1", "2", "3"} {
		a.As("alice").Say(text)
		sim.Idle()
	}
	b.ExpectText("Alice@A: 1")
	b.ExpectText("Alice@A: 2")
	b.As("bob").Say("4")
	a.ExpectText("Bob@B: 4")
	b.ExpectNothing()
	sim.Advance(time.Minute)
	b.ExpectText("Alice@A: 3")
}

// TestOnly repeats what answers a repeated message or mentions the account, and no talk.
func TestOnly(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.Only, c.Prefix = []string{"quoted", "mentioned"}, "{{.SenderName}}" }))
	a, b := sim.Group("A"), sim.Group("B")
	said := a.As("alice").Say("闲聊")
	a.As("bob").Quote(said, "也是")
	a.As("alice").Image()
	b.ExpectNothing()
	a.As("alice").SayAt("问隔壁一句")
	got := b.ExpectText("Alice: 问隔壁一句")
	b.As("bob").Quote(got, "在")
	a.ExpectText("Bob:\n> Alice: 问隔壁一句\n在")
}

// TestNotice tells each group once who reads it, before the first message, also after a restart.
func TestNotice(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(relay.New(between(func(c *relay.Config) { c.Notice = "{{Groups}} 已互通，发言会被转给对方" }))))
	}})
	a, b := sim.Group("A"), sim.Group("B")
	a.As("alice").Say("你好")
	a.ExpectText("A、B 已互通，发言会被转给对方")
	b.ExpectText("A、B 已互通，发言会被转给对方")
	b.ExpectText("Alice@A: 你好")
	sim.Restart()
	b.As("bob").Say("好")
	a.ExpectText("Bob@B: 好")
	b.ExpectNothing()
}

// TestGuardFirst repeats no advertising that guard acts on in the group where it was said; a trial
// of guard changes nothing.
func TestGuardFirst(t *testing.T) {
	t.Parallel()
	for trial, expect := range map[string]string{"false": "nothing", "true": "[{to: B群, contains: 免费领取}]"} {
		file, err := app.Reader{Sim: true}.Parse("bot.yaml", []byte(`allow: {everyone: true}
accounts: [{app_id: wx_one}, {app_id: wx_two}]
plugins:
  relay: {between: [A群, B群]}
  guard: {in: [A群], words: [免费领取], then: [notify], dry_run: `+trial+`}
tests:
  - {name: advertising, in: A群, say: 免费领取 资料, wait: 10s, expect: `+expect+`}
  - {name: advertising that the other account answers, in: A群, say: 免费领取 吧, mention: bot, wait: 10s, expect: `+expect+`}
  - {name: talk, in: A群, say: 早上好, wait: 10s, expect: [{to: B群, contains: 早上好}]}
`))
		require.NoError(t, err)
		results, err := file.Test(t.Context(), nil)
		require.NoError(t, err)
		for _, r := range results {
			assert.True(t, r.OK, "dry_run %s: %s: %v", trial, r.Name, r.Lines)
		}
	}
}

// TestOneWay repeats from the first group only.
func TestOneWay(t *testing.T) {
	t.Parallel()
	sim := run(t, between(func(c *relay.Config) { c.OneWay, c.Between = true, []string{"A", "B", "C"} }))
	sim.Group("A").As("alice").Say("{{你好}}")
	sim.Group("B").ExpectText("Alice@A: {{你好}}")
	sim.Group("C").ExpectText("Alice@A: {{你好}}")
	sim.Group("B").As("bob").Say("x")
	sim.Group("A").ExpectNothing()
	sim.Group("C").ExpectNothing()
}

// TestExamples reads both examples of the manual.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, text := range []string{relay.Definition().Example, `relay:
  - between: [一群, 二群, 三群]
    prefix: "{{.SenderName}}@{{.GroupName}}"
    types: [text, image, file, link]
    not_from: [wxid_demo_bot2]
    skip: ["^/", "^收到$"]
    quotes: true
    revokes: note
    merge: 15s
    caps: {per_minute: 6, per_day: 400}
`} {
		file, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+strings.ReplaceAll(text, "\n", "\n  ")))
		require.NoError(t, err)
		require.Len(t, file.Plugins, 1)
	}
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*relay.Config){
		"between":  func(c *relay.Config) { c.Between = []string{"A"} },
		"types":    func(c *relay.Config) { c.Types = []string{} },
		"types[1]": func(c *relay.Config) { c.Types = []string{"text", "txet"} },
		"skip[0]":  func(c *relay.Config) { c.Skip = []string{"("} },
		"prefix":   func(c *relay.Config) { c.Prefix = "{{.Nobody}}" },
		"only[0]":  func(c *relay.Config) { c.Only = []string{"quote"} },
		"only":     func(c *relay.Config) { c.Only = []string{} },
		"notice":   func(c *relay.Config) { c.Notice = "{{Who}}" },
		"revokes":  func(c *relay.Config) { c.Revokes = "maybe" },
	} {
		_, err := relay.New(between(change))
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, want)
		assert.Equal(t, want, wrong.Field)
	}
}
