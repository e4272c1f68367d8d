package modlog_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
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
	"github.com/hongyan-go/hongyan/plugin/guard"
	"github.com/hongyan-go/hongyan/plugin/modlog"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a bot of erin with the plugin, and returns what reads its file.
func run(t *testing.T, c modlog.Config, change ...func(*bottest.Config)) (sim *bottest.Sim, lines func() []map[string]any) {
	t.Helper()
	c.File = filepath.Join(t.TempDir(), "logs", "modlog.jsonl")
	config := bottest.Config{Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		spam := guard.Config{Scope: plugin.Scope{In: []string{"C"}}, Words: []string{"刷单"}, Then: []string{"warn"}}
		return b.Install(bottest.Must(guard.New(spam)), bottest.Must(modlog.New(c)))
	}, Bot: func(c *bot.Config) { c.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}} }}
	for _, f := range change {
		f(&config)
	}
	return bottest.RunWith(t, config), func() (all []map[string]any) {
		text, err := os.ReadFile(c.File)
		if err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
			return nil
		}
		for line := range strings.Lines(string(text)) {
			m := map[string]any{}
			require.NoError(t, json.Unmarshal([]byte(line), &m))
			all = append(all, m)
		}
		return all
	}
}

func in(groups ...string) plugin.Scope { return plugin.Scope{In: groups} }

// TestTwelveJoin writes a line for each of twelve people who join in a minute, and tells of them in
// one message; also over a restart.
func TestTwelveJoin(t *testing.T) {
	t.Parallel()
	c := modlog.Config{Scope: in("A"), Mirror: modlog.Mirror{To: []string{"B"}}}
	sim, lines := run(t, c, func(c *bottest.Config) { c.Durable = true })
	for i := range 9 {
		sim.Group("A").Add(fmt.Sprintf("p%d", i))
		sim.Advance(3 * time.Second)
	}
	sim.Restart()
	sim.Group("A").JoinByQR("q0", "q1")
	sim.Group("A").Add("p9")
	sim.Group("C").Add("x")
	sim.Advance(33 * time.Second)
	sim.Group("B").ExpectText("【A】P0、P1、P2、P3、P4、P5、P6、P7、P8、P9（10 人） 进群（Alice 邀请）\n【A】Q0、Q1（2 人） 进群（扫 Alice 分享的二维码）")
	sim.Advance(2 * time.Minute)
	sim.Group("B").ExpectNothing()
	all := lines()
	require.Len(t, all, 12)
	for i, line := range all {
		assert.Equal(t, []any{"join", "A", "wxid_alice", "Alice"}, []any{line["event"], line["group_name"], line["by"], line["by_name"]})
		assert.NotEmpty(t, line["person"])
		assert.Equal(t, map[bool]string{true: "qr_code", false: "invitation"}[i == 9 || i == 10], line["way"], line["name"])
	}
}

// TestAsk answers an admin in the group of which they are one, and in no other; the people in
// charge in private; and nobody else.
func TestAsk(t *testing.T) {
	t.Parallel()
	sim, _ := run(t, modlog.Config{Scope: in("A", "B")})
	sim.Group("A").Add("zhang san")
	sim.Group("B").Add("zhang san")
	sim.Group("A").As("alice").Say("/入群 Zhang San") // the owner of A
	sim.Group("A").ExpectText("【A】Zhang San：2026-01-05 10:00 进群，Alice 邀请")
	sim.Group("B").As("alice").Say("/入群 Zhang San")
	sim.Group("A").As("carol").Say("/入群 Zhang San")
	sim.Group("C").As("erin").Say("/入群 Zhang San")
	sim.Person("carol").Say("/入群 Zhang San")
	sim.Idle()
	for _, chat := range []bottest.Chat{sim.Group("A"), sim.Group("B"), sim.Group("C"), sim.Person("carol").Chat} {
		chat.ExpectNothing()
	}
	sim.Group("A").As("alice").Say("/入群 Dave")
	sim.Group("A").ExpectText("没有“Dave”的进群记录。")
	sim.Person("erin").Say("/入群 Zhang San")
	sim.Person("erin").ExpectText("【A】Zhang San：2026-01-05 10:00 进群，Alice 邀请\n【B】Zhang San：2026-01-05 10:00 进群，Bob 邀请")
	sim.Group("A").Leave("zhang san")
	sim.Group("A").As("alice").Say("/入群 wxid_zhang_san")
	sim.Group("A").ExpectContains("Alice 邀请")
}

// TestInvitations counts whom each has brought, once, in a time; for those who may ask.
func TestInvitations(t *testing.T) {
	t.Parallel()
	sim, _ := run(t, modlog.Config{Scope: in("A", "B")})
	sim.Group("A").As("alice").Say("/邀请排行")
	sim.Group("A").ExpectText("还没有进群记录。")
	sim.Group("A").Add("p0", "p1")
	sim.Group("A").JoinByQR("p2")
	sim.Group("B").Add("p3")
	sim.Advance(time.Minute)
	sim.Group("A").Leave("p1")
	sim.Group("A").Add("p1") // again
	sim.Advance(time.Minute)
	sim.Group("A").As("alice").Say("/邀请排行")
	sim.Group("A").ExpectText("邀请进群（30 天内）：\n1. Alice 3 人")
	sim.Group("A").As("carol").Say("/邀请排行")
	sim.Group("A").ExpectNothing()
	sim.Person("erin").Say("/邀请排行 7d")
	sim.Person("erin").ExpectText("邀请进群（7 天内）：\n1. Alice 3 人\n2. Bob 1 人")
	sim.Advance(8 * 24 * time.Hour)
	sim.Person("erin").Say("/邀请排行 7d")
	sim.Person("erin").ExpectText("这段时间没有人邀请别人进群。")
}

// TestEvents logs all kinds: who leaves is found by comparing, and who was removed is no leaver.
func TestEvents(t *testing.T) {
	t.Parallel()
	sim, lines := run(t, modlog.Config{Scope: in("A", "C"), Mirror: modlog.Mirror{To: []string{"B"}}})
	sim.Advance(31 * time.Minute) // the first list
	require.Empty(t, lines())
	a := sim.Group("A")
	a.Leave("frank")
	sim.Group("C").Remove("dave")
	a.Announce("明天休息")
	sim.Group("C").As("bob").Say("刷单吗")
	a.Rename("新 A")
	revoked := a.As("carol").Say("说错了")
	a.As("carol").Revoke(revoked)
	sim.Advance(31 * time.Minute)
	got := map[string]string{}
	for _, line := range lines() {
		got[fmt.Sprint(line["event"])] += fmt.Sprint(line["name"])
	}
	assert.Equal(t, map[string]string{"leave": "Frank", "remove": "Dave", "announcement": "Alice", "rename": "Alice", "guard": "Bob"}, got)
	var told strings.Builder
	for _, m := range sim.Group("B").Sent() {
		told.WriteString(m.Text + "\n")
	}
	text := told.String()
	for _, part := range []string{"Frank 离开了", "【C】Dave 被", "移出群", "Alice 发了群公告：明天休息", "群名改为“新 A”，Alice 改的", "Bob 屏蔽词：警告（guard）"} {
		assert.Contains(t, text, part)
	}
	sim.Advance(31 * time.Minute)
	assert.Len(t, lines(), 5)
}

// TestRevokesAndOwners logs what is left out unless it is listed, and a new owner.
func TestRevokesAndOwners(t *testing.T) {
	t.Parallel()
	sim, lines := run(t, modlog.Config{Scope: in("A"), Events: []string{"revoke", "owner"}})
	a := sim.Group("A")
	a.As("carol").Revoke(a.As("carol").Say("说错了"))
	_, err := sim.Simulator().Act(simulator.Action{Do: simulator.DoTransferOwner, Group: a.ID(), From: "wxid_bob"})
	require.NoError(t, err)
	a.Rename("新 A") // not listed
	sim.Advance(time.Minute)
	got := map[any]any{}
	for _, line := range lines() {
		got[line["event"]] = line["name"]
	}
	assert.Equal(t, map[any]any{"revoke": "Carol", "owner": "Bob"}, got)
}

// TestMirrorIsPaced tells of what goes on for minutes at most once a minute, and of each event
// once.
func TestMirrorIsPaced(t *testing.T) {
	t.Parallel()
	sim, _ := run(t, modlog.Config{Scope: in("A"), Mirror: modlog.Mirror{To: []string{"B"}}})
	for i := range 24 {
		sim.Group("A").Add(fmt.Sprintf("p%d", i))
		sim.Advance(10 * time.Second)
	}
	sim.Advance(2 * time.Minute)
	sent := sim.Group("B").Sent()
	require.GreaterOrEqual(t, len(sent), 3)
	var told strings.Builder
	for i, m := range sent {
		told.WriteString(m.Text)
		if i > 0 {
			assert.GreaterOrEqual(t, m.Time-sent[i-1].Time, int64(59), "whole seconds")
		}
	}
	people := 0
	for _, n := range regexp.MustCompile(`（(\d+) 人）`).FindAllStringSubmatch(told.String(), -1) {
		k, err := strconv.Atoi(n[1])
		require.NoError(t, err)
		people += k
	}
	assert.Equal(t, 24, people, told.String())
}

// TestKeep takes lines out of the file that are too old, and leaves what it cannot read.
func TestKeep(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "modlog.jsonl")
	old, young := `{"time":"2025-12-01T00:00:00Z","event":"join"}`, `{"time":"2026-01-05T00:00:00Z","event":"join"}`
	require.NoError(t, os.WriteFile(file, []byte(old+"\nnot a line\n"+young+"\n"), 0o600))
	c := modlog.Config{Scope: in("A"), File: file, Keep: 7 * 24 * time.Hour, Events: []string{"join"}}
	sim := bottest.Run(t, bottest.Must(modlog.New(c)))
	sim.At("03:31")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "not a line\n"+young+"\n", string(text))
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]modlog.Config{
		"in":           {},
		"events[0]":    {Scope: in("A"), Events: []string{"party"}},
		"events":       {Scope: in("A"), Events: []string{}},
		"check":        {Scope: in("A"), Check: time.Second},
		"mirror.every": {Scope: in("A"), Mirror: modlog.Mirror{Every: time.Second}},
		"keep":         {Scope: in("A"), Keep: -1},
		"ask.command":  {Scope: in("A"), Ask: modlog.Ask{Command: "/"}},
	} {
		_, err := modlog.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"{in: [产品群]}",
		`
    in: [产品群, 客户群]
    events: [join, leave, remove, rename, announcement, guard]
    file: logs/modlog.jsonl
    keep: 8760h
    mirror: {to: [管理群], every: 1m}
    ask: {command: /入群, from: admins}`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  modlog: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
