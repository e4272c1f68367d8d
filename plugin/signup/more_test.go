package signup_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/signup"
	"github.com/hongyan-go/hongyan/simulator"
)

// picture is a small PNG.
const picture = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

// TestFileAnswers keeps the picture and the file that a form asks for, over a restart; a file may
// be skipped, or sent once more when the answers are changed.
func TestFileAnswers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	table := filepath.Join(dir, "signup.csv")
	c := signup.Config{
		Scope: plugin.Scope{In: []string{"A"}}, Start: []string{"报名"}, CSV: "signup.csv", // in the data directory
		Ask: signup.Questions{{Name: "photo", Text: "照片？", Check: "image"}, {Name: "paper", Text: "材料？", Check: "file", Optional: true}},
	}
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Bot: func(c *bot.Config) {
		c.Data, c.Files.Dir = dir, filepath.Join(dir, "media")
	}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(signup.New(c)))
	}})
	sim.Group("A").As("alice").Say("报名")
	sim.Group("A").ExpectContains("请私聊我") // it is personal
	send := func(content string) {
		sim.Person("alice").Send(simulator.Draft{Kind: simulator.KindImage, File: &simulator.File{Name: "a.png", Content: []byte(content)}})
	}
	sim.Person("alice").Say("报名")
	sim.Person("alice").ExpectText("照片？")
	sim.Person("alice").Say("等一下")
	sim.Person("alice").FileWith("a.pdf", []byte("%PDF-1.4"))
	sim.Person("alice").ExpectNothing()
	send(picture)
	sim.Person("alice").ExpectText("材料？（可以回复“跳过”）")
	sim.Restart()
	sim.Person("alice").Say("跳过。")
	sim.Person("alice").ExpectText("请核对：\nphoto：已收到\npaper：\n回复“是”提交，“否”修改，“取消”放弃。")
	sim.Person("alice").Say("否")
	sim.Person("alice").Say("2")
	sim.Person("alice").FileWith("../../b.pdf", []byte("%PDF-1.4 b"))
	sim.Person("alice").ExpectContains("photo：已收到\npaper：已收到\n")
	sim.Person("alice").Say("否")
	sim.Person("alice").Say("1")
	send(picture + "2")
	sim.Person("alice").Say("是")
	sim.Person("alice").ExpectContains("你已报名")
	all := rows(t, sim, table)
	require.Len(t, all, 1)
	cells := strings.Split(all[0], ",")
	for i, want := range []string{picture + "2", "%PDF-1.4 b"} {
		assert.True(t, filepath.IsLocal(cells[1+i]), cells)
		got, err := os.ReadFile(filepath.Join(dir, cells[1+i]))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

// TestFileLost asks again for a picture that cannot be had, three times in all.
func TestFileLost(t *testing.T) {
	t.Parallel()
	sim := run(t, signup.Config{
		Scope: plugin.Scope{In: []string{"private"}}, Start: []string{"报名"},
		Ask: signup.Questions{{Name: "photo", Text: "照片？", Check: "image"}},
	})
	sim.Break(simulator.Fault{Endpoint: "/message/downloadImage", Kind: simulator.FaultRefuse, Count: math.MaxInt},
		simulator.Fault{Endpoint: "/message/downloadCdn", Kind: simulator.FaultRefuse, Count: math.MaxInt})
	alice := sim.Person("alice")
	alice.Say("报名")
	alice.ExpectText("照片？")
	for _, want := range []string{"这个没收到，请再发一次。", "这个没收到，请再发一次。", "还是没收到，请稍后重新报名。"} {
		alice.Image()
		sim.Advance(time.Minute)
		alice.ExpectText(want)
	}
	alice.Image()
	sim.Advance(time.Minute)
	alice.ExpectNothing()
}

// TestRemind reminds before the end whoever has not answered, and nobody else.
func TestRemind(t *testing.T) {
	t.Parallel()
	c := course("")
	c.Remind = time.Minute
	sim := run(t, c)
	a := sim.Group("A")
	a.As("alice").Say("报名")
	a.As("bob").Say("报名")
	a.As("carol").Say("报名")
	a.As("carol").Say("取消")
	for range 4 {
		a.Sent()
	}
	sim.Advance(time.Minute)
	a.As("alice").Say("张三")
	a.ExpectText("@Alice\u2005手机号？")
	sim.Restart()
	a = sim.Group("A")
	sim.Advance(time.Minute + time.Second)
	m := a.ExpectText("@Bob\u2005报名还没填完，在等你回答：姓名？\n不报了就发“取消”。")
	assert.Equal(t, []string{"wxid_bob"}, m.At)
	a.ExpectNothing()
	sim.Advance(59 * time.Second)
	a.ExpectContains("@Alice\u2005报名还没填完，在等你回答：手机号？")
	a.As("alice").Say("13800000001")
	a.As("alice").Say("1")
	a.Sent()
	a.As("alice").Say("是")
	sim.Advance(10 * time.Minute)
	a.ExpectContains("你已报名")
	a.ExpectNothing()
}

// TestReposts posts a list only so often in a day, or only at its end, and when somebody asks.
func TestReposts(t *testing.T) {
	t.Parallel()
	c := dinner("")
	c.Reposts = plugin.Limit{Most: 2, Per: 24 * time.Hour}
	sim := run(t, c)
	a := sim.Group("A")
	a.As("bob").Say("接龙名单")
	a.ExpectText("现在没有接龙。")
	sim.Advance(time.Hour)
	a.As("alice").Say("接龙 聚餐")
	a.Sent()
	for i, who := range []string{"alice", "bob", "carol"} {
		a.As(who).Say("+1")
		sim.Advance(2 * time.Minute)
		assert.Len(t, a.Sent(), map[bool]int{true: 1}[i < 2], who)
	}
	a.As("dave").Say("接龙名单")
	a.ExpectText("接龙 聚餐（3 人）\n1. Alice\n2. Bob\n3. Carol")
	a.As("dave").Say("接龙名单")
	a.ExpectNothing() // it is there
	sim.Advance(25 * time.Hour)
	a.As("carol").Say("-1")
	sim.Advance(2 * time.Minute)
	a.ExpectText("接龙 聚餐（2 人）\n1. Alice\n2. Bob")

	c.Repost = -1
	quiet := run(t, c)
	quiet.Group("A").As("alice").Say("接龙 聚餐")
	quiet.Group("A").Sent()
	quiet.Group("A").As("bob").Say("+1")
	quiet.Advance(time.Hour)
	quiet.Group("A").ExpectNothing()
	quiet.Group("A").As("alice").Say("结束接龙")
	quiet.Group("A").ExpectText("接龙 聚餐（1 人）\n1. Bob\n接龙结束。")
}
