package poll_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/poll"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func run(t *testing.T, c poll.Config, durable bool) *bottest.Sim {
	t.Helper()
	c.In = []string{"A", "B"}
	return bottest.RunWith(t, bottest.Config{Durable: durable, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(poll.New(c)))
	}})
}

// TestStory13 counts the last vote of each, also after a restart, and shows the result at the end.
func TestStory13(t *testing.T) {
	t.Parallel()
	sim := run(t, poll.Config{Ends: 2 * time.Hour}, true)
	a := sim.Group("A")
	a.As("alice").Say("2")
	a.ExpectNothing()
	a.As("alice").Say("/投票 午饭 面 “米 饭” 粥")
	a.ExpectText("投票：午饭\n1. 面\n2. 米 饭\n3. 粥\n回复数字投票，可以改。01-05 12:00 截止。")
	vote := a.As("alice").Say("2")
	a.As("bob").Say(" ２。 ") // talk
	a.As("bob").Say("１")
	a.As("carol").SayAt("3")
	for _, talk := range []string{
		"4", "0", "1 2", "2 +1", "2点见", "99999999999999999999", "-1", strings.Repeat("1 ", 5000), "１\u200b", "3.5",
	} {
		a.As("dave").Say(talk)
	}
	sim.Group("B").As("dave").Say("1")
	sim.Person("dave").Say("1")
	sim.Restart()
	a.As("alice").Say("3")
	require.NoError(t, sim.Simulator().Again(vote.Seq))
	a.As("bob").Say("/投票 结果")
	a.ExpectText("投票进行中：午饭（4 人）\n1. 面：2 票（Bob、Dave）\n2. 米 饭：0 票\n3. 粥：2 票（Alice、Carol）")
	a.As("bob").Say("/投票 结束")
	a.ExpectText("@Bob\u2005只有发起人和管理员可以结束投票。")
	a.As("alice").Say("/结束投票")
	a.ExpectContains("投票结果：午饭（4 人）")
	sim.Restart()
	a.As("alice").Say("1")
	a.As("alice").Say("/投票 结束")
	a.ExpectText("@Alice\u2005现在没有投票。")
	a.As("bob").Say("/投票 结果")
	a.ExpectContains("投票结果：午饭（4 人）")
	sim.Advance(3 * time.Hour)
	a.ExpectNothing()
	sim.Group("B").ExpectNothing()
}

// TestFifty counts the votes of fifty people who write at once, in one second.
func TestFifty(t *testing.T) {
	t.Parallel()
	w := simulator.DefaultWorld()
	var ids []string
	for i := range 50 {
		id := fmt.Sprintf("wxid_voter_%02d", i)
		ids = append(ids, id)
		w.Contacts = append(w.Contacts, simulator.Contact{Wxid: id, Nickname: fmt.Sprintf("V%02d", i)})
		w.Groups[0].Members = append(w.Groups[0].Members, simulator.Member{Wxid: id})
	}
	sim := bottest.RunWith(t, bottest.Config{World: w},
		bottest.Must(poll.New(poll.Config{Scope: plugin.Scope{In: []string{"A"}}, Show: "live"})))
	a := sim.Group("A")
	a.As("alice").Say("/投票 午饭 面 饭")
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() {
			member := sim.Simulator().Group("A").Member(id)
			for _, text := range []string{"1", "2", strconv.Itoa(i%2 + 1)} {
				_, err := member.Send(simulator.Draft{Kind: simulator.KindText, Text: text})
				assert.NoError(t, err)
			}
		})
	}
	all.Wait()
	sim.Advance(time.Minute)
	text := a.ExpectContains("投票进行中：午饭（50 人）\n1. 面：25 票（").Text
	assert.Contains(t, text, "2. 饭：25 票（")
	assert.Contains(t, text, "…）")
}

// TestEnds ends a poll at its time, also if the bot was down then, and counts what was written
// before.
func TestEnds(t *testing.T) {
	t.Parallel()
	sim := run(t, poll.Config{Least: 2}, true)
	a := sim.Group("A")
	a.As("bob").Say("/投票 去哪 爬山 看展 截止=2小时")
	a.ExpectContains("01-05 12:00 截止")
	a.As("alice").Say("1")
	a.As("carol").Say("/投票 别的 一 二")
	a.ExpectText("@Carol\u2005这里已经有一个投票在进行，先发：投票 结束")
	sim.Advance(time.Hour)
	sim.Stop()
	sim.Advance(2 * time.Hour)
	a.As("dave").Say("2")
	sim.Start()
	sim.Advance(10 * time.Second)
	a.ExpectText("投票结果：去哪（1 人）\n1. 爬山：1 票（Alice）\n2. 看展：0 票\n不到 2 人，不作数。")
	sim.Restart()
	sim.Advance(time.Hour)
	a.ExpectNothing()
	a.As("carol").Say("/投票 别的 一 二")
	a.ExpectContains("投票：别的")
}

// TestOptions has several choices, guests, final votes, no names, and a count once a minute.
func TestOptions(t *testing.T) {
	t.Parallel()
	sim := run(t, poll.Config{Several: true, Guests: true, Final: true, Anonymous: true, Show: "live", Ends: -1}, false)
	a := sim.Group("A")
	a.As("alice").Say("/投票 去哪 爬山 看展 在家")
	a.ExpectText("投票：去哪\n1. 爬山\n2. 看展\n3. 在家\n回复数字投票，可以选几个，如“1 2”，带人写“1 +2”。")
	a.As("alice").Say("1，3 +2")
	a.As("bob").Say("3、3")
	a.As("bob").Say("3")
	a.As("bob").Say("1")
	a.ExpectText("@Bob\u2005你已经投过了，这次投票不能改。")
	sim.Advance(59 * time.Second)
	a.ExpectNothing()
	sim.Advance(time.Second)
	a.ExpectText("投票进行中：去哪（4 人）\n1. 爬山：3 票\n2. 看展：0 票\n3. 在家：4 票")
	a.As("carol").Say("2")
	sim.Advance(30 * time.Second)
	a.As("erin").Say("/投票 结束")
	a.ExpectContains("投票结果：去哪（5 人）")
	sim.Advance(2 * time.Hour)
	a.ExpectNothing()
}

// TestRemind mentions those who have not voted.
func TestRemind(t *testing.T) {
	t.Parallel()
	for _, whom := range []string{"not_voted", "all"} {
		sim := run(t, poll.Config{Ends: 4 * time.Hour, Remind: poll.Remind{Before: time.Hour, Whom: whom}}, false)
		a := sim.Group("A")
		a.As("alice").Say("/投票 午饭 面 饭")
		a.As("alice").Say("1")
		sim.Advance(3*time.Hour - time.Second)
		a.ExpectContains("投票：午饭")
		a.ExpectNothing()
		sim.Advance(time.Second)
		m := a.ExpectContains("投票“午饭”14:00 截止，还没投的请回复数字。")
		if whom == "all" {
			assert.Empty(t, m.At)
			continue
		}
		assert.Contains(t, m.At, "wxid_bob")
		assert.NotContains(t, m.At, "wxid_alice")
		assert.NotContains(t, m.At, simulator.DefaultWxid)
	}
}

// TestMayStart keeps the command to those who may start a poll.
func TestMayStart(t *testing.T) {
	t.Parallel()
	sim := run(t, poll.Config{MayStart: []string{"Bob", "owners"}, Command: "/vote"}, false)
	a := sim.Group("A")
	a.As("alice").Say("/vote lunch a b")
	a.ExpectText("@Alice\u2005这里只有指定的人可以发起投票。")
	a.As("erin").Say("/vote lunch a b --多选")
	a.ExpectContains("可以选几个")
	a.As("erin").Say("/vote 结束")
	a.ExpectContains("投票结果：lunch")
	for _, wrong := range []string{
		"/vote lunch a a", "/vote lunch a", "/vote “ ” a b", "/vote lunch a b 截止=31d", "/vote lunch a b 截止=1s",
		"/vote lunch 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21",
	} {
		a.As("bob").Say(wrong)
		assert.Contains(t, a.Sent()[0].Text, "例如", wrong)
	}
	a.As("bob").Say("/vote")
	a.ExpectContains("Usage: vote")
	a.As("bob").Say("1")
	a.ExpectNothing()
}

// TestOff: where the plugin is off, no part of it runs.
func TestOff(t *testing.T) {
	t.Parallel()
	sim := run(t, poll.Config{Ends: time.Hour}, false)
	a := sim.Group("A")
	a.As("alice").Say("/投票 午饭 面 饭")
	a.ExpectContains("投票：午饭")
	require.NoError(t, sim.Bot().Switch(t.Context(), "poll", a.ID(), false))
	a.As("alice").Say("1")
	a.As("alice").Say("/投票 结束")
	sim.Advance(2 * time.Hour)
	sim.Group("C").As("alice").Say("/投票 午饭 面 饭")
	sim.Group("C").ExpectNothing()
	a.ExpectNothing()
}

// TestFiles reads the examples of the documentation, and shows mistakes with their fields.
func TestFiles(t *testing.T) {
	t.Parallel()
	r := &plugin.Registry{}
	r.Register(poll.Definition())
	read := func(text string) error {
		text = "service: {sim: true}\nplugins:\n  " + strings.ReplaceAll(text, "\n", "\n  ")
		_, err := app.Reader{Plugins: r}.Parse("bot.yaml", []byte(text))
		return err
	}
	require.NoError(t, read(poll.Definition().Example))
	require.NoError(t, read(`poll:
  in: [同事群]
  command: /投票
  from: all
  may_start: admins
  several: false
  change: true
  anonymous: false
  guests: false
  least: 3
  ends: 24h
  show: end
  remind: {before: 1h, whom: not_voted}
`))
	for text, want := range map[string]string{
		"{}":                                    "poll.in: it is missing",
		"{in: [A], may_start: []}":              "poll.may_start: it is missing",
		"{in: [A], command: /}":                 "poll.command: it is no word",
		"{in: [A], least: -1}":                  "poll.least",
		"{in: [A], show: never}":                "show",
		"{in: [A], remind: {before: -1h}}":      "poll.remind",
		"{in: [A], remind: {whom: every body}}": "whom",
	} {
		require.ErrorContains(t, read("poll: "+text+"\n"), want, text)
	}
}
