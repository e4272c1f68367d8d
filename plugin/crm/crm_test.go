package crm_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/crm"
	"github.com/hongyan-go/hongyan/plugin/friends"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const account = simulator.DefaultAppID

// run runs a durable bot of erin with the plugin, and with friends, which accepts requests.
func run(t *testing.T, c crm.Config, change ...func(*bottest.Config)) *bottest.Sim {
	t.Helper()
	config := bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(friends.New(friends.Config{Rule: friends.Rule{Password: []string{"你好"}}})), bottest.Must(crm.New(c)))
	}}
	for _, f := range change {
		f(&config)
	}
	return bottest.RunWith(t, config)
}

// details is what the service says of a person, with the names of the labels.
func details(t *testing.T, sim *bottest.Sim, wxid string) (api.ContactInfo, []string) {
	t.Helper()
	found, err := sim.Bot().Client().Contacts.GetDetailInfo(t.Context(), account, wxid)
	require.NoError(t, err)
	require.Len(t, found, 1)
	labels, err := sim.Bot().Client().Label.List(t.Context(), account)
	require.NoError(t, err)
	return found[0], plugin.LabelNames(labels, found[0].LabelList)
}

func table(t *testing.T, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	return rows
}

// TestNewFriend greets a new friend once, gives a label and a remark, and writes a row, which later
// changes and keeps a column of a person.
func TestNewFriend(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "in", "customers.csv")
	sim := run(t, crm.Config{CSV: file, NewFriends: crm.NewFriends{
		Greet: []string{"{{.Name}} 你好，我是客服"}, Label: []string{"新客户"}, Remark: "{{.Date}} {{.Name}} {{Source}}",
	}})
	_, err := sim.Simulator().Act(simulator.Action{Do: simulator.DoFriendRequest, From: "wxid_grace", Text: "你好", Scene: 14})
	require.NoError(t, err)
	sim.Advance(3 * time.Minute)
	sim.Person("grace").ExpectText("Grace 你好，我是客服")
	sim.Person("grace").ExpectNothing()
	info, labels := details(t, sim, "wxid_grace")
	assert.Equal(t, "2026-01-05 Grace 群聊", info.Remark)
	assert.Equal(t, []string{"新客户"}, labels)
	rows := table(t, file)
	require.Len(t, rows, 2)
	assert.Equal(t, []string{account, "wxid_grace", "Grace", "2026-01-05 Grace 群聊", "新客户", "群聊"}, rows[1][:6])
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(rows[0], ",")+",x\n"+strings.Join(rows[1], ",")+",mine\n"), 0o600))

	sim.Restart()
	sim.Person("erin").Say("/记录 Grace =HYPERLINK(1)")
	sim.Person("erin").ExpectText("记下了。")
	sim.Person("erin").Say("/备注 Grace 大客户 Grace")
	sim.Person("erin").ExpectContains("大客户 Grace")
	sim.Person("grace").Say("在吗")
	sim.Advance(time.Minute)
	rows = table(t, file)
	require.Len(t, rows, 2)
	assert.Equal(t, []string{"大客户 Grace", "新客户"}, rows[1][3:5])
	assert.Equal(t, []string{"2026-01-05 =HYPERLINK(1)", "mine"}, rows[1][8:])
	sim.Person("erin").Say("/客户 Grace")
	sim.Person("erin").ExpectContains("最近：“在吗”")
}

// interested is a follow-up that tells the person in charge after two days.
func interested() crm.Config {
	return crm.Config{
		Labels: []crm.Label{{Label: "意向", Words: []string{"报价", "怎么买"}}},
		FollowUp: []crm.FollowUp{{
			Label: "意向", After: []time.Duration{48 * time.Hour}, Text: "{{.Name}} {{Days}} 天没回复：{{.LastText}}",
		}},
	}
}

// TestAnswered reminds of a customer with the label who has not written for 48 hours, and of
// none who has written at hour 47.
func TestAnswered(t *testing.T) {
	t.Parallel()
	sim := run(t, interested(), func(c *bottest.Config) { c.Durable = false })
	for _, who := range []string{"alice", "bob"} {
		sim.Person(who).Say("请问怎么买？")
	}
	sim.Person("carol").Say("你好")
	sim.Advance(time.Minute)
	_, labels := details(t, sim, "wxid_alice")
	assert.Equal(t, []string{"意向"}, labels)
	sim.Person("erin").Say("/客户名单 意向")
	sim.Person("erin").ExpectText("“意向”有 2 人。\nAlice，2026-01-05 说过话\nBob，2026-01-05 说过话")
	sim.Person("erin").Say("/客户名单 大户")
	sim.Person("erin").ExpectText("没有“大户”这个标签。")
	_, labels = details(t, sim, "wxid_carol")
	assert.Empty(t, labels)
	sim.Advance(46*time.Hour + 59*time.Minute)
	sim.Person("bob").Say("我再想想")
	sim.Advance(2 * time.Hour)
	sim.Person("erin").ExpectText("Alice 2 天没回复：请问怎么买？")
	sim.Advance(46 * time.Hour)
	sim.Person("erin").ExpectNothing()
	sim.Person("bob").Say("报价单发我")
	sim.Advance(49 * time.Hour)
	sim.Person("erin").ExpectText("Bob 2 天没回复：报价单发我")
}

// TestDays follows up with a new friend three times, until they write; the times hold over
// restarts.
func TestDays(t *testing.T) {
	t.Parallel()
	const day = 10 * time.Minute // a real one takes too long with a disk
	sim := run(t, crm.Config{FollowUp: []crm.FollowUp{{After: []time.Duration{day, 3 * day, 7 * day}, Send: "您好，还需要资料吗？"}}})
	sim.FriendRequest("li si", "你好")
	sim.FriendRequest("wang wu", "你好")
	sim.Advance(day + 2*time.Minute)
	for _, who := range []string{"li si", "wang wu"} {
		sim.Person(who).ExpectText("您好，还需要资料吗？")
	}
	sim.Advance(day)
	sim.Person("wang wu").Say("要的")
	sim.Idle()
	sim.Stop()
	sim.Advance(day)
	sim.Start()
	sim.Advance(time.Minute)
	sim.Person("li si").ExpectText("您好，还需要资料吗？")
	sim.Person("li si").ExpectNothing()
	sim.Advance(3 * day)
	sim.Person("li si").ExpectNothing()
	sim.Advance(day)
	sim.Person("li si").ExpectText("您好，还需要资料吗？")
	sim.Person("wang wu").ExpectNothing()
	sim.Advance(day)
	sim.Person("li si").ExpectNothing()
}

// TestMost sends no more without an answer, and no more in a day than per_day.
func TestMost(t *testing.T) {
	t.Parallel()
	c := interested()
	c.PerDay = plugin.Limit{Most: 2, Per: 24 * time.Hour}
	c.FollowUp = []crm.FollowUp{{Label: "意向", After: []time.Duration{time.Hour, 2 * time.Hour}, Send: "还要吗？", Most: 1}}
	sim := run(t, c, func(c *bottest.Config) { c.Durable = false })
	for _, who := range []string{"alice", "bob", "carol"} {
		sim.Person(who).Say("报价")
	}
	sim.Advance(3 * time.Hour)
	assert.Len(t, slices.Concat(sim.Person("alice").Sent(), sim.Person("bob").Sent(), sim.Person("carol").Sent()), 2)
}

// proactive sends a message that nobody asked for.
func proactive(t *testing.T, sim *bottest.Sim, to string) error {
	t.Helper()
	_, err := sim.Bot().Send(t.Context(), api.PostText{AppID: account, To: to, Content: "活动通知"})
	return err
}

// TestNever drops what other plugins send to a customer with the label, whether they asked for it
// or a person set it on the phone. Answers pass.
func TestNever(t *testing.T) {
	t.Parallel()
	c := interested()
	c.Labels = append(c.Labels, crm.Label{Label: "不打扰", Words: []string{"退订"}})
	c.Never = []string{"不打扰"}
	c.FollowUp[0].Send, c.FollowUp[0].After, c.Refresh = "还要报价吗？", []time.Duration{20 * time.Minute}, 30*time.Minute
	sim := run(t, c)
	require.NoError(t, proactive(t, sim, "wxid_alice"))
	sim.Person("alice").ExpectText("活动通知")
	sim.Person("alice").Say("报价不要了，退订")
	sim.Idle()
	var refused *outbox.RefusedError
	require.ErrorAs(t, proactive(t, sim, "wxid_alice"), &refused)
	assert.Equal(t, "crm: the customer has the label 不打扰", refused.Reason)
	_, err := sim.Bot().Send(t.Context(), api.PostText{AppID: account, To: "wxid_alice", Content: "好的"}, router.AsAnswer())
	require.NoError(t, err)
	sim.Person("alice").ExpectText("好的")
	sim.Advance(21 * time.Minute)
	sim.Person("alice").ExpectNothing()
	_, labels := details(t, sim, "wxid_alice")
	assert.ElementsMatch(t, []string{"意向", "不打扰"}, labels)

	client := sim.Bot().Client()
	_, err = plugin.AddLabels(t.Context(), client, account, "wxid_bob", "不打扰") // on the phone
	require.NoError(t, err)
	none := api.ModifyMemberListRequest{AppID: account, Wxids: []string{"wxid_alice"}}
	require.NoError(t, client.Label.ModifyMemberList(t.Context(), none))
	sim.Advance(41 * time.Minute)
	sim.Restart()
	require.ErrorAs(t, proactive(t, sim, "wxid_bob"), &refused)
	require.NoError(t, proactive(t, sim, "wxid_alice"))
	require.NoError(t, proactive(t, sim, "wxid_carol"))
}

// TestWritesInTheNight drops a follow-up that waits for the morning when the customer writes.
func TestWritesInTheNight(t *testing.T) {
	t.Parallel()
	c := interested()
	c.FollowUp = []crm.FollowUp{{Label: "意向", After: []time.Duration{12 * time.Hour}, Send: "还要报价吗？"}}
	sim := run(t, c, func(c *bottest.Config) {
		c.Durable, c.Paced, c.Zone = false, true, time.FixedZone("CST", 8*60*60)
		c.Begins = time.Date(2026, 1, 5, 14, 0, 0, 0, c.Zone)
	})
	sim.Person("alice").Say("报价")
	sim.Person("bob").Say("报价")
	sim.At("02:30")
	sim.Person("alice").Say("睡不着")
	sim.At("09:00")
	sim.Person("bob").ExpectText("还要报价吗？")
	sim.Person("alice").ExpectNothing()
}

// TestLost tells of a customer who has deleted the account, once.
func TestLost(t *testing.T) {
	t.Parallel()
	sim := run(t, interested(), func(c *bottest.Config) { c.Durable = false })
	sim.Person("alice").Say("怎么买")
	_, err := sim.Simulator().Act(simulator.Action{Do: simulator.DoUnfriend, From: "wxid_alice"})
	require.NoError(t, err)
	for range 2 {
		_ = proactive(t, sim, "wxid_alice")
		sim.Idle()
	}
	sim.Person("erin").ExpectText("客户“Alice”（wxid_alice）删除或拉黑了本账号，消息发不过去。")
	sim.Advance(49 * time.Hour)
	sim.Person("erin").ExpectNothing()
}

// TestRehearsal changes nothing in WeChat.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	c := interested()
	c.DryRun = plugin.Always
	sim := run(t, c, func(c *bottest.Config) { c.Durable = false })
	sim.Person("alice").Say("怎么买")
	sim.Advance(50 * time.Hour)
	_, labels := details(t, sim, "wxid_alice")
	assert.Empty(t, labels)
	sim.Person("erin").ExpectNothing()
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	day := []time.Duration{24 * time.Hour}
	for field, c := range map[string]crm.Config{
		"new_friends.greet[0]": {NewFriends: crm.NewFriends{Greet: []string{"{{.Nobody}}"}}},
		"new_friends.remark":   {NewFriends: crm.NewFriends{Remark: "{{.Nobody}}"}},
		"labels[0].words":      {Labels: []crm.Label{{Label: "a"}}},
		"labels[0].words[0]":   {Labels: []crm.Label{{Label: "a", Words: []string{" "}}}},
		"labels[0].label":      {Labels: []crm.Label{{Words: []string{"b"}}}},
		"follow_up[0].after":   {FollowUp: []crm.FollowUp{{After: []time.Duration{2, 1}, Text: "a"}}},
		"follow_up[0].text":    {FollowUp: []crm.FollowUp{{After: day}}},
		"follow_up[0].most":    {FollowUp: []crm.FollowUp{{After: day, Text: "a", Most: -1}}},
		"follow_up[1].after":   {FollowUp: []crm.FollowUp{{After: day, Text: "a"}, {After: day, Text: "b"}}},
		"keep":                 {Keep: -1},
	} {
		_, err := crm.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		`{new_friends: {label: 新客户, remark: "{{.Date}} {{.Name}}"}}`,
		`
    new_friends: {label: 新客户, remark: "{{.Date}} {{.Name}}"}
    labels:
      - {label: 意向, words: [报价, 怎么买]}
      - {label: 不打扰, words: [退订, 别发了]}
    follow_up:
      - {label: 意向, after: 48h, if: no_answer, notify: owner, text: "{{.Name}} 两天没回复：{{.LastText}}"}
      - {label: 意向, after: 168h, if: no_answer, send: "您好，还需要报价吗？", most: 1}
      - {after: [1d, 3d, 7d], send: "您好，资料看了吗？"}
    never: [不打扰]
    per_day: 10/24h
    csv: customers.csv`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  crm: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
