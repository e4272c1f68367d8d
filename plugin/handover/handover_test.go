package handover_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/handover"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// talker is a plugin that answers what nothing else has answered.
type talker struct{ words []string }

func (talker) Name() string { return "llm" }

func (t talker) Setup(h *bot.Handle) error {
	h.Text(router.Say("I am a bot"), match.Keyword(t.words...))
	h.Task("slow", func(t *bot.Task[string]) error { return t.Reply("slow", router.Queued()) })
	h.Any(func(c *router.Context) error { return c.Later("slow", c.ChatKey(), 0, "") }, match.Exact("slowly"))
	return nil
}

func (talker) Close() error { return nil }

// run runs a bot with a rule, the plugin, and a talker that answers texts with bot in them.
func run(t *testing.T, c handover.Config, config bottest.Config) *bottest.Sim {
	t.Helper()
	config.Setup = func(b *bot.Bot) error {
		b.Text(router.Say("9:00-18:00"), match.Keyword("hours"))
		return b.Install(bottest.Must(handover.New(c)), talker{[]string{"bot"}})
	}
	return bottest.RunWith(t, config)
}

func config() handover.Config {
	return handover.Config{Scope: plugin.Scope{In: []string{"private"}}, Notify: []handover.Told{{Chat: "A"}}}
}

// TestWords: who asks for a person gets an answer, the people are told, the model is quiet for the
// time, and keywords go on.
func TestWords(t *testing.T) {
	t.Parallel()
	sim := run(t, config(), bottest.Config{})
	alice := sim.Person("alice")
	alice.Say("人工智能 bot")
	alice.ExpectText("I am a bot")
	alice.Say("转人工，快点")
	alice.ExpectText("已通知人工，请稍候。")
	sim.Group("A").ExpectContains("1 号 Alice 找人工：转人工，快点")
	alice.Say("转人工")
	alice.Say("bot?")
	alice.ExpectNothing()
	sim.Group("A").ExpectNothing()
	alice.Say("hours?")
	alice.ExpectText("9:00-18:00")
	sim.Person("bob").Say("bot?")
	sim.Person("bob").ExpectText("I am a bot")
	sim.Advance(30*time.Minute + time.Second)
	alice.Say("bot?")
	alice.ExpectText("I am a bot")
}

// TestShortWords must end where they end: 人工智能 is no call for a person.
func TestShortWords(t *testing.T) {
	t.Parallel()
	c := config()
	c.Words = []string{"人工"}
	sim := run(t, c, bottest.Config{})
	sim.Person("alice").Say("人工智能是什么")
	sim.Group("A").ExpectNothing()
	sim.Person("alice").Say("人工！")
	sim.Group("A").ExpectContains("1 号")
}

// TestMisses: two messages that nothing answers call a person; one that is answered does not count.
func TestMisses(t *testing.T) {
	t.Parallel()
	sim := run(t, config(), bottest.Config{})
	alice := sim.Person("alice")
	alice.Say("hmm")
	alice.Say("hours?")
	alice.ExpectText("9:00-18:00")
	alice.ExpectNothing()
	alice.Say("hmm?")
	alice.ExpectText("已通知人工，请稍候。")
	alice.Say("hmm?")
	alice.Say("bot?")
	alice.ExpectNothing()
	sim.Advance(30*time.Minute + time.Second)
	alice.Say("bot?")
	alice.ExpectText("I am a bot")
}

// TestPhone: an answer of the model waits in the queue, the owner types on the phone: it is
// dropped, and the chat is quiet for 10 minutes after the last line.
func TestPhone(t *testing.T) {
	t.Parallel()
	sim := run(t, config(), bottest.Config{Paced: true})
	alice := sim.Person("alice")
	alice.Say("slowly")
	sim.Idle()
	alice.ExpectText("slow")
	alice.Say("slowly") // its answer waits for the pace
	sim.Idle()
	alice.Phone().Say("I take it")
	sim.Advance(9 * time.Minute)
	alice.ExpectNothing()
	alice.Phone().Say("still here")
	sim.Advance(9 * time.Minute)
	alice.Say("bot?")
	sim.Advance(50 * time.Second)
	alice.ExpectNothing()
	sim.Advance(11 * time.Second)
	alice.Say("bot again?")
	sim.Advance(time.Minute)
	alice.ExpectText("I am a bot")
}

// TestTake: of two customers who wait, the operator takes over the second; the first still waits,
// also after a restart.
func TestTake(t *testing.T) {
	t.Parallel()
	sim := run(t, config(), bottest.Config{Durable: true})
	desk := sim.Group("A").As("carol")
	sim.Person("alice").Say("转人工")
	sim.Idle() // alice is the first
	sim.Person("bob").Say("转人工")
	sim.Group("A").ExpectContains("2 号 Bob")
	sim.Advance(20 * time.Minute)
	sim.Restart()
	desk.Say("接入 2")
	desk.ExpectContains("2 号 Bob 由 Carol 接入")
	sim.Restart()
	desk.Say("排队")
	list := desk.ExpectContains("1 号 Alice：在等")
	assert.Contains(t, list.Text, "2 号 Bob：Carol 已接入")
	sim.Advance(11 * time.Minute)
	sim.Person("alice").Say("bot?")
	sim.Person("alice").ExpectContains("I am a bot")
	sim.Person("bob").Say("bot?")
	require.Len(t, sim.Person("bob").Sent(), 1, "only that people are told: it is quiet for 30 minutes from when he was taken over")
	desk.Say("放回 2")
	desk.ExpectContains("已放回")
	sim.Person("bob").Say("bot?")
	sim.Person("bob").ExpectText("I am a bot")
	desk.Say("接入 7")
	desk.ExpectContains("没有 7 号")
	sim.Group("B").As("carol").Say("接入 1")
	sim.Group("B").ExpectNothing()
}

// TestBack: the customer and the phone get the bot back.
func TestBack(t *testing.T) {
	t.Parallel()
	sim := run(t, config(), bottest.Config{})
	alice := sim.Person("alice")
	for _, back := range []func(){func() { alice.Say("转机器人") }, func() { alice.Phone().Say("/bot on") }} {
		alice.Say("转人工")
		alice.ExpectText("已通知人工，请稍候。")
		alice.Say("bot?")
		alice.ExpectNothing()
		back()
		sim.Idle() // two people of one chat speak: which message arrives first is left to chance
		alice.Say("bot?")
		alice.ExpectText("I am a bot")
	}
}

// TestHours: outside of them the text for that is sent, and the bot goes on.
func TestHours(t *testing.T) {
	t.Parallel()
	c := config()
	require.NoError(t, c.Hours.UnmarshalText([]byte("12:00-18:00")))
	c.Hours.Zone = "Asia/Shanghai"
	zone := time.FixedZone("CST", 8*3600)
	sim := run(t, c, bottest.Config{Zone: zone, Begins: time.Date(2026, 1, 5, 10, 0, 0, 0, zone)})
	alice := sim.Person("alice")
	alice.Say("转人工")
	alice.ExpectText("现在不在工作时间，我们会尽快回复您。")
	alice.Say("bot?")
	alice.ExpectText("I am a bot")
}

// TestNotifyHours tells those who are there; if nobody is, all, and the customer hears it.
func TestNotifyHours(t *testing.T) {
	t.Parallel()
	c := config()
	c.Notify = []handover.Told{
		{Chat: "A", Hours: outbox.Window{From: 9 * time.Hour, To: 18 * time.Hour}},
		{Chat: "B", Hours: outbox.Window{From: 18 * time.Hour, To: 23 * time.Hour}},
	}
	zone := time.FixedZone("CST", 8*3600)
	sim := run(t, c, bottest.Config{Zone: zone, Begins: time.Date(2026, 1, 5, 10, 0, 0, 0, zone)})
	for i, x := range []struct {
		at, answer string
		told       []string
	}{
		{"10:01", "已通知人工，请稍候。", []string{"A"}},
		{"18:01", "已通知人工，请稍候。", []string{"B"}},
		{"23:01", "现在不在工作时间，我们会尽快回复您。", []string{"A", "B"}},
	} {
		sim.At(x.at)
		who := sim.Person([]string{"alice", "bob", "carol"}[i])
		who.Say("转人工")
		who.ExpectText(x.answer)
		for _, group := range x.told {
			sim.Group(group).ExpectContains("找人工")
		}
		sim.Group("A").ExpectNothing()
		sim.Group("B").ExpectNothing()
	}
	c.NotifyHours = map[string]outbox.Window{"C": {From: time.Hour, To: 2 * time.Hour}}
	_, err := handover.New(c)
	require.ErrorContains(t, err, "notify_hours.C: notify has no such entry")
}

// TestOpenList reminds each day of who waits and of whom a person has, and not of who has the bot
// again.
func TestOpenList(t *testing.T) {
	t.Parallel()
	c := config()
	c.Open = []plugin.Clock{{Hour: 18}}
	sim := run(t, c, bottest.Config{Durable: true})
	desk := sim.Group("A").As("erin")
	sim.Advance(7 * time.Hour)
	for _, name := range []string{"alice", "bob", "carol"} {
		sim.Person(name).Say("转人工")
		sim.Group("A").ExpectContains("找人工")
	}
	desk.Say("接入 2") // and the bot is back at 17:30
	sim.Group("A").ExpectContains("2 号 Bob 由 Erin 接入")
	sim.Restart()
	sim.At("17:50")
	desk.Say("接入 3")
	sim.Group("A").ExpectContains("3 号 Carol 由 Erin 接入")
	sim.At("18:00")
	sim.Advance(time.Minute)
	sim.Group("A").ExpectText("还有 2 位客户在等人工，或由人工接待：\n1 号 Alice：在等，机器人已恢复（17:00 起）\n" +
		"3 号 Carol：Erin 已接入（17:00 起）\n发“放回 号”还给机器人。")
	desk.Say("放回 1")
	desk.Say("放回 3")
	sim.Group("A").ExpectContains("1 号")
	sim.Group("A").ExpectContains("3 号")
	sim.At("18:00")
	sim.Advance(time.Minute)
	sim.Group("A").ExpectNothing()
}

// TestSummary: who takes over reads what the customer said last, as it was or by a model; the
// customer hears how many wait.
func TestSummary(t *testing.T) {
	t.Parallel()
	answers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !strings.Contains(string(body), "Alice：my order 17 is late") {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"Order 17 is late."}}]}`)
	}))
	t.Cleanup(answers.Close)
	for model, want := range map[string]string{
		"":          "Alice 之前说：\n> Alice：my order 17 is late\n> Alice：转人工",
		answers.URL: "Alice 之前说：\nOrder 17 is late.",
	} {
		c := config()
		c.Text, c.Summary.Lines = "您前面还有人，共 {{.Waiting}} 位在等", 2
		if model != "" {
			c.Summary.Model.URL, c.Summary.Model.Model = model, "m"
		}
		sim := run(t, c, bottest.Config{})
		alice, bob := sim.Person("alice"), sim.Person("bob")
		for _, text := range []string{"hello?", "my order 17 is late", "转人工"} {
			alice.Say(text)
		}
		sim.Idle()
		alice.ExpectContains("共 1 位在等")
		bob.Say("转人工")
		bob.ExpectContains("共 2 位在等")
		sim.Group("A").ExpectContains("1 号 Alice")
		sim.Group("A").ExpectContains("2 号 Bob")
		sim.Group("A").As("erin").Say("接入 1")
		sim.Group("A").ExpectContains("1 号 Alice 由 Erin 接入")
		sim.Group("A").ExpectText(want)
		sim.Group("A").ExpectNothing()
	}
}

// TestPhoneFixed: only the first line on the phone counts without sliding.
func TestPhoneFixed(t *testing.T) {
	t.Parallel()
	c := config()
	c.Phone.Fixed = true
	sim := run(t, c, bottest.Config{})
	alice := sim.Person("alice")
	alice.Phone().Say("I take it")
	sim.Advance(6 * time.Minute)
	alice.Phone().Say("still here")
	sim.Advance(5 * time.Minute)
	alice.Say("bot?")
	sim.Idle()
	alice.ExpectText("I am a bot")
}

// TestAll makes everything quiet.
func TestAll(t *testing.T) {
	t.Parallel()
	c := config()
	c.Stops = []string{"all"}
	sim := run(t, c, bottest.Config{})
	alice := sim.Person("alice")
	alice.Say("转人工")
	alice.ExpectText("已通知人工，请稍候。")
	alice.Say("hours?")
	alice.Say("bot?")
	alice.ExpectNothing()
}

// TestFiles parses the small and the whole section of a file, and reports mistakes.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{handover.Definition().Example, `handover:
    - in: [private, 客户群]
      words: [转人工, 人工客服, 投诉]
      after_misses: 2
      stops: [llm]
      silence: 30m
      phone: {silence: 10m, sliding: true}
      back: [/bot on, 转机器人]
      notify: [{chat: 客服群, hours: 09:00-18:00}, owner]
      summary: {lines: 4}
      hours: "09:00-18:00"
      text: "已通知人工，请稍候"
      open_at: ["18:00"]
      nobody: "现在不在工作时间，明早回复您"
`} {
		file, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+text))
		require.NoError(t, err)
		require.NotEmpty(t, file.Plugins)
		require.Empty(t, file.Warnings)
	}
	file, err := app.Reader{}.Parse("bot.yaml", []byte(`service: {sim: true}
plugins:
  handover: {in: [private], phone: 5m, notify: [客服群], notify_hours: {客服群: "09:00-18:00"}}
`))
	require.NoError(t, err)
	require.Len(t, file.Warnings, 1)
	require.Contains(t, file.Warnings[0], "bot.yaml:3: the key plugins.handover.notify_hours is old")
	_, err = handover.New(handover.Config{Text: "{{.Nobody}}", Words: []string{}, Hours: outbox.Window{To: time.Hour, Zone: "Nowhere"}})
	for _, field := range []string{"in: ", "text: ", "words: ", "hours: "} {
		require.ErrorContains(t, err, field)
	}
}
