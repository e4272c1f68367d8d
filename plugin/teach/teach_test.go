package teach_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/teach"
	"github.com/hongyan-go/hongyan/router"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(change func(*teach.Config)) teach.Config {
	c := teach.Config{Scope: plugin.Scope{In: []string{"A", "B"}}, MayTeach: []string{"wxid_alice"}, Cooldown: -1}
	if change != nil {
		change(&c)
	}
	return c
}

func run(t *testing.T, c teach.Config) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(teach.New(c))) }})
}

// TestTeach teaches, changes, lists and deletes; what was taught holds in its chat, also after a
// restart.
func TestTeach(t *testing.T) {
	t.Parallel()
	sim := run(t, config(nil))
	a, b := sim.Group("A"), sim.Group("B")
	a.As("alice").Say("问 几点开门 答 九点到六点\n周日休息")
	a.ExpectContains("记住了：几点开门")
	a.As("bob").Say("你们几点开门？")
	a.ExpectText("九点到六点\n周日休息")
	b.As("bob").Say("你们几点开门？")
	b.ExpectNothing()
	sim.Restart()
	a.As("alice").Say("改：几点开门，答：十点")
	a.ExpectContains("改好了：几点开门")
	a.As("alice").Say("问 周日几点开门 答 不开")
	a.ExpectContains("记住了")
	a.As("bob").Say("周日几点开门")
	a.ExpectText("不开")
	a.As("bob").Say("几点开门")
	a.ExpectText("十点")
	a.As("alice").Say("问答")
	a.ExpectText("这里教过 2 条：\n周日几点开门 → 不开\n几点开门 → 十点")
	a.As("alice").Say("删问 几点开门")
	a.ExpectContains("删掉了：几点开门")
	a.As("bob").Say("几点开门")
	a.ExpectNothing()
	a.As("alice").Say("删问 几点开门")
	a.ExpectContains("没有教过")
}

// TestStrangers may neither teach, nor list, nor delete, and get no answer to the attempt.
func TestStrangers(t *testing.T) {
	t.Parallel()
	sim := run(t, config(nil))
	a := sim.Group("A")
	a.As("alice").Say("问 地址 答 人民路 1 号")
	a.ExpectContains("记住了")
	for _, text := range []string{"问 优惠 答 加我领红包", "改 地址 答 加我领红包", "问答", "删问 优惠"} {
		a.As("bob").Say(text)
		if strings.Contains(text, "地址") {
			a.ExpectText("人民路 1 号") // it is a question like any other
		}
		a.ExpectNothing()
	}
	a.As("bob").Say("优惠")
	a.ExpectNothing()
	a.As("alice").Say("问题我已经答复了") // talk
	a.As("alice").Say("问 一下大家")
	a.ExpectNothing()
}

// TestNoTemplatesNoCommands sends what was taught as it is, and learns nothing that is, or looks
// like, a command.
func TestNoTemplatesNoCommands(t *testing.T) {
	t.Parallel()
	sim := run(t, config(func(c *teach.Config) { c.Most = 2 }))
	a := sim.Group("A")
	a.As("alice").Say("问 模板 答 {{.SenderName}} {{nonsense")
	a.ExpectContains("记住了")
	a.As("bob").Say("模板")
	a.ExpectText("{{.SenderName}} {{nonsense")
	for text, want := range map[string]string{
		"问 /状态 答 好": "不能以 / 开头", "问 状态 答 ／群发 全部": "不能以 / 开头", "问 价 答 好": "至少写两个字", "问 时间 答 \u202e\a": "都要有字",
		"问 " + strings.Repeat("长", 51) + " 答 好": "太长了",
	} {
		a.As("alice").Say(text)
		a.ExpectContains(want)
	}
	a.As("alice").Say("问 第二 答 好")
	a.ExpectContains("记住了")
	a.As("alice").Say("问 第三 答 好")
	a.ExpectContains("教满 2 条")
}

// TestLimits bounds how often one person teaches, and how often the same is answered in a chat.
func TestLimits(t *testing.T) {
	t.Parallel()
	sim := run(t, config(func(c *teach.Config) { c.Limit, c.Cooldown = plugin.Limit{Most: 2, Per: time.Hour}, 30*time.Second }))
	a := sim.Group("A")
	for _, text := range []string{"问 一号 答 好", "问 二号 答 好"} {
		a.As("alice").Say(text)
		a.ExpectContains("记住了")
	}
	a.As("alice").Say("问 三号 答 好")
	a.ExpectContains("教得太快了")
	a.As("bob").Say("一号")
	a.ExpectText("好")
	a.As("alice").Say("一号？")
	a.ExpectNothing()
	a.As("alice").Say("二号？")
	a.ExpectText("好")
	sim.Advance(30 * time.Second)
	a.As("bob").Say("一号")
	a.ExpectText("好")
}

// TestPicture keeps a copy of a picture that was quoted, until the answer is deleted.
func TestPicture(t *testing.T) {
	t.Parallel()
	sim := run(t, config(nil))
	a := sim.Group("A")
	a.As("alice").Quote(a.As("alice").Image(), "问 价目表")
	a.ExpectContains("记住了：价目表")
	sim.Restart()
	a.As("bob").Say("有价目表吗")
	a.ExpectImage()
	a.As("alice").Say("问答")
	a.ExpectContains("价目表 → [图片]")
	a.As("alice").Say("删问 价目表")
	a.ExpectContains("删掉了")
	a.As("bob").Say("价目表")
	a.ExpectNothing()
}

// TestExplain knows what was taught.
func TestExplain(t *testing.T) {
	t.Parallel()
	var made *bot.Bot
	var last *callback.Event
	sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
		made = b
		b.Observe(func(c *router.Context) error { last = c.Event; return nil })
		return b.Install(bottest.Must(teach.New(config(nil))))
	}})
	a := sim.Group("A")
	a.As("bob").Say("地址")
	sim.Idle()
	verdict := func() router.Verdict {
		for _, v := range made.Explain(last).Routes {
			if v.Name == "teach/answer" {
				return v
			}
		}
		return router.Verdict{}
	}
	assert.Contains(t, verdict().Reason, "Taught()")
	a.As("alice").Say("问 地址 答 人民路 1 号")
	a.ExpectContains("记住了")
	a.As("bob").Say("地址")
	a.ExpectText("人民路 1 号")
	assert.True(t, verdict().Handles, "%v", verdict())
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*teach.Config){
		"in": func(c *teach.Config) { c.In = nil }, "may_teach": func(c *teach.Config) { c.MayTeach = nil },
		"match": func(c *teach.Config) { c.Match = "like" }, "most": func(c *teach.Config) { c.Most = -1 },
	} {
		_, err := teach.New(config(change))
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, want)
		assert.Equal(t, want, wrong.Field)
	}
}
