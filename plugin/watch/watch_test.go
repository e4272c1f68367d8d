package watch_test

import (
	"fmt"
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
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/watch"
	"github.com/hongyan-go/hongyan/simulator"
)

func all(c watch.Config) watch.Config {
	c.In = []string{"all"}
	if len(c.Words) == 0 {
		c.Words = []string{"招标"}
	}
	return c
}

func run(t *testing.T, c watch.Config) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}, Bot: func(b *bot.Config) { b.KeepSelf = true }},
		bottest.Must(watch.New(all(c))))
}

// TestNote has the group, the sender, the time, the text and what was said before.
func TestNote(t *testing.T) {
	t.Parallel()
	sim := run(t, watch.Config{Before: 2, Words: []string{"招标", "采购 .*(服务器|交换机)"}, NotWords: []string{"培训班"}})
	a := sim.Group("A")
	for _, text := range []string{"一", "二", "三"} {
		a.As("bob").Say(text)
	}
	a.As("alice").Say("今天招标")
	a.As("alice").Say("招标培训班")
	a.As("alice").Say("采购 两台打印机")
	sim.Advance(20 * time.Second)
	erin := sim.Person("erin")
	erin.ExpectText("【A】Alice 10:00\n> Bob：二\n> Bob：三\n今天招标")
	sim.Group("B").As("bob").Say("采购 两台交换机")
	sim.Advance(20 * time.Second)
	erin.ExpectText("【B】Bob 10:00\n采购 两台交换机")
	erin.ExpectNothing()
	a.ExpectNothing()
}

// TestMedia: the name of a file counts, the file itself follows the note, and all are in the table.
func TestMedia(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	sim := bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}, Bot: func(b *bot.Config) { b.Data = data }},
		bottest.Must(watch.New(all(watch.Config{Media: true, CSV: "lists/tenders.csv"}))))
	sim.Group("A").As("alice").File("招标公告.xlsx", 12<<10)
	sim.Advance(time.Minute)
	erin := sim.Person("erin")
	erin.ExpectText("【A】Alice 10:00\n招标公告.xlsx")
	erin.Expect("the file", func(m simulator.Message) bool { return m.Kind == simulator.KindFile })
	sim.Group("A").As("bob").Say("=招标") // kept back by the cooldown
	sim.Group("A").As("bob").Say("午饭")
	sim.Advance(time.Minute)
	erin.ExpectNothing()
	text, err := os.ReadFile(filepath.Join(data, "lists", "tenders.csv"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	require.Len(t, lines, 4)
	assert.Contains(t, lines[0], "time,group,sender,text")
	assert.Contains(t, lines[1], "A,Alice,招标公告.xlsx")
	assert.Contains(t, lines[2], "A,Bob,'=招标")
}

// TestOwnNotes do not trigger, nor does what is said to those who get them, or typed on the phone.
func TestOwnNotes(t *testing.T) {
	t.Parallel()
	sim := run(t, watch.Config{To: []string{"B"}})
	sim.Group("A").As("alice").Say("招标")
	sim.Advance(time.Minute)
	sim.Group("B").ExpectContains("招标")
	sim.Group("B").As("alice").Say("这个招标谁去？")
	sim.Group("A").Phone().Say("招标我们不做")
	sim.Advance(time.Hour)
	sim.Group("B").ExpectNothing()
}

// TestSameText makes one note of an advertisement in 30 groups.
func TestSameText(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	for i := range 30 {
		g := world.Groups[0]
		g.ID, g.Name = fmt.Sprintf("4000000%04d@chatroom", i), fmt.Sprintf("群%d", i)
		world.Groups = append(world.Groups, g)
	}
	c := all(watch.Config{})
	sim := bottest.RunWith(t, bottest.Config{World: world, Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(watch.New(c)))
	}})
	for i := range 30 {
		sim.Group(fmt.Sprintf("群%d", i)).As("alice").Say("招标！加我")
		if i == 10 {
			sim.Restart()
		}
	}
	sim.Advance(time.Minute)
	m := sim.Person("erin").ExpectContains("招标！加我")
	for i := range 30 {
		assert.Contains(t, m.Text, fmt.Sprintf("群%d", i))
	}
	sim.Advance(23 * time.Hour)
	sim.Group("A").As("alice").Say("招标！加我")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectNothing()
	sim.Advance(2 * time.Hour)
	sim.Group("A").As("alice").Say("招标！加我")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectContains("招标！加我")
}

// TestStory26: of 200 groups with texts of their own, each is told of once in ten minutes.
func TestStory26(t *testing.T) {
	t.Parallel()
	const n = 200
	world := simulator.DefaultWorld()
	for i := range n {
		world.Groups = append(world.Groups, simulator.Group{
			ID: fmt.Sprintf("4000000%04d@chatroom", i), Name: fmt.Sprintf("群%d", i), Members: world.Groups[0].Members,
		})
	}
	sim := bottest.RunWith(t, bottest.Config{World: world, Owners: []string{"erin"}},
		bottest.Must(watch.New(all(watch.Config{Wait: time.Second, Summary: watch.Summary{Over: -1}}))))
	say := func(text string) (notes []simulator.Message) {
		for i := range n {
			sim.Group(fmt.Sprintf("群%d", i)).As("alice").Say(fmt.Sprintf("%s %d", text, i))
		}
		sim.Advance(2 * time.Second)
		return sim.Person("erin").Sent()
	}
	notes := say("医院招标")
	require.Len(t, notes, n)
	told := map[string]bool{}
	for _, m := range notes {
		told[m.Text] = true
	}
	for i := range n {
		assert.True(t, told[fmt.Sprintf("【群%d】Alice 10:00\n医院招标 %d", i, i)], i)
	}
	assert.Empty(t, say("又招标"))
	sim.Advance(10 * time.Minute)
	assert.Len(t, say("还招标"), n)
	for i := range n {
		sim.Group(fmt.Sprintf("群%d", i)).ExpectNothing()
	}
}

// TestCooldown tells how many there were since the last note.
func TestCooldown(t *testing.T) {
	t.Parallel()
	sim := run(t, watch.Config{})
	for i := range 3 {
		sim.Group("A").As("alice").Say(fmt.Sprintf("招标 %d", i))
		sim.Advance(90 * time.Second)
	}
	sim.Person("erin").ExpectText("【A】Alice 10:00\n招标 0")
	sim.Person("erin").ExpectNothing()
	sim.Advance(10 * time.Minute)
	sim.Group("A").As("alice").Say("招标 3")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectText("【A】Alice 10:14\n招标 3\n（此前另有 2 条）")
}

// TestSummary collects what is too much.
func TestSummary(t *testing.T) {
	t.Parallel()
	sim := run(t, watch.Config{
		Cooldown: watch.Cooldown{Time: time.Second}, Summary: watch.Summary{Over: 2, Every: time.Hour}, Urgent: []string{"截止"},
	})
	for i := range 5 {
		sim.Group("A").As("alice").Say(fmt.Sprintf("招标 %d", i))
		sim.Advance(time.Minute)
	}
	sim.Group("A").As("alice").Say("招标截止")
	sim.Advance(time.Minute)
	erin := sim.Person("erin")
	erin.ExpectContains("招标 0")
	erin.ExpectContains("招标 1")
	erin.ExpectContains("招标截止")
	erin.ExpectNothing()
	sim.Advance(time.Hour)
	erin.ExpectText("关键词提醒较多，另有 3 条：\n1. 【A】Alice：招标 2\n2. 【A】Alice：招标 3\n3. 【A】Alice：招标 4")
	sim.Advance(3 * time.Hour)
	erin.ExpectNothing()
}

// TestHours makes notes only of what is said in them; the lines before a note go on.
func TestHours(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
	c := all(watch.Config{Before: 1, Hours: outbox.Window{From: 9 * time.Hour, To: 18 * time.Hour}})
	sim := bottest.RunWith(t, bottest.Config{
		Owners: []string{"erin"}, Zone: zone, Begins: time.Date(2026, 1, 5, 8, 59, 0, 0, zone),
	}, bottest.Must(watch.New(c)))
	sim.Group("A").As("alice").Say("招标 早")
	sim.Advance(30 * time.Second)
	sim.Person("erin").ExpectNothing()
	sim.At("09:00")
	sim.Group("A").As("alice").Say("招标 到点")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectText("【A】Alice 09:00\n> Alice：招标 早\n招标 到点")
	sim.At("18:00")
	sim.Group("A").As("alice").Say("招标 晚")
	sim.Advance(time.Hour)
	sim.Person("erin").ExpectNothing()
	c.Hours.Zone = "Nowhere"
	_, err := watch.New(c)
	require.ErrorContains(t, err, "hours: ")
}

// TestQuietHours hold what is not urgent.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}, Bot: func(b *bot.Config) {
		pace := outbox.Unlimited()
		pace.Quiet = outbox.Window{From: 22 * time.Hour, To: 8 * time.Hour, Zone: "UTC"}
		b.Pace = &pace
	}, Zone: time.UTC}, bottest.Must(watch.New(all(watch.Config{Urgent: []string{"今晚"}}))))
	sim.At("23:00")
	sim.Group("A").As("alice").Say("招标 明天")
	sim.Group("B").As("alice").Say("招标 今晚")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectContains("今晚")
	sim.Person("erin").ExpectNothing()
	sim.At("08:01")
	sim.Person("erin").ExpectContains("明天")
}

// TestPeople watches what somebody says, whatever it is.
func TestPeople(t *testing.T) {
	t.Parallel()
	c := watch.Config{}
	c.In, c.From = []string{"A"}, []string{"Bob"}
	sim := bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}, Bot: func(b *bot.Config) {
		b.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}}
	}}, bottest.Must(watch.New(c)))
	sim.Group("A").As("bob").Say("大家好")
	sim.Group("A").As("alice").Say("你好")
	sim.Group("B").As("bob").Say("在吗")
	sim.Advance(time.Minute)
	require.Len(t, sim.Person("erin").Sent(), 1)
}

// TestFiles reads the examples of the documentation, and shows mistakes with their fields.
func TestFiles(t *testing.T) {
	t.Parallel()
	r := &plugin.Registry{}
	r.Register(watch.Definition())
	read := func(text string) error {
		_, err := app.Reader{Plugins: r}.Parse("bot.yaml", []byte("service: {token: t}\nallow: {everyone: true}\nplugins:\n"+text))
		return err
	}
	require.NoError(t, read("  watch: {in: all, words: [招标, 采购]}\n"))
	require.NoError(t, read(`  watch:
    - name: tender
      in: all
      not_in: [家人群]
      words: [招标, "采购 .*(服务器|交换机)"]
      not_words: [培训班]
      not_from: [wxid_demo_spammer]
      to: [wxid_demo_boss, 销售群]
      before: 2
      cooldown: {time: 10m, per: group}
      same_text: 24h
      summary: {over: 5, every: 1h}
`))
	for text, want := range map[string]string{
		"{words: [a]}":                         "watch.in: it is missing",
		"{in: all}":                            "watch.words: it is empty",
		"{in: all, words: ['']}":               "watch.words[0]: it is empty",
		"{in: all, words: ['.*']}":             "watch.words[0]: \".*\" matches everything",
		"{in: all, words: [a, 'C++(']}":        "watch.words[1]",
		"{in: all, words: [a], urgent: ['(']}": "watch.urgent[0]",
	} {
		require.ErrorContains(t, read("  watch: "+text+"\n"), want, text)
	}
}
