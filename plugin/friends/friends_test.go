package friends_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/friends"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a durable bot of erin with the plugin.
func run(t *testing.T, c friends.Config, change ...func(*bottest.Config)) *bottest.Sim {
	t.Helper()
	config := bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(friends.New(c)))
	}}
	for _, f := range change {
		f(&config)
	}
	return bottest.RunWith(t, config)
}

// ofA is a rule that invites to the groups A and B.
func ofA() friends.Rule {
	return friends.Rule{Password: []string{"进群123"}, Greet: []string{"你好 {{.Name}}"}, Invite: []string{"A", "B"}}
}

// count counts the calls of an endpoint.
func count(sim *bottest.Sim, endpoint string) (n int) {
	for _, c := range sim.Simulator().Calls() {
		if c.Endpoint == endpoint {
			n++
		}
	}
	return n
}

func members(t *testing.T, sim *bottest.Sim, group string) (wxids []string) {
	t.Helper()
	account := simulator.DefaultWorld().Accounts[0].AppID
	list, err := sim.Bot().Client().Group.GetChatroomMemberList(t.Context(), account, sim.Group(group).ID())
	require.NoError(t, err)
	for _, m := range list.Members {
		wxids = append(wxids, m.Wxid)
	}
	return wxids
}

// TestStory6 accepts a request with the password after 20 to 90 s, greets and invites; a second
// request of the same person brings no second invitation; other texts wait for the owner.
func TestStory6(t *testing.T) {
	t.Parallel()
	sim := run(t, friends.Config{Rule: ofA(), AlreadyIn: "你已经在群里了"})
	sim.FriendRequest("li si", "我是李四，进群１２３")
	sim.Advance(19 * time.Second)
	assert.Zero(t, count(sim, "/contacts/addContacts"))
	sim.Advance(75 * time.Second)
	sim.Person("li si").ExpectText("你好 Li Si")
	assert.Contains(t, members(t, sim, "A"), "wxid_li_si")
	assert.NotContains(t, members(t, sim, "B"), "wxid_li_si")

	again := func() {
		require.NoError(t, sim.Bot().Client().Contacts.DeleteFriend(t.Context(), simulator.DefaultWorld().Accounts[0].AppID, "wxid_li_si"))
		sim.FriendRequest("li si", "进群123")
	}
	again()
	sim.Advance(2 * time.Minute)
	sim.Person("li si").ExpectText("你已经在群里了")
	sim.Group("A").Leave("li si")
	again()
	sim.Advance(20 * time.Minute)
	assert.Equal(t, 1, count(sim, "/group/inviteMember"))

	sim.FriendRequest("wang wu", "你好")
	sim.Advance(20 * time.Minute)
	sim.Person("erin").ExpectContains("Wang Wu 想加好友，附言“你好”")
	accepted := count(sim, "/contacts/addContacts")
	sim.Restart()
	sim.Person("erin").Say("同意 1")
	sim.Advance(2 * time.Minute)
	assert.Equal(t, accepted+1, count(sim, "/contacts/addContacts"))
	assert.NotContains(t, members(t, sim, "A"), "wxid_wang_wu")

	sim.FriendRequest("zhao liu", "你好")
	sim.Advance(time.Minute)
	sim.Person("erin").Say("否")
	sim.Advance(time.Hour)
	assert.Equal(t, accepted+1, count(sim, "/contacts/addContacts"))
}

// TestCaps lets a fourth request within ten minutes wait for the person in charge, also over a
// restart, and then for its turn. Without such a person it only waits.
func TestCaps(t *testing.T) {
	t.Parallel()
	for _, owners := range [][]string{{"erin"}, nil} {
		sim := run(t, friends.Config{Rule: ofA()}, func(c *bottest.Config) { c.Owners = owners })
		for i := range 4 {
			sim.FriendRequest(fmt.Sprintf("p%d", i), "进群123")
		}
		sim.Advance(5 * time.Minute)
		assert.Equal(t, 3, count(sim, "/contacts/addContacts"))
		sim.Restart()
		if owners != nil {
			sim.Advance(time.Hour)
			assert.Equal(t, 3, count(sim, "/contacts/addContacts"))
			asked := sim.Person("erin").ExpectContains("P3 用口令想加好友")
			number := regexp.MustCompile(`【问题】(\d+)：`).FindStringSubmatch(asked.Text)
			require.Len(t, number, 2, asked.Text)
			sim.Person("erin").Say("同意 " + number[1])
		}
		sim.Advance(12 * time.Minute)
		sim.Person("p3").ExpectText("你好 P3")
		assert.Contains(t, members(t, sim, "A"), "wxid_p3")
	}
}

// TestCapOfADay accepts no more than that in 24 hours, however many ask.
func TestCapOfADay(t *testing.T) {
	t.Parallel()
	sim := run(t, friends.Config{Rule: ofA(), Limit: friends.Caps{PerDay: 4}},
		func(c *bottest.Config) { c.Owners, c.Durable = nil, false })
	for i := range 6 {
		sim.FriendRequest(fmt.Sprintf("p%d", i), "进群123")
	}
	sim.Advance(20 * time.Hour)
	assert.Equal(t, 4, count(sim, "/contacts/addContacts"))
	sim.Advance(5 * time.Hour)
	assert.Equal(t, 6, count(sim, "/contacts/addContacts"))
}

// TestArrived tells of those who were invited and are not in the group a day later, and of no
// others.
func TestArrived(t *testing.T) {
	t.Parallel()
	sim := run(t, friends.Config{Rule: ofA()})
	for _, who := range []string{"li si", "wang wu"} {
		sim.FriendRequest(who, "进群123")
	}
	sim.Advance(3 * time.Minute)
	sim.Group("A").Leave("li si") // as if the invitation had had no effect
	sim.Restart()
	sim.Advance(24*time.Hour - 5*time.Minute)
	sim.Person("erin").ExpectNothing()
	sim.Advance(20 * time.Minute)
	sim.Person("erin").ExpectText("邀请后还没有进群：\nLi Si（A）")
	sim.Advance(2 * time.Hour)
	sim.Person("erin").ExpectNothing()
}

// crowd has as many members in groups of the default world.
func crowd(sizes map[string]int) *simulator.World {
	w := simulator.DefaultWorld()
	for i := range w.Groups {
		for n := len(w.Groups[i].Members); n < sizes[w.Groups[i].Name]; n++ {
			p := simulator.Contact{Wxid: fmt.Sprintf("wxid_%s%d", w.Groups[i].Name, n), Nickname: fmt.Sprintf("%s%d", w.Groups[i].Name, n)}
			w.Contacts = append(w.Contacts, p)
			w.Groups[i].Members = append(w.Groups[i].Members, simulator.Member{Wxid: p.Wxid})
		}
	}
	return w
}

// TestFull invites to the next group when the first has 180 members. Above 40 members the
// invitation is a card; a second request of the same person brings no second card, and who leaves
// it alone is told of a day later.
func TestFull(t *testing.T) {
	t.Parallel()
	sim := run(t, friends.Config{Rule: ofA()}, func(c *bottest.Config) { c.World = crowd(map[string]int{"A": 180, "B": 41}) })
	sim.FriendRequest("li si", "进群123")
	sim.Advance(19 * time.Second)
	assert.Zero(t, count(sim, "/contacts/addContacts"))
	sim.Advance(75 * time.Second)
	lisi := sim.Person("li si")
	sent := lisi.Sent()
	require.Len(t, sent, 2)
	assert.Equal(t, "你好 Li Si", sent[0].Text)
	assert.Equal(t, "/group/inviteMember", sent[1].Endpoint)
	assert.Contains(t, sent[1].Content, "加入群聊&#34;B&#34;")
	assert.Len(t, members(t, sim, "A"), 180)
	assert.Len(t, members(t, sim, "B"), 41)

	require.NoError(t, sim.Bot().Client().Contacts.DeleteFriend(t.Context(), simulator.DefaultWorld().Accounts[0].AppID, "wxid_li_si"))
	sim.Restart()
	sim.FriendRequest("li si", "进群123")
	sim.Advance(10 * time.Minute)
	lisi.ExpectText("你好 Li Si")
	lisi.ExpectNothing()
	sim.Advance(24 * time.Hour)
	sim.Person("erin").ExpectText("邀请后还没有进群：\nLi Si（B）")
}

// TestRemarkAndLabel keeps the labels that a friend has.
func TestRemarkAndLabel(t *testing.T) {
	t.Parallel()
	rule := ofA()
	rule.Remark, rule.Label = "进群-{{.Date}}-{{.Name}}", "新好友"
	sim := run(t, friends.Config{Accept: []friends.Rule{rule}}, func(c *bottest.Config) { c.Durable = false })
	sim.FriendRequest("li si", "进群123")
	sim.Advance(2 * time.Minute)
	found, err := sim.Bot().Client().Contacts.GetDetailInfo(t.Context(), simulator.DefaultWorld().Accounts[0].AppID, "wxid_li_si")
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "进群-2026-01-05-Li Si", found[0].Remark)
	labels, err := sim.Bot().Client().Label.List(t.Context(), simulator.DefaultWorld().Accounts[0].AppID)
	require.NoError(t, err)
	i := slices.IndexFunc(labels, func(l api.Label) bool { return l.Name == "新好友" })
	require.GreaterOrEqual(t, i, 0)
	assert.Contains(t, found[0].LabelList, labels[i].ID)
}

// TestUntil ends a password with its day.
func TestUntil(t *testing.T) {
	t.Parallel()
	rule := ofA()
	rule.Until = time.Date(2026, 1, 5, 0, 0, 0, 0, time.Local)
	sim := run(t, friends.Config{Rule: rule, Others: "ignore"}, func(c *bottest.Config) { c.Durable = false })
	sim.FriendRequest("li si", "进群123")
	sim.At("00:01")
	sim.FriendRequest("wang wu", "进群123")
	sim.Advance(time.Hour)
	assert.Equal(t, 1, count(sim, "/contacts/addContacts"))
	sim.Person("erin").ExpectNothing()
}

// TestGroupInvitations accepts those of listed people only.
func TestGroupInvitations(t *testing.T) {
	t.Parallel()
	sim := run(t, friends.Config{Rule: ofA(), Invitations: friends.GroupInvitations{From: []string{"wxid_bob"}}},
		func(c *bottest.Config) {
			c.World, c.Durable = simulator.DefaultWorld(), false
			c.World.Groups = append(c.World.Groups, simulator.Group{ID: "10000000009@chatroom", Name: "D", Members: []simulator.Member{
				{Wxid: "wxid_alice"}, {Wxid: "wxid_bob"}, {Wxid: "wxid_carol"},
			}})
		})
	for _, who := range []string{"alice", "bob"} {
		_, err := sim.Simulator().Act(simulator.Action{Do: simulator.DoInvite, From: "wxid_" + who, Group: "10000000009@chatroom"})
		require.NoError(t, err)
		sim.Advance(2 * time.Minute)
		assert.Equal(t, map[string]int{"alice": 0, "bob": 1}[who], count(sim, "/group/agreeJoinRoom"), who)
	}
}

// TestMatch: exact takes the password alone, in whichever width and case; contains also among other
// words.
func TestMatch(t *testing.T) {
	t.Parallel()
	for match, want := range map[string]int{"": 3, "contains": 3, "exact": 1} {
		sim := bottest.RunWith(t, bottest.Config{}, bottest.Must(friends.New(friends.Config{
			Rule: friends.Rule{Password: []string{"vip"}, Match: match}, Others: "ignore",
		})))
		sim.FriendRequest("li si", " ＶＩＰ ")
		sim.FriendRequest("wang wu", "我是 vip 客户")
		sim.FriendRequest("zhao liu", "vipshop")
		sim.Advance(2 * time.Minute)
		assert.Equal(t, want, count(sim, "/contacts/addContacts"), match)
	}
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]friends.Config{
		"password":           {Others: "ignore"},
		"password[0]":        {Rule: friends.Rule{Password: []string{" "}}},
		"accept[0].password": {Accept: []friends.Rule{{}}},
		"accept[0].greet[0]": {Accept: []friends.Rule{{Password: []string{"a"}, Greet: []string{"{{.Nobody}}"}}}},
		"match":              {Rule: friends.Rule{Password: []string{"a"}, Match: "begins"}},
		"limit.per_10m":      {Rule: ofA(), Limit: friends.Caps{Per10m: 4}},
		"limit.per_day":      {Rule: ofA(), Limit: friends.Caps{PerDay: -1}},
	} {
		_, err := friends.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"{password: 进群123, invite: 产品1群}",
		"{password: 进群123, limit: [3/10m, 30/24h]}",
		`
    accept:
      - {password: [进群123], until: "2027-01-31", greet: ["你好，马上拉你进群"], invite: [产品1群, 产品2群], remark: "进群-{{.Date}}-{{.Name}}", label: 新好友}
    wait: 20s-90s
    limit: [3/10m, 30/24h]
    group_full: 180
    already_in: "你已经在群里了"
    others: ask_owner
    group_invitations: {accept_from: [wxid_demo_boss]}`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  friends: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
	for limit, want := range map[string]string{"[4/10m]": "limit.per_10m", "[3/1h]": "is for another time", "[3]": "is not a limit"} {
		text := "service: {sim: true}\nplugins:\n  friends: {password: x, limit: " + limit + "}\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.ErrorContains(t, err, want, limit)
	}
}
