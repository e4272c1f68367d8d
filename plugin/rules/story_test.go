package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// written reads the rules of a file.
func written(t *testing.T, text string) []rules.Rule {
	t.Helper()
	file, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nowners: [wxid_carol]\nrules:\n"+text))
	require.NoError(t, err)
	return file.Rules
}

// play runs a bot with the rules of a file, whose person in charge is carol.
func play(t *testing.T, text string) *bottest.Sim {
	t.Helper()
	list := written(t, text)
	return bottest.RunWith(t, bottest.Config{
		Owners: []string{"carol"}, Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(rules.New(list))) },
		Durable: strings.Contains(text, "append") || strings.Contains(text, "restart") || strings.Contains(text, "download"),
	})
}

// TestForwardOfFiles is story 1, with two sources and the same file in both.
func TestForwardOfFiles(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - name: sheets
    on: file
    in: [A, B]
    ext: xlsx
    min_size: 10KB
    forward:
      to: [C]
      caption: "来自 {{.GroupName}} · {{.SenderName}} · {{.Time}} · {{.FileName}} ({{.FileSize}})"
      dedupe: {by: md5, for: 24h, then: line}
`)
	a, b, c := sim.Group("A").As("alice"), sim.Group("B").As("bob"), sim.Group("C")
	data := []byte(strings.Repeat("x", 12<<10))
	a.FileNotice("另一个.xlsx", 12<<10)
	sim.Break(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDuplicate})
	a.FileWith("报表.xlsx", data)
	c.ExpectText("来自 A · Alice · 10:00 · 报表.xlsx (12 KB)")
	c.ExpectFile("报表.xlsx")
	sim.Mend()
	a.File("small.xlsx", 9<<10)
	a.File("large.pdf", 20<<10)
	c.ExpectNothing()

	b.FileWith("报表.xlsx", data)
	c.ExpectText("Bob 在 B 又发了同样的内容：[file] 报表.xlsx")
	c.ExpectNothing()
	sim.Advance(24 * time.Hour)
	b.FileWith("报表.xlsx", data)
	c.ExpectContains("来自 B")
	c.ExpectFile("报表.xlsx")
}

// TestARefusedForward is the rest of story 1: the service refuses once, and the file is sent as a
// new one; what is refused in the end may be forwarded again.
func TestARefusedForward(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - {name: sheets, on: [file, image], in: [A], forward: {to: [C], dedupe: md5, on_refused: download}}
  - {name: plain, on: file, in: [B], forward: {to: [C], dedupe: md5}}
`)
	a, c := sim.Group("A").As("alice"), sim.Group("C")
	sim.Break(simulator.Fault{Endpoint: "/message/forwardFile", Kind: simulator.FaultRefuse})
	data := []byte(strings.Repeat("x", 12<<10))
	a.FileWith("报表.xlsx", data)
	assert.Equal(t, simulator.KindFile, c.Expect("a file", func(m simulator.Message) bool { return m.Kind == simulator.KindFile }).Kind)
	c.ExpectNothing()
	sim.Mend()
	a.FileWith("报表.xlsx", data)
	c.ExpectNothing()

	sim.Break(simulator.Fault{Endpoint: "/message/forwardFile", Kind: simulator.FaultRefuse})
	b := sim.Group("B").As("bob")
	b.File("two.xlsx", 100)
	c.ExpectNothing()
	sim.ExpectError("refused")
	sim.Mend()
	b.File("two.xlsx", 100)
	c.ExpectFile("two.xlsx")
}

// TestAHeldForward stops a forward by a revoke, and keeps it over a restart.
func TestAHeldForward(t *testing.T) {
	t.Parallel()
	sim := play(t, "  - {name: restart, on: file, in: [A], forward: {to: [B, C], hold: 10s, gap: 2s-5s}}\n")
	a, b, c := sim.Group("A").As("alice"), sim.Group("B"), sim.Group("C")
	gone := a.File("one.xlsx", 100)
	sim.Advance(6 * time.Second)
	a.Revoke(gone)
	sim.Advance(time.Minute)
	b.ExpectNothing()
	c.ExpectNothing()

	a.File("two.xlsx", 100)
	sim.Advance(9 * time.Second)
	b.ExpectNothing()
	sim.Restart()
	sim.Advance(time.Second)
	b.ExpectFile("two.xlsx")
	c.ExpectNothing()
	sim.Advance(5 * time.Second)
	c.ExpectFile("two.xlsx")
}

// TestASensitiveFile is story 25: the owner is asked, and the file goes on when they agree.
func TestASensitiveFile(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - {name: sheets, on: file, in: [A], forward: {to: [C], confirm: {name: "身份证|工资", by: owner, within: 2h}}}
`)
	a, c, boss := sim.Group("A").As("alice"), sim.Group("C"), sim.Person("carol")
	a.File("清单.xlsx", 100)
	c.ExpectFile("清单.xlsx")
	a.File("工资表.xlsx", 100)
	c.ExpectNothing()
	boss.ExpectContains("转发 [file] 工资表.xlsx（来自 Alice）吗？")
	boss.Say("是")
	c.ExpectFile("工资表.xlsx")

	a.File("工资2.xlsx", 100)
	boss.ExpectContains("工资2.xlsx")
	boss.Say("否")
	sim.Advance(3 * time.Hour)
	c.ExpectNothing()
}

// TestFAQ is story 2: order, stop and continue, scope, and a cool-down for each person.
func TestFAQ(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - {name: count, event: [text, image], in: groups, not_in: [B], tell: owners, if: 'text contains "价格" && !at_me', continue: true}
  - {name: hours, on: text, in: [A, private], keyword: [营业时间, 几点开门], cooldown: {per: sender, for: 30s}, reply: "9:00-18:00"}
  - {name: order, on: text, regexp: '^查单\s*(?P<id>\d+)$', reply: [{text: "{{id}} 查询中", quote: true}]}
  - {name: price, on: text, not_from: [dave], starts: [价格, 多少钱], not: [别], reply: {text: "见价目表", mention: true}, stop: true}
`)
	alice, bob := sim.Group("A").As("alice"), sim.Group("A").As("bob")
	alice.Say("你们几点开门")
	sim.Group("A").ExpectText("9:00-18:00")
	alice.Say("几点开门呀")
	sim.Group("A").ExpectNothing()
	bob.Say("几点开门")
	sim.Group("A").ExpectText("9:00-18:00")
	sim.Advance(30 * time.Second)
	alice.Say("几点开门")
	sim.Group("A").ExpectText("9:00-18:00")
	sim.Group("B").As("bob").Say("几点开门")
	sim.Group("B").ExpectNothing()

	alice.Say("价格多少")
	sim.Group("A").ExpectText("@Alice\u2005见价目表")
	sim.Person("carol").ExpectText("A · Alice\n> 价格多少")
	alice.Say("价格别提")
	sim.Group("A").ExpectNothing()
	sim.Person("carol").ExpectContains("价格别提")
	sim.Group("B").As("bob").Say("价格")
	sim.Group("B").ExpectText("@Bob\u2005见价目表")
	sim.Person("carol").ExpectNothing()
	sim.Person("dave").Say("价格")
	sim.Person("dave").ExpectNothing()
	sim.Person("alice").Say("查单 7")
	sim.Person("alice").Expect("a quote", func(m simulator.Message) bool { return m.Kind != simulator.KindText })
}

// TestPrice is the acceptance of a rule with everything that a shop wants: a cool-down for the
// chat, a delay, hours.
func TestPrice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "price.png")
	require.NoError(t, os.WriteFile(path, []byte("\x89PNG\r\n\x1a\n"), 0o600))
	list := written(t, fmt.Sprintf(`
  - name: price
    on: text
    in: [A]
    keyword: [价格, 多少钱]
    at_me: false
    cooldown: 30s
    delay: 1s-3s
    hours: 08:00-22:00
    reply: [{image: %q}, "{{.SenderName}}，价目表在上面"]
`, path))
	core, logs := observer.New(zap.DebugLevel)
	sim := bottest.RunWith(t, bottest.Config{
		Bot:   func(c *bot.Config) { c.Logger = zap.New(core) },
		Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(rules.New(list))) },
	})
	a := sim.Group("A")
	a.As("alice").Say("价格？")
	a.ExpectNothing()
	sim.Advance(3 * time.Second)
	a.ExpectImage()
	a.ExpectText("Alice，价目表在上面")
	a.As("bob").Say("多少钱")
	sim.Advance(3 * time.Second)
	a.ExpectNothing()
	dropped := logs.FilterMessage("event dropped").FilterField(zap.String("reason", router.DroppedCooldown)).All()
	require.Len(t, dropped, 1, "the log says why there was no second answer")
	assert.Contains(t, dropped[0].ContextMap(), "event")

	gone := sim.Group("A")
	sim.Advance(time.Minute)
	m := gone.As("bob").Say("多少钱")
	gone.As("bob").Revoke(m)
	sim.Advance(time.Minute)
	a.ExpectNothing()
}

// TestHours answers in a part of the day, by the clock of China.
func TestHours(t *testing.T) {
	t.Parallel()
	list := written(t, "  - {name: a, on: text, hours: 08:00-22:00, reply: open}\n  - {name: b, on: text, reply: closed}\n")
	zone := time.FixedZone("china", 8*60*60)
	sim := bottest.RunWith(t, bottest.Config{
		Zone: zone, Begins: time.Date(2026, 1, 5, 21, 59, 0, 0, zone),
		Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(rules.New(list))) },
	})
	alice := sim.Person("alice")
	alice.Say("1")
	alice.ExpectText("open")
	sim.Advance(time.Minute)
	alice.Say("2")
	alice.ExpectText("closed")
}

// TestKeywordWatch is story 26: a note to the owner, one for each group in ten minutes, and the
// rules after it see the message.
func TestKeywordWatch(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - {name: tenders, on: text, in: groups, keyword: [招标], cooldown: {per: chat, for: 10m}, tell: owners, continue: true}
  - {name: thanks, on: text, reply: thanks}
`)
	boss := sim.Person("carol")
	sim.Group("A").As("alice").Say("明天招标")
	boss.ExpectText("A · Alice\n> 明天招标")
	sim.Group("A").ExpectText("thanks")
	sim.Group("A").As("bob").Say("招标？")
	sim.Group("A").ExpectText("thanks")
	sim.Group("B").As("bob").Say("招标！")
	boss.ExpectText("B · Bob\n> 招标！")
	boss.ExpectNothing()
	sim.Advance(10 * time.Minute)
	sim.Group("A").As("bob").Say("招标。")
	boss.ExpectText("A · Bob\n> 招标。")
}

// TestTables is stories 14 and 22: lines in a table, once each, that no spreadsheet takes for
// formulas.
func TestTables(t *testing.T) {
	t.Parallel()
	dir := ""
	list := written(t, `
  - {name: orders, on: text, in: [A], starts: [=, 订], continue: true,
     append: {csv: tables/orders.csv, row: ["{{.SenderName}}", "{{.Text}}"]}}
  - {name: articles, on: link, in: [A], append: {jsonl: links.jsonl}}
  - {name: log, on: [text, system], append: {csv: log.csv}}
`)
	sim := bottest.RunWith(t, bottest.Config{
		Durable: true, Bot: func(c *bot.Config) { dir, c.Zone = c.Data, time.FixedZone("", 3*60*60) },
		Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(rules.New(list))) },
	})
	a := sim.Group("A").As("alice")
	a.Say("=1+1")
	a.Say("订, 两份")
	a.Link("Tides", "https://example.com/a")
	sim.Group("A").Rename("New")
	sim.Idle()
	text, err := os.ReadFile(filepath.Join(dir, "tables/orders.csv"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Len(t, lines, 2)
	assert.True(t, strings.HasPrefix(lines[0], "Alice,'=1+1,"), lines[0])
	assert.True(t, strings.HasPrefix(lines[1], `Alice,"订, 两份",`), lines[1])
	text, err = os.ReadFile(filepath.Join(dir, "links.jsonl"))
	require.NoError(t, err)
	assert.Contains(t, string(text), `"title":"Tides"`)
	assert.Contains(t, string(text), `+03:00"`, "times are in the zone of the bot")
	text, err = os.ReadFile(filepath.Join(dir, "log.csv"))
	require.NoError(t, err)
	assert.Equal(t, 3, strings.Count(string(text), "\n"))
	assert.Equal(t, 3, strings.Count(string(text), "+03:00,"))
}

// TestExplainKnowsCooldown: a rule of several kinds rests for all of them, and Explain says so.
func TestExplainKnowsCooldown(t *testing.T) {
	t.Parallel()
	list := written(t, "  - {name: a, on: [text, image], cooldown: {per: sender, for: 1h}, reply: once}\n")
	var made *bot.Bot
	heard := make(chan *callback.Event, 9)
	sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
		made = b
		b.Observe(func(c *router.Context) error { heard <- c.Event; return nil })
		return b.Install(bottest.Must(rules.New(list)))
	}})
	alice := sim.Person("alice")
	alice.Say("1")
	alice.ExpectText("once")
	alice.Say("2")
	alice.ExpectNothing()
	<-heard
	x := made.Explain(<-heard)
	require.Len(t, x.Routes, 3) // and that which observes
	assert.True(t, slices.ContainsFunc(x.Routes, func(v router.Verdict) bool {
		return v.Kind == xmlmsg.KindText && !v.Handles && strings.Contains(v.Reason, "cooldown runs until")
	}), "%v", x)
	alice.Image()
	alice.ExpectNothing()
	sim.Advance(time.Hour)
	alice.Image()
	alice.ExpectText("once")
}
