package welcome_test

import (
	"fmt"
	"slices"
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
	"github.com/hongyan-go/hongyan/plugin/welcome"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func inA() plugin.Scope { return plugin.Scope{In: []string{"A"}} }

// in is a plugin in the group A.
func in(c welcome.Config) bot.Plugin {
	c.In = []string{"A"}
	return bottest.Must(welcome.New(c))
}

// TestStory3 greets one who joins by an invitation, by a QR code, or by a phone in English, with a
// mention that works; and five who join within 20 s at once.
func TestStory3(t *testing.T) {
	t.Parallel()
	for name, join := range map[string]func(sim *bottest.Sim){
		"invitation": func(sim *bottest.Sim) { sim.Group("A").Add("li si") },
		"QR code":    func(sim *bottest.Sim) { sim.Group("A").JoinByQR("li si") },
		"a phone in English": func(sim *bottest.Sim) {
			sim.Group("A").As("alice").Send(simulator.Raw(10000, `"Alice" invited "Bob" to the group chat`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := bottest.Run(t, in(welcome.Config{Batch: -1, Text: "欢迎"}))
			join(sim)
			sim.Advance(1900 * time.Millisecond)
			sim.Group("A").ExpectNothing()
			sim.Advance(4200 * time.Millisecond)
			m := sim.Group("A").ExpectContains("\u2005欢迎")
			if name == "a phone in English" { // it names a member, whose id the list of members knows
				assert.Equal(t, []string{"@Bob\u2005欢迎", "wxid_bob"}, append([]string{m.Text}, m.At...))
				return
			}
			assert.Equal(t, []string{"@Li Si\u2005欢迎", "wxid_li_si"}, append([]string{m.Text}, m.At...))
			sim.Group("A").ExpectNothing()
		})
	}
	sim := bottest.Run(t, in(welcome.Config{Text: "{{.Mentions}}欢迎 {{.Names}}，共 {{.Count}} 位"}))
	sim.Group("A").Add("n1")
	sim.Advance(5 * time.Second)
	sim.Group("A").JoinByQR("n2", "n3")
	sim.Advance(10 * time.Second)
	sim.Group("A").Add("n4", "n5")
	sim.Advance(26 * time.Second)
	m := sim.Group("A").ExpectText("@N1\u2005@N2\u2005@N3\u2005@N4\u2005@N5\u2005欢迎 N1、N2、N3、N4、N5，共 5 位")
	assert.Len(t, m.At, 5)
	sim.Group("A").ExpectNothing()
}

// TestOnce greets nobody twice, not in other groups, nor who is gone, nor the bot itself.
func TestOnce(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, in(welcome.Config{Text: "欢迎", OncePer: 24 * time.Hour}))
	greeted := func() (n int) {
		sim.Advance(30 * time.Second)
		return len(sim.Group("A").Sent())
	}
	sim.Group("A").Add("li si")
	assert.Equal(t, 1, greeted())
	sim.Group("A").Leave("li si")
	sim.Group("A").Add("li si")
	assert.Zero(t, greeted())
	sim.Group("A").Leave("li si")
	sim.Advance(24 * time.Hour)
	sim.Group("A").Add("li si")
	assert.Equal(t, 1, greeted())
	sim.Group("A").Add("wang wu")
	sim.Group("A").Leave("wang wu")
	assert.Zero(t, greeted())
	sim.Group("B").Add("li si")
	sim.Advance(time.Minute)
	sim.Group("B").ExpectNothing()
}

// TestMembers greets only in groups of the size.
func TestMembers(t *testing.T) {
	t.Parallel()
	for text, greeted := range map[string]bool{"0-200": true, "100-": false, "-3": false} {
		c := welcome.Config{Text: "欢迎"}
		require.NoError(t, c.Members.UnmarshalText([]byte(text)))
		sim := bottest.Run(t, in(c))
		sim.Group("A").Add("li si")
		sim.Advance(30 * time.Second)
		assert.Equal(t, greeted, len(sim.Group("A").Sent()) == 1, text)
	}
	for _, text := range []string{"200", "a-b", "-", "9-3", "0-0", "-1-3"} {
		var m welcome.Members
		require.Error(t, m.UnmarshalText([]byte(text)), text)
	}
}

// TestEmoji sends a sticker after the text.
func TestEmoji(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, in(welcome.Config{Text: "欢迎", Emoji: &welcome.Emoji{MD5: strings.Repeat("0A", 16), Size: 1234}}))
	sim.Group("A").Add("li si")
	sim.Advance(26 * time.Second)
	sim.Group("A").ExpectContains("欢迎")
	sim.Advance(time.Minute)
	calls := sim.Simulator().Calls()
	i := slices.IndexFunc(calls, func(c simulator.Call) bool { return c.Endpoint == "/message/postEmoji" })
	require.GreaterOrEqual(t, i, 0)
	assert.Contains(t, string(calls[i].Body), `"emojiMd5":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","emojiSize":1234`)
}

// TestPrivate sends the rules to those in private who are friends already, and to no stranger.
func TestPrivate(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, in(welcome.Config{Text: "欢迎", Private: "{{.Name}}，{{.GroupName}} 的群规：…"}))
	sim.Group("A").Leave("bob")
	sim.Group("A").Add("bob", "li si")
	sim.Advance(2 * time.Minute)
	sim.Group("A").ExpectContains("欢迎")
	sim.Person("bob").ExpectText("Bob，A 的群规：…")
	for _, m := range sim.Simulator().Calls() {
		assert.NotContains(t, string(m.Body), "wxid_li_si\",\"content")
		assert.False(t, m.Endpoint == "/message/postText" && strings.Contains(string(m.Body), `"toWxid":"wxid_li_si"`))
	}
}

// TestRaid greets nobody if very many join at once, and tells the person in charge; of some, it
// names five.
func TestRaid(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}}, in(welcome.Config{Text: "欢迎 {{.Names}}"}))
	for i := range 7 {
		sim.Group("A").Add(fmt.Sprintf("p%d", i))
	}
	sim.Advance(30 * time.Second)
	m := sim.Group("A").ExpectText("@P0\u2005@P1\u2005@P2\u2005@P3\u2005@P4\u2005欢迎 P0、P1、P2、P3、P4 等 7 人")
	assert.Len(t, m.At, 5)
	for i := range 30 {
		sim.Group("A").Add(fmt.Sprintf("q%d", i))
		sim.Advance(time.Second)
	}
	sim.Advance(30 * time.Second)
	sim.Group("A").ExpectNothing()
	sim.Person("erin").ExpectContains("进了 30 个人")
}

// TestAdvertisingNames does not repeat what people advertise in their names.
func TestAdvertisingNames(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, in(welcome.Config{Text: "欢迎 {{.Names}}"}))
	sim.Group("A").Add("返利 https://evil.example.com/x", "www.evil.com", "一个非常非常非常非常非常非常长的名字")
	sim.Advance(30 * time.Second)
	sim.Group("A").ExpectText("@返利\u2005@新朋友\u2005@一个非常非常非常非常非常非常长的…\u2005欢迎 返利、新朋友、一个非常非常非常非常非常非常长的…")
}

// TestLeave tells in one line who has left while the bot was down, and not of those who left before
// the first list; a restart does not tell again.
func TestLeave(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(in(welcome.Config{Text: "欢迎", Leave: &welcome.Leave{Text: "{{.Name}} 离开了 {{.GroupName}}"}}))
	}})
	sim.Group("A").Leave("bob")
	sim.Advance(time.Hour)
	sim.Person("erin").ExpectNothing()
	sim.Stop()
	sim.Group("A").Leave("carol", "dave")
	sim.Group("B").Leave("alice")
	sim.Advance(24 * time.Hour)
	sim.Start()
	sim.Advance(31 * time.Minute)
	sim.Person("erin").ExpectText("Carol、Dave 离开了 A")
	sim.Restart()
	sim.Advance(2 * time.Hour)
	sim.Person("erin").ExpectNothing()
	sim.Group("A").ExpectNothing()
	require.NoError(t, sim.Bot().Switch(t.Context(), "welcome", sim.Group("A").ID(), false))
	sim.Group("A").Leave("erin")
	sim.Advance(time.Hour)
	sim.Person("erin").ExpectNothing()
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]welcome.Config{
		"in":          {Text: "x"},
		"text":        {Scope: inA()},
		"leave.text":  {Scope: inA(), Text: "x", Leave: &welcome.Leave{Text: "{{.Text}}"}},
		"leave.check": {Scope: inA(), Text: "x", Leave: &welcome.Leave{Check: time.Second}},
	} {
		_, err := welcome.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		`{in: [产品群], text: "欢迎 {{.Names}}，群规见公告"}`,
		`[{in: [产品群], text: "欢迎 {{Names}} 加入 {{GroupName}}（{{Inviter}} 邀请）", image: files/rules.png, mention: true, delay: 2s-6s,
    batch: 20s, max_names: 5, raid: off, once_per: 30d, leave: {notify: [管理群], text: "{{.Name}} 离开了 {{.GroupName}}", check: 30m}}]`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  welcome: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
