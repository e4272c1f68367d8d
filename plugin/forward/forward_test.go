package forward_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/forward"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// in is a config that sends files on from A and B to C.
func in(change func(*forward.Config)) forward.Config {
	c := forward.Config{Scope: plugin.Scope{In: []string{"A", "B"}}, To: []string{"C"}}
	if change != nil {
		change(&c)
	}
	return c
}

func run(t *testing.T, c forward.Config) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}}, bottest.Must(forward.New(c)))
}

// TestStory1 is the first story, but for what the service refuses.
func TestStory1(t *testing.T) {
	t.Parallel()
	sim := run(t, in(func(c *forward.Config) {
		c.Ext, c.SameFile.Then = []string{"xlsx", ".XLS"}, "line"
		require.NoError(t, c.Size.UnmarshalText([]byte("10KB-50MB")))
		c.Caption = "来自 {{.GroupName}} · {{.SenderName}} · {{.Time}} · {{.FileName}} ({{.FileSize}})"
	}))
	a, b, to := sim.Group("A"), sim.Group("B"), sim.Group("C")
	sheet := []byte(strings.Repeat("sheet", 12<<10/5+1))
	a.As("alice").Send(simulator.Draft{Kind: simulator.KindFileNotice, File: &simulator.File{Name: "报表.xlsx", Content: sheet}})
	m := a.As("alice").FileWith("报表.xlsx", sheet)
	to.ExpectText("来自 A · Alice · 10:00 · 报表.xlsx (12 KB)")
	to.ExpectFile("报表.xlsx")
	require.NoError(t, sim.Simulator().Again(m.Seq))
	a.As("alice").File("small.xlsx", 9<<10)
	a.As("alice").File("other.pdf", 20<<10)
	to.ExpectNothing()
	b.As("bob").FileWith("again.xlsx", sheet)
	to.ExpectText("B · Bob 又发了 again.xlsx")
	to.ExpectNothing()
	sim.Advance(25 * time.Hour)
	b.As("bob").FileWith("again.xlsx", sheet)
	to.ExpectContains("来自 B · Bob")
	to.ExpectFile("again.xlsx")
	a.ExpectNothing()
	b.ExpectNothing()
}

// TestSameFile gives C a file once that comes in A and then in B, and says why.
func TestSameFile(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.InfoLevel)
	sim := bottest.RunWith(t, bottest.Config{Bot: func(c *bot.Config) { c.Logger = zap.New(core) }}, bottest.Must(forward.New(in(nil))))
	sim.Group("A").As("alice").FileWith("a.pdf", []byte("the same"))
	sim.Group("C").ExpectContains("来自 A")
	sim.Group("C").ExpectFile("a.pdf")
	sim.Group("B").As("bob").FileWith("b.pdf", []byte("the same"))
	sim.Group("C").ExpectNothing()
	assert.Equal(t, 1, logs.FilterMessage("not sent on: the same file as before in A").Len())
}

// TestRevokedWhileHeld sends nothing of a file that was revoked during the hold, and remembers
// nothing of it.
func TestRevokedWhileHeld(t *testing.T) {
	t.Parallel()
	sim := run(t, in(func(c *forward.Config) { c.Hold = 10 * time.Second }))
	a, to := sim.Group("A").As("alice"), sim.Group("C")
	m := a.FileWith("a.pdf", []byte("one"))
	sim.Advance(6 * time.Second)
	a.Revoke(m)
	sim.Advance(time.Minute)
	to.ExpectNothing()
	a.FileWith("a.pdf", []byte("one"))
	sim.Advance(9 * time.Second)
	to.ExpectNothing()
	sim.Advance(time.Second)
	to.ExpectFile("a.pdf")
}

// TestHoldSurvivesARestart sends a file once that was held when the bot ended.
func TestHoldSurvivesARestart(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(forward.New(in(func(c *forward.Config) { c.Hold = time.Minute }))))
	}})
	sim.Group("A").As("alice").File("a.pdf", 100)
	sim.Advance(30 * time.Second)
	sim.Restart()
	sim.Group("C").ExpectNothing()
	sim.Advance(time.Minute)
	sim.Group("C").ExpectText("来自 A · Alice · 10:00")
	sim.Group("C").ExpectFile("a.pdf")
	sim.Advance(time.Hour)
	sim.Group("C").ExpectNothing()
}

// TestGap waits between two targets, and a target that does not exist does not keep the others.
func TestGap(t *testing.T) {
	t.Parallel()
	sim := run(t, in(func(c *forward.Config) {
		c.In, c.To = []string{"A"}, []string{"nowhere", "A", "B", "C"}
		require.NoError(t, c.Gap.UnmarshalText([]byte("10s")))
	}))
	sim.Group("A").As("alice").File("a.pdf", 100)
	sim.Advance(19 * time.Second)
	sim.Group("B").ExpectNothing()
	sim.Advance(time.Second)
	sim.Group("B").ExpectFile("a.pdf")
	sim.Group("C").ExpectNothing()
	sim.Advance(10 * time.Second)
	sim.Group("C").ExpectFile("a.pdf")
	sim.Group("A").ExpectNothing()
	sim.ExpectError("nowhere")
}

// TestConfirm asks a person about some names, and about no others.
func TestConfirm(t *testing.T) {
	t.Parallel()
	guarded := in(func(c *forward.Config) {
		require.NoError(t, c.Confirm.Name.UnmarshalText([]byte("身份证|工资|合同")))
		c.Caption = "off"
	})
	sim := run(t, guarded)
	a, to, erin := sim.Group("A").As("alice"), sim.Group("C"), sim.Person("erin")
	a.File("工资表.xlsx", 100)
	erin.ExpectContains("Alice 在 A 发了“工资表.xlsx”，转发到 C 吗？")
	a.File("菜单.xlsx", 200)
	to.ExpectFile("菜单.xlsx")
	to.ExpectNothing()
	erin.Say("是")
	to.ExpectFile("工资表.xlsx")
	a.File("合同.pdf", 300)
	erin.ExpectContains("合同.pdf")
	erin.Say("否")
	a.File("合同2.pdf", 400)
	erin.ExpectContains("合同2.pdf")
	sim.Advance(3 * time.Hour)
	to.ExpectNothing()
	_, err := forward.New(guarded)
	require.NoError(t, err)
}

// TestCooldown has files wait for their turn, longer at night, also over a restart; each arrives
// once, and in order.
func TestCooldown(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 8*60*60)
	sim := bottest.RunWith(t, bottest.Config{
		Durable: true, Owners: []string{"erin"}, Zone: zone, Begins: time.Date(2026, 1, 5, 21, 59, 0, 0, zone),
		Setup: func(b *bot.Bot) error {
			return b.Install(bottest.Must(forward.New(in(func(c *forward.Config) {
				c.Caption, c.Cooldown = "off", forward.Cooldown{For: time.Minute, Night: 9 * time.Hour}
			}))))
		},
	})
	to := sim.Group("C")
	for _, name := range []string{"1.pdf", "2.pdf", "3.pdf"} {
		sim.Group("A").As("alice").File(name, 100)
		sim.Idle()
	}
	to.ExpectFile("1.pdf")
	sim.Advance(59 * time.Second)
	to.ExpectNothing()
	sim.Advance(time.Second)
	to.ExpectFile("2.pdf")
	sim.Advance(8 * time.Hour)
	sim.Restart()
	to.ExpectNothing()
	sim.Advance(time.Hour)
	to.ExpectFile("3.pdf")
}

// TestLongCooldown tells people, once, when files would wait for more than a day.
func TestLongCooldown(t *testing.T) {
	t.Parallel()
	sim := run(t, in(func(c *forward.Config) { c.Caption, c.Cooldown.For = "off", 9*time.Hour }))
	for _, name := range []string{"1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf"} {
		sim.Group("B").As("bob").File(name, 100)
		sim.Idle()
	}
	sim.Person("erin").ExpectContains("cooldown")
	sim.Person("erin").ExpectNothing()
	to := sim.Group("C")
	to.ExpectFile("1.pdf")
	sim.Advance(9 * time.Hour)
	to.ExpectFile("2.pdf")
	sim.Advance(9 * time.Hour)
	to.ExpectFile("3.pdf")
	sim.Advance(9 * time.Hour)
	to.ExpectNothing()
}

// TestConfirmNeedsAPerson fails at the start, and not at the first file.
func TestConfirmNeedsAPerson(t *testing.T) {
	t.Parallel()
	b, err := bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()})
	require.NoError(t, err)
	defer b.Close()
	require.ErrorContains(t, b.Install(bottest.Must(forward.New(in(func(c *forward.Config) {
		require.NoError(t, c.Confirm.Name.UnmarshalText([]byte("工资")))
	})))), "confirm.by")
}

// TestRefused downloads a file whose forward is refused, and sends that once.
func TestRefused(t *testing.T) {
	t.Parallel()
	sim := run(t, in(nil))
	sim.Break(simulator.Fault{Endpoint: "/message/forwardFile", Kind: simulator.FaultRefuse, Count: math.MaxInt})
	sim.Break(simulator.Fault{Endpoint: "/message/forwardImage", Kind: simulator.FaultRefuse, Count: math.MaxInt})
	sim.Group("A").As("alice").FileWith("a.pdf", []byte("%PDF-1.7 the file"))
	sim.Group("C").ExpectContains("来自 A · Alice")
	got := sim.Group("C").ExpectFile("a.pdf")
	assert.Equal(t, "/message/postFile", got.Endpoint)
	sim.Group("C").ExpectNothing()
	sim.Person("erin").ExpectNothing()
}

// TestRefusedForGood tells the people in charge when neither way works; each is tried once.
func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	sim := run(t, in(func(c *forward.Config) { c.Caption = "off" }))
	sim.Refuse(sim.Group("C"))
	sim.Group("A").As("alice").FileWith("a.pdf", []byte("one"))
	sim.Person("erin").ExpectText("A → C（Alice，a.pdf）：没有转发成功。")
	sim.ExpectError("refused on order")
	tried := map[string]int{}
	for _, c := range sim.Simulator().Calls() {
		tried[c.Endpoint]++
	}
	assert.Equal(t, []int{1, 1}, []int{tried["/message/forwardFile"], tried["/message/postFile"]})
	sim.Mend()
	sim.Group("B").As("bob").FileWith("a.pdf", []byte("one"))
	sim.Group("C").ExpectFile("a.pdf")
}

// TestUnknown never sends a second time, and tells the people in charge.
func TestUnknown(t *testing.T) {
	t.Parallel()
	sim := run(t, in(func(c *forward.Config) { c.Caption = "off" }))
	sim.LoseAnswers(sim.Group("C"))
	sim.Group("A").As("alice").File("a.pdf", 100)
	sim.Group("C").ExpectFile("a.pdf")
	sim.Person("erin").ExpectText("A → C（Alice，a.pdf）：可能已经转发，也可能没有：不会自动重发，请看一下群里。")
	sim.Mend()
	sim.Advance(24 * time.Hour)
	sim.Group("C").ExpectNothing()
	sim.ExpectError("may have been sent")
}

// TestOthersGetItToo leaves the message to later plugins, and takes nothing from outside of its
// scope, of its own or from the phone.
func TestOthersGetItToo(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{}, bottest.Must(forward.New(in(func(c *forward.Config) {
		c.Types, c.Caption, c.NotFrom = []string{"text", "image", "link"}, "off", []string{"Bob"}
		require.NoError(t, c.Match.UnmarshalText([]byte("招标|notice")))
		require.NoError(t, c.Skip.UnmarshalText([]byte("废标")))
	}))), listener{})
	a, to := sim.Group("A"), sim.Group("C")
	a.As("alice").Say("招标公告")
	to.ExpectText("招标公告")
	a.ExpectText("heard") // by the next plugin
	a.As("alice").Say("废标：招标")
	a.As("bob").Say("招标 2")
	a.As("alice").Say("午饭")
	a.Phone().Say("招标 3")
	to.As("carol").Say("招标 4")
	sim.Idle()
	a.As("alice").Link("notice 5", "https://example.com/5")
	to.ExpectText("heard") // carol's message, by the next plugin
	to.Expect("the link", func(m simulator.Message) bool { return m.Kind == simulator.KindLink })
	to.ExpectNothing()
}

type listener struct{}

func (listener) Name() string { return "listener" }
func (listener) Close() error { return nil }
func (listener) Setup(h *bot.Handle) error {
	h.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply("heard") })
	return nil
}

// TestExamples reads both examples of the manual.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, text := range []string{forward.Definition().Example, `forward:
  - name: sheets
    in: [资料A群, 资料B群]
    not_from: [wxid_demo_intern]
    types: [file]
    ext: [xlsx, xls]
    size: 10KB-50MB
    to: [资料总群]
    caption: "来自 {{.GroupName}} · {{.SenderName}} · {{.Time}}"
    hold: 10s
    gap: 2s-5s
    same_file: {within: 24h, then: skip}
    confirm: {name: "身份证|工资|合同", by: owners, within: 2h}
`} {
		file, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+strings.ReplaceAll(text, "\n", "\n  ")))
		require.NoError(t, err)
		require.Len(t, file.Plugins, 1)
	}
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*forward.Config){
		"cooldown.hours": func(c *forward.Config) { c.Cooldown.Hours.Zone, c.Cooldown.Hours.To = "Nowhere/Land", time.Hour },
		"in":             func(c *forward.Config) { c.In = nil },
		"to":             func(c *forward.Config) { c.To = nil },
		"types[0]":       func(c *forward.Config) { c.Types = []string{"voice"} },
		"caption":        func(c *forward.Config) { c.Caption = "{{.Nobody}}" },
		"ext":            func(c *forward.Config) { c.Ext = []string{} },
		"same_file.then": func(c *forward.Config) { c.SameFile.Then = "weep" },
		"same_file.line": func(c *forward.Config) { c.SameFile.Line = "{{" },
	} {
		_, err := forward.New(in(change))
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, want)
		assert.Equal(t, want, wrong.Field)
	}
	var s forward.Sizes
	for _, wrong := range []string{"", "10KB", "2MB-1MB", "x-1MB", "-"} {
		require.Error(t, s.UnmarshalText([]byte(wrong)), wrong)
	}
	require.NoError(t, s.UnmarshalText([]byte("-5MB")))
	assert.Equal(t, forward.Sizes{Most: 5 << 20}, s)
	require.Error(t, new(forward.Pattern).UnmarshalText([]byte("")))
}
