package guard_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"rsc.io/qr"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/guard"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a bot of erin with the plugin in the group A, of which the account is an administrator
// or not.
func run(t *testing.T, c guard.Config, admin bool) *bottest.Sim {
	t.Helper()
	c.In = []string{"A"}
	return bottest.RunWith(t, bottest.Config{Durable: true, World: world(admin), Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(guard.New(c)))
	}})
}

// world has the account as an administrator of the group A, or not.
func world(admin bool) *simulator.World {
	w := simulator.DefaultWorld()
	i := slices.IndexFunc(w.Groups, func(g simulator.Group) bool { return g.Name == "A" })
	w.Groups[i].Admins = nil
	if admin {
		w.Groups[i].Admins = []string{w.Accounts[0].Wxid}
	}
	return w
}

func removed(sim *bottest.Sim) (n int) {
	for _, c := range sim.Simulator().Calls() {
		if c.Endpoint == "/group/removeMember" {
			n++
		}
	}
	return n
}

func ladder() guard.Config {
	return guard.Config{Words: []string{"加微信返利"}, Then: []string{"warn", "notify", "remove"}, Warn: "{{.Mention}}请勿发广告（{{.Strike}}/3）"}
}

// TestStory4 warns twice, and removes at the third hit in ten minutes if the account may.
func TestStory4(t *testing.T) {
	t.Parallel()
	for _, admin := range []bool{true, false} {
		sim := run(t, ladder(), admin)
		bob := sim.Group("A").As("bob")
		bob.Say("大家好")
		sim.Group("A").ExpectNothing()
		bob.Say("加 微 信 返\u200b利 了")
		m := sim.Group("A").ExpectText("@Bob\u2005请勿发广告（1/3）")
		assert.Equal(t, []string{"wxid_bob"}, m.At)
		bob.Say("加微信返利")
		sim.Group("A").ExpectText("@Bob\u2005请勿发广告（2/3）")
		sim.Restart()
		third := sim.Group("A").As("bob").Say("快来加微信返利")
		sim.Advance(20 * time.Second)
		sim.Group("A").ExpectNothing()
		told := sim.Person("erin").ExpectContains("Bob（wxid_bob）第 3 次违规：屏蔽词\n消息 " + strconv.FormatUint(third.NewMsgID, 10))
		assert.Contains(t, told.Text, "“快来加微信返利”")
		if admin {
			assert.Contains(t, told.Text, "已移出群")
			assert.Equal(t, 1, removed(sim))
		} else {
			assert.Contains(t, told.Text, "本账号不是群主或管理员")
			assert.Zero(t, removed(sim))
		}
	}
}

// TestStrikesEnd counts hits for ten minutes only.
func TestStrikesEnd(t *testing.T) {
	t.Parallel()
	sim := run(t, ladder(), true)
	for range 4 {
		sim.Group("A").As("bob").Say("加微信返利")
		sim.Group("A").ExpectText("@Bob\u2005请勿发广告（1/3）")
		sim.Advance(11 * time.Minute)
	}
	assert.Zero(t, removed(sim))
}

// TestRevoked makes a warning of a removal when the message was revoked before.
func TestRevoked(t *testing.T) {
	t.Parallel()
	c := ladder()
	c.Strikes.Count = 1
	sim := run(t, c, true)
	m := sim.Group("A").As("bob").Say("加微信返利")
	sim.Advance(2 * time.Second)
	sim.Group("A").As("bob").Revoke(m)
	sim.Advance(time.Minute)
	sim.Group("A").ExpectText("@Bob\u2005请勿发广告（1/3）")
	assert.Zero(t, removed(sim))
}

// TestLog has a line for each action with the id of the message, and nothing of what it says; a dry
// run has the same lines, and does nothing else.
func TestLog(t *testing.T) {
	t.Parallel()
	for dry, last := range map[plugin.Rehearsal]string{0: "已移出群", plugin.Always: "试运行：本来会移出"} {
		c := ladder()
		c.In, c.DryRun = []string{"A"}, dry
		core, logs := observer.New(zap.DebugLevel)
		sim := bottest.RunWith(t, bottest.Config{
			World: world(true), Owners: []string{"erin"}, Bot: func(c *bot.Config) { c.Logger = zap.New(core) },
		}, bottest.Must(guard.New(c)))
		var want []string
		for _, action := range []string{"警告", "警告", last} {
			m := sim.Group("A").As("bob").Say("加微信返利")
			sim.Advance(time.Minute)
			want = append(want, strconv.FormatUint(m.NewMsgID, 10)+" "+action)
		}
		var got []string
		for _, line := range logs.FilterMessage("a message is not allowed").All() {
			fields := line.ContextMap()
			got = append(got, fmt.Sprint(fields["message"], " ", fields["action"]))
			assert.Equal(t, []any{"wxid_bob", "屏蔽词"}, []any{fields["person"], fields["reason"]})
		}
		assert.Equal(t, want, got)
		for _, line := range logs.All() {
			assert.NotContains(t, fmt.Sprint(line.Message, line.ContextMap()), "返利")
		}
		if dry == 0 {
			assert.Equal(t, 1, removed(sim))
			continue
		}
		assert.Zero(t, removed(sim))
		sim.Group("A").ExpectNothing()
		sim.Person("erin").ExpectNothing()
	}
}

// TestTrial only tells for three days from the first start, also over a restart, and then acts. The
// others get the messages meanwhile.
func TestTrial(t *testing.T) {
	t.Parallel()
	c := ladder()
	c.Strikes.Count, c.DryRun, c.In = 2, plugin.Rehearsal(72*time.Hour), []string{"A"}
	sim := bottest.RunWith(t, bottest.Config{Durable: true, World: world(true), Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		err := b.Install(bottest.Must(guard.New(c)))
		b.Unhandled(func(c *router.Context) error { return c.Reply("收到") })
		return err
	}})
	bob := sim.Group("A").As("bob")
	for _, want := range []string{"试运行：正式启用后会警告", "试运行：正式启用后会通知、移出群"} {
		bob.Say("加微信返利")
		sim.Advance(time.Minute)
		sim.Person("erin").ExpectContains(want)
		sim.Group("A").ExpectText("收到") // of another route
	}
	sim.Advance(71 * time.Hour)
	sim.Restart()
	sim.Group("A").As("bob").Say("加微信返利")
	sim.Person("erin").ExpectContains("试运行")
	sim.Advance(time.Hour)
	sim.Group("A").As("bob").Say("加微信返利")
	sim.Group("A").ExpectText("@Bob\u2005请勿发广告（1/3）")
	sim.Group("A").As("bob").Say("加微信返利")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectContains("已移出群")
	assert.Equal(t, 1, removed(sim))
}

// TestNameOfNew tells of a new member whose name is not allowed.
func TestNameOfNew(t *testing.T) {
	t.Parallel()
	c := ladder()
	c.Words, c.Nicknames = []string{"li si"}, true
	sim := run(t, c, true)
	sim.Group("A").Add("li si")
	told := sim.Person("erin").ExpectContains("昵称含屏蔽词")
	assert.Contains(t, told.Text, "新成员")
	assert.Zero(t, removed(sim))
}

// TestRemoveCap removes no more than that in a day, and neither administrators nor the owner.
func TestRemoveCap(t *testing.T) {
	t.Parallel()
	c := ladder()
	c.Strikes.Count, c.RemoveCap, c.Exempt = 1, 1, []string{"owners"}
	sim := run(t, c, true)
	for i, who := range []string{"alice", "bob", "carol"} { // alice owns the group
		sim.Group("A").As(who).Say("加微信返利")
		sim.Advance(time.Minute)
		sim.Person("erin").ExpectContains([]string{"对方是群主或管理员", "已移出群", "已经移出 1 人"}[i])
	}
	assert.Equal(t, 1, removed(sim))
}

// TestReasons looks at each kind of message.
func TestReasons(t *testing.T) {
	t.Parallel()
	say := func(text string) func(bottest.Person) { return func(p bottest.Person) { p.Say(text) } }
	words := filepath.Join(t.TempDir(), "words.txt")
	require.NoError(t, os.WriteFile(words, []byte("刷单\r\n\r\n代购\n"), 0o600))
	code, err := qr.Encode("https://weixin.qq.com/g/abc", qr.M)
	require.NoError(t, err)
	links := &guard.Links{Allow: []string{"example.com", "mp.weixin.qq.com"}}
	link := func(title, url string) func(bottest.Person) { return func(p bottest.Person) { p.Link(title, url) } }
	card := func(p bottest.Person) { p.Card("carol") }
	for name, c := range map[string]struct {
		c     guard.Config
		does  func(bottest.Person)
		hit   bool
		newly bool
	}{
		"a word of a file":         {c: guard.Config{Words: []string{words}}, does: say("接代购"), hit: true},
		"other words":              {c: guard.Config{Words: []string{words}}, does: say("你好")},
		"a pattern":                {c: guard.Config{Patterns: []string{`\d{11}`}}, does: say("电话 13800000000"), hit: true},
		"a title":                  {c: guard.Config{Words: []string{"刷单"}}, does: link("刷单", "https://example.com"), hit: true},
		"an allowed link":          {c: guard.Config{Links: links}, does: say("看 https://www.example.com/a")},
		"another link":             {c: guard.Config{Links: links}, does: say("看 evil-example.com/a"), hit: true},
		"a card with another link": {c: guard.Config{Links: links}, does: link("x", "https://evil.example.net/a"), hit: true},
		"a card of a person":       {c: guard.Config{Cards: true}, does: card, hit: true},
		"a mini program": {c: guard.Config{MiniPrograms: true}, does: func(p bottest.Person) {
			p.MiniProgram("wx0123456789abcdef", "x")
		}, hit: true},
		"a card where it may be":    {c: guard.Config{MiniPrograms: true}, does: card},
		"a long text":               {c: guard.Config{MaxLength: 5}, does: say("一二三四五六"), hit: true},
		"a text that is not longer": {c: guard.Config{MaxLength: 5}, does: say("一二三四五")},
		"a flood": {c: guard.Config{Flood: guard.Flood{Messages: 2}}, does: func(p bottest.Person) {
			p.Say("a")
			p.Emoji()
			p.Say("c")
		}, hit: true},
		"the same thrice": {c: guard.Config{Repeats: guard.Repeats{Times: 2}}, does: func(p bottest.Person) {
			for range 3 {
				p.Say("买一送一")
			}
		}, hit: true},
		"an allowed link of a new member": {c: guard.Config{Links: links, NewMembers: guard.NewMembers{For: 24 * time.Hour, NoLinks: true}},
			does: say("看 https://www.example.com/a"), hit: true, newly: true},
		"an allowed link of an old member": {c: guard.Config{Links: links, NewMembers: guard.NewMembers{For: time.Hour, NoLinks: true}},
			does: say("看 https://www.example.com/a")},
		"a quote of a word": {c: guard.Config{Words: []string{"刷单"}}, does: func(p bottest.Person) {
			p.Quote(p.As("alice").Say("刷单"), "别发这个")
		}},
		"a picture with a QR code": {c: guard.Config{QRCodes: true}, does: func(p bottest.Person) {
			p.Send(simulator.Draft{Kind: simulator.KindImage, File: &simulator.File{Name: "a.png", Content: code.PNG()}})
		}, hit: true},
		"a word in a nickname":             {c: guard.Config{Words: []string{"bo b"}, Nicknames: true}, does: say("你好"), hit: true},
		"a link in a nickname":             {c: guard.Config{Links: links, Nicknames: true}, does: say("你好")},
		"a nickname that is not looked at": {c: guard.Config{Words: []string{"bob"}}, does: say("你好")},
		"a picture without a QR code":      {c: guard.Config{QRCodes: true}, does: func(p bottest.Person) { p.Image() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.c.Then, c.c.Warn = []string{"warn"}, "{{.Name}}"
			c.c.In = []string{"A"}
			sim := bottest.Run(t, bottest.Must(guard.New(c.c)))
			who := "bob"
			if c.newly {
				who = "li si"
				sim.Group("A").Add(who)
				sim.Advance(time.Hour)
			}
			c.does(sim.Group("A").As(who))
			sim.Advance(time.Minute)
			assert.Len(t, sim.Group("A").Sent(), map[bool]int{true: 1}[c.hit])
			sim.Group("A").As("alice").Say("刷单 https://evil.example.net 13800000000") // the owner is exempt
			sim.Group("A").ExpectNothing()
		})
	}
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	scope := plugin.Scope{In: []string{"A"}}
	for field, c := range map[string]guard.Config{
		"in":            {Words: []string{"a"}},
		"words":         {Scope: scope},
		"words[0]":      {Scope: scope, Words: []string{" "}},
		"patterns[0]":   {Scope: scope, Patterns: []string{"a*"}},
		"then[0]":       {Scope: scope, Words: []string{"a"}, Then: []string{"mute"}},
		"nicknames":     {Scope: scope, Cards: true, Nicknames: true},
		"strikes.count": {Scope: scope, Words: []string{"a"}, Strikes: guard.Strikes{Count: -1}},
		"warn":          {Scope: scope, Words: []string{"a"}, Warn: "{{.Text}}"},
	} {
		_, err := guard.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"{in: [产品群], words: [加微信返利, 刷单], then: notify}",
		`
    - in: [产品群]
      words: [刷单]
      patterns: ['\d{11}']
      links: {allow: [example.com, mp.weixin.qq.com]}
      qr_codes: true
      flood: {messages: 8, in: 10s}
      repeats: {times: 3, in: 10m}
      new_members: {for: 24h, links: false}
      exempt: [admins, wxid_demo_boss]
      strikes: {count: 3, in: 10m}
      then: [warn, notify, remove]
      warn: "{{.Mention}} 请勿发广告（{{.Strike}}/3）"
      remove_cap: 10
      nicknames: true
      blacklist: {people: [wxid_spammer], keep: 180d}
      votes: {count: 3, in: 120s, word: 举报, then: [warn, notify]}
      model: {url: "https://api.example.com/v1", key: k, model: m, per_day: 50}
      dry_run: 72h
      notify: [管理群]`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  guard: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
