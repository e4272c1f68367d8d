package schedule_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/schedule"
	"github.com/hongyan-go/hongyan/simulator"
)

// account names the account: no message has told it before the first time.
func account(c *bot.Config) { c.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}} }

func nine(c schedule.Config) schedule.Config {
	c.At, c.Text = []plugin.Clock{{Hour: 9}}, "打卡 {{weekday}}"
	return c
}

// TestTimedMessages go out on the days that are meant, to all recipients with a gap.
func TestTimedMessages(t *testing.T) {
	t.Parallel()
	c := nine(schedule.Config{To: []string{"A", "B", "owner"}, Gap: outbox.Range{Min: 3 * time.Second, Max: 3 * time.Second}})
	c.Days.Days, c.Holidays = []string{"workdays"}, []string{"2026-01-06"}
	sim := bottest.RunWith(t, bottest.Config{Bot: account, Owners: []string{"erin"}}, bottest.Must(schedule.New(c)))
	sim.At("09:00") // the holiday
	sim.Advance(time.Minute)
	sim.Group("A").ExpectNothing()
	sim.At("09:00")
	sim.Group("A").ExpectText("打卡 星期三")
	sim.Group("B").ExpectNothing()
	sim.Advance(3 * time.Second)
	sim.Group("B").ExpectText("打卡 星期三")
	sim.Person("erin").ExpectNothing()
	sim.Advance(3 * time.Second)
	sim.Person("erin").ExpectText("打卡 星期三")
	for range 4 { // Thursday to Sunday
		sim.At("09:00")
		sim.Advance(time.Minute)
	}
	require.Len(t, sim.Group("A").Sent(), 2, "Thursday and Friday")
}

// TestRestartsAndReloads double no message, and lose none that is not too late.
func TestRestartsAndReloads(t *testing.T) {
	t.Parallel()
	c := nine(schedule.Config{To: []string{"A"}, Late: 30 * time.Minute})
	sim := bottest.RunWith(t, bottest.Config{Bot: account, Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(schedule.New(c)))
	}})
	for range 6 {
		require.NoError(t, sim.Bot().Replace("schedule", bottest.Must(schedule.New(c))))
	}
	sim.At("09:00")
	sim.Advance(time.Minute)
	require.Len(t, sim.Group("A").Sent(), 1)
	sim.Restart()
	sim.Advance(time.Hour)
	sim.Group("A").ExpectNothing()

	sim.Advance(22 * time.Hour)
	sim.Stop()
	sim.At("09:20")
	sim.Start()
	sim.Advance(time.Minute)
	require.Len(t, sim.Group("A").Sent(), 1, "once, late")
	sim.Stop()
	sim.At("09:31")
	sim.Start()
	sim.Advance(time.Minute)
	sim.Group("A").ExpectNothing()
}

// TestOff sends nothing to a chat in which the plugin is switched off, also later.
func TestOff(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Bot: account}, bottest.Must(schedule.New(nine(schedule.Config{To: []string{"A", "B"}}))))
	require.NoError(t, sim.Bot().Switch(t.Context(), "schedule", sim.Group("A").ID(), false))
	sim.At("09:00")
	sim.Advance(time.Minute)
	require.Len(t, sim.Group("B").Sent(), 1)
	sim.Advance(2 * time.Hour)
	require.NoError(t, sim.Bot().Switch(t.Context(), "schedule", sim.Group("A").ID(), true))
	sim.Advance(time.Hour)
	sim.Group("A").ExpectNothing()
}

// TestFetch makes a morning paper of the answer of a URL.
func TestFetch(t *testing.T) {
	t.Parallel()
	failures := 2
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if failures--; failures >= 0 {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"data":{"id":12345678901234567890,"news":[{"t":"一"},{"t":"二\u0007"}]}}`)
	}))
	defer server.Close()
	c := schedule.Config{To: []string{"A"}, At: []plugin.Clock{{Hour: 9}}, Fetch: schedule.Fetch{
		URL: server.URL, AllowHosts: []string{strings.TrimPrefix(server.URL, "http://")}, Text: "{{date}} {{id}}\n{{news}}",
		Values: map[string]string{"news": "data.news.t", "id": "data.id"},
	}}
	sim := bottest.RunWith(t, bottest.Config{Bot: account}, bottest.Must(schedule.New(c)))
	sim.At("09:00")
	sim.Advance(10 * time.Minute)
	sim.ExpectError("the answer is 503")
	sim.Group("A").ExpectText("2026-01-06 12345678901234567890\n1. 一\n2. 二")
	sim.Group("A").ExpectNothing()
}

// TestFetchIsGuarded reaches no address of this machine that is not allowed.
func TestFetchIsGuarded(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	defer server.Close()
	sim := bottest.RunWith(t, bottest.Config{Bot: account}, bottest.Must(schedule.New(schedule.Config{
		To: []string{"A"}, At: []plugin.Clock{{Hour: 9}}, Late: time.Minute, Fetch: schedule.Fetch{URL: server.URL + "/?key=s3cret"},
	})))
	sim.At("09:00")
	sim.Advance(10 * time.Minute)
	sim.ExpectError("leads to an address")
	sim.Group("A").ExpectNothing()
}

// TestReminders are made, listed and cancelled by those who may, and outlive a restart.
func TestReminders(t *testing.T) {
	t.Parallel()
	c := schedule.Config{Remind: true, Most: 2}
	c.In, c.From = []string{"A"}, []string{"Alice", "Bob"}
	sim := bottest.RunWith(t, bottest.Config{Bot: account, Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(schedule.New(c)))
	}})
	a := sim.Group("A")
	alice, bob := a.As("alice"), a.As("bob")
	alice.Say("提醒我 18:00 开会")
	a.ExpectContains("好的，01-05 18:00 提醒你：开会（第 1 条）")
	alice.Say("提醒我 明天 9点 交 周报")
	a.ExpectContains("（第 2 条）")
	alice.Say("提醒我 半小时后 喝水")
	a.ExpectContains("你已经有 2 条提醒")
	bob.Say("提醒我 半小时后 取快递")
	a.ExpectContains("好的，01-05 10:30 提醒你：取快递（第 1 条）")
	a.As("carol").Say("提醒我 18:00 开会")
	a.ExpectNothing()
	bob.Say("我的提醒")
	a.ExpectContains("1. 01-05 10:30 取快递")
	sim.Restart()
	bob.Say("取消提醒 1")
	a.ExpectContains("已取消：取快递")
	bob.Say("取消提醒 1")
	a.ExpectContains("没有第 1 条提醒")
	sim.At("17:59")
	a.ExpectNothing()
	sim.Restart()
	sim.At("18:00")
	m := a.ExpectContains("提醒：开会")
	assert.Equal(t, []string{"wxid_alice"}, m.At)
	sim.Restart()
	sim.Advance(time.Minute)
	a.ExpectNothing()
	sim.Stop()
	sim.At("09:20")
	sim.Start()
	a.ExpectContains("提醒（本来是 01-06 09:00）：交 周报")
	alice.Say("我的提醒")
	a.ExpectContains("你在这里没有提醒")
	alice.Say("提醒我 2026-01-01 9:00 过去")
	a.ExpectContains("已经过了")
}

// TestRepeatedReminders come again, over restarts and without doubling, until they are cancelled.
func TestRepeatedReminders(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error { // Monday, 10:00
		return b.Install(bottest.Must(schedule.New(schedule.Config{
			Scope: plugin.Scope{In: []string{"private"}}, Remind: true,
			Days: plugin.Days{Holidays: []string{"2026-01-06"}},
		})))
	}})
	a := sim.Person("alice")
	a.Say("每天提醒我 9:00 吃药")
	a.ExpectText("好的，每天提醒，下次 01-06 09:00 提醒你：吃药（第 1 条）")
	a.Say("工作日提醒我 8:50 打卡")
	a.ExpectText("好的，工作日提醒，下次 01-07 08:50 提醒你：打卡（第 2 条）")
	a.Say("每周提醒我 周五 17:00 写周报")
	a.ExpectText("好的，每周提醒，下次 01-09 17:00 提醒你：写周报（第 3 条）")
	a.Say("每月提醒我 1月31日 10:00 交房租")
	a.ExpectText("好的，每月提醒，下次 01-31 10:00 提醒你：交房租（第 4 条）")
	sim.At("09:00")
	a.ExpectText("提醒：吃药")
	sim.Restart()
	a = sim.Person("alice")
	a.Say("我的提醒")
	a.ExpectText("你的提醒：\n2. 工作日 01-07 08:50 打卡\n1. 每天 01-07 09:00 吃药\n3. 每周 01-09 17:00 写周报\n4. 每月 01-31 10:00 交房租")
	sim.Advance(24 * time.Hour)
	a.ExpectText("提醒：打卡")
	a.ExpectText("提醒：吃药")
	a.ExpectNothing()
	a.Say("取消提醒 1")
	a.ExpectText("已取消：吃药")
	a.Say("取消提醒 2")
	a.ExpectText("已取消：打卡")
	sim.Stop()
	sim.Advance(25 * 24 * time.Hour)
	sim.Start()
	a = sim.Person("alice")
	sim.Advance(time.Minute)
	var late []string
	for _, m := range a.Sent() {
		late = append(late, m.Text)
	}
	assert.ElementsMatch(t, []string{"提醒（本来是 01-09 17:00）：写周报", "提醒（本来是 01-31 10:00）：交房租"}, late)
	a.Say("我的提醒")
	a.ExpectText("你的提醒：\n3. 每周 02-06 17:00 写周报\n4. 每月 02-28 10:00 交房租")
	sim.Stop()
	sim.Advance(28 * 24 * time.Hour)
	sim.Start()
	sim.Advance(time.Minute)
	sim.Person("alice").Say("我的提醒")
	sim.Person("alice").ExpectContains("4. 每月 03-31 10:00 交房租")
}

// TestFiles reads the examples of the documentation, and shows mistakes with their fields.
func TestFiles(t *testing.T) {
	t.Parallel()
	r := &plugin.Registry{}
	r.Register(schedule.Definition())
	read := func(text string) (*app.File, error) {
		return app.Reader{Plugins: r}.Parse("bot.yaml", []byte("service: {token: t}\nallow: {everyone: true}\nplugins:\n"+text))
	}
	_, err := read("  schedule: {at: 09:00, days: workdays, to: [同事群], text: 打卡}\n")
	require.NoError(t, err)
	f, err := read(`  schedule:
    - name: paper
      at: ["07:30", "18:00"]
      days: [mon, 周三]
      holidays: [2026-10-01..2026-10-07]
      zone: Asia/Shanghai
      to: [同事群, 家人群]
      gap: 8s-25s
      late: 2h
      fetch:
        url: https://news.example.com/60s
        values: {news: data.news}
        text: "{{date}} {{weekday}}\n{{news}}"
    - {name: reminders, in: [同事群], from: admins, remind: true, most: off}
`)
	require.NoError(t, err)
	require.Len(t, f.Plugins, 2)
	for text, want := range map[string]string{
		"{to: [A], text: x}":                                "schedule.at: it is missing",
		"{at: 9am, to: [A], text: x}":                       `"9am" is not a time of the day`,
		"{at: 09:00, text: x}":                              "schedule.to: it is missing",
		"{at: 09:00, to: [A]}":                              "schedule.text: it is missing",
		"{at: 09:00, to: [A], text: '{{nobody}}'}":          "schedule.text: router: template: nothing fills",
		"{at: 09:00, to: [A], text: x, days: someday}":      "schedule.days[0]",
		"{at: 09:00, to: [A], text: x, zone: Nowhere}":      "schedule.zone",
		"{at: 09:00, to: [A], fetch: {url: 'file:///etc'}}": "schedule.fetch.url",
		"{at: 09:00, to: [A], text: x, cron: '0 9 * * *'}":  "schedule.cron",
		"{remind: true, in: [A], to: [B]}":                  "schedule.remind",
		"{at: 09:00, to: [A], fetch: {text: '{{body}}'}}":   "schedule.fetch.url: it is missing",
	} {
		_, err := read("  schedule: " + text + "\n")
		require.ErrorContains(t, err, want, text)
	}
}
