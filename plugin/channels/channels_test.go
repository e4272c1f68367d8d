package channels_test

import (
	"encoding/json"
	"fmt"
	"strconv"
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
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/channels"
	"github.com/hongyan-go/hongyan/plugin/wordfilter"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const account = simulator.DefaultAppID

// run runs a bot of erin with the plugin, whose account has a channel with a video.
func run(t *testing.T, c channels.Config, change ...func(*bottest.Config)) *bottest.Sim {
	t.Helper()
	config := bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(channels.New(c)))
	}, Bot: func(c *bot.Config) { c.Accounts = []bot.Account{{AppID: account}} }}
	for _, f := range change {
		f(&config)
	}
	sim := bottest.RunWith(t, config)
	finder := sim.Bot().Client().Finder
	_, err := finder.Create(t.Context(), api.FinderCreateRequest{AppID: account, NickName: "鸿雁频道", HeadImg: "https://example.com/a.jpg"})
	require.NoError(t, err)
	me, err := finder.GetProfile(t.Context(), account)
	require.NoError(t, err)
	_, err = finder.Publish(t.Context(), api.FinderPublishRequest{
		FinderIdentity: api.FinderIdentity{AppID: account, MyUserName: me.MainFinderUserName}, VideoURL: "https://example.com/v.mp4",
		ThumbURL: "https://example.com/t.jpg", Description: "新品介绍",
	})
	require.NoError(t, err)
	return sim
}

// act has somebody do something in Channels.
func act(t *testing.T, sim *bottest.Sim, do, from, text string) {
	t.Helper()
	_, err := sim.Simulator().Act(simulator.Action{Do: do, From: "wxid_" + from, Text: text})
	require.NoError(t, err)
	sim.Idle()
}

// sent are the bodies of the calls of an endpoint.
func sent(t *testing.T, sim *bottest.Sim, endpoint string) (bodies []map[string]any) {
	t.Helper()
	for _, c := range sim.Simulator().Calls() {
		if c.Endpoint == endpoint {
			body := map[string]any{}
			require.NoError(t, json.Unmarshal(c.Body, &body))
			bodies = append(bodies, body)
		}
	}
	return bodies
}

const (
	letterCall  = "/finder/postPrivateLetter"
	commentCall = "/finder/comment"
)

func priced() channels.Answers {
	return channels.Answers{Keyword: []string{"价格", "合作"}, Reply: "{{.Name}} 您好，请加客服微信"}
}

// TestOncePer answers somebody who writes three letters once, and tells the person in charge of
// each; a restart before the answer changes nothing.
func TestOncePer(t *testing.T) {
	t.Parallel()
	sim := run(t, channels.Config{Letters: priced()})
	for i := range 3 {
		act(t, sim, simulator.DoLetter, "alice", fmt.Sprintf("价格 %d？", i))
		sim.Advance(3 * time.Second)
	}
	act(t, sim, simulator.DoLetter, "bob", "你好")
	sim.Restart()
	sim.Advance(21 * time.Second)
	sim.Person("erin").ExpectText("视频号收到 4 条私信：\nAlice：价格 0？\nAlice：价格 1？\nAlice：价格 2？\nBob：你好")
	sim.Advance(time.Minute)
	bodies := sent(t, sim, letterCall)
	require.Len(t, bodies, 1)
	assert.Equal(t, "Alice 您好，请加客服微信", bodies[0]["content"])
	assert.Contains(t, bodies[0]["toUserName"], "@findermsgstranger")
	assert.Contains(t, bodies[0]["myUserName"], "@finder")
	assert.Contains(t, bodies[0]["msgSessionId"], "@findermsg")
	sim.Person("erin").ExpectNothing()
	sim.Advance(24 * time.Hour)
	act(t, sim, simulator.DoLetter, "alice", "合作")
	sim.Advance(2 * time.Minute)
	assert.Len(t, sent(t, sim, letterCall), 2)
}

// TestLettersAreBounded answers no more than per_day, in the hours only, through the gates, and not
// in a rehearsal.
func TestLettersAreBounded(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		change func(c *channels.Config)
		calls  int
	}{
		"all":     {func(c *channels.Config) { c.Letters.Keyword = []string{"all"} }, 3},
		"per_day": {func(c *channels.Config) { c.Letters.PerDay = plugin.Limit{Most: 2, Per: time.Hour} }, 2},
		"hours":   {func(c *channels.Config) { require.NoError(t, c.Letters.Hours.UnmarshalText([]byte("03:00-03:01"))) }, 0},
		"dry":     {func(c *channels.Config) { c.DryRun = plugin.Always }, 0},
		"words":   {func(c *channels.Config) { c.Letters.Reply = "内部价 9 折" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := channels.Config{Letters: priced()}
			want.change(&c)
			sim := run(t, c, func(b *bottest.Config) {
				b.Durable = false
				b.Setup = func(b *bot.Bot) error {
					words := wordfilter.Config{Scope: plugin.Scope{In: []string{"all"}}, Words: []string{"内部价"}, Then: "drop"}
					return b.Install(bottest.Must(wordfilter.New(words)), bottest.Must(channels.New(c)))
				}
			})
			for _, who := range []string{"alice", "bob", "carol"} {
				act(t, sim, simulator.DoLetter, who, "价格")
			}
			sim.Advance(2 * time.Minute)
			assert.Len(t, sent(t, sim, letterCall), want.calls)
		})
	}
}

// TestComments tells of 40 comments in ten minutes in one summary, and not of those that were there
// before. It answers those with the words.
func TestComments(t *testing.T) {
	t.Parallel()
	c := channels.Config{Comments: &channels.Comments{Notify: []string{"B"}, Answers: priced()}}
	c.Comments.OncePer = time.Hour
	sim := run(t, c)
	act(t, sim, simulator.DoComment, "bob", "以前的价格")
	sim.Advance(11 * time.Minute)
	sim.Group("B").ExpectNothing()
	for i := range 40 {
		text := fmt.Sprintf("第 %d 条", i)
		if i == 7 || i == 8 {
			text = "价格多少"
		}
		act(t, sim, simulator.DoComment, "alice", text)
		if i == 20 {
			sim.Advance(2 * time.Second)
			sim.Restart()
		}
	}
	sim.Advance(10 * time.Minute)
	m := sim.Group("B").ExpectContains("视频号有 40 条新评论：\n【新品介绍】Alice：第 0 条\n")
	assert.True(t, strings.HasSuffix(m.Text, "\n另有 30 条。"), m.Text)
	sim.Advance(2 * time.Minute)
	bodies := sent(t, sim, commentCall)
	require.Len(t, bodies, 1)
	assert.Equal(t, "Alice 您好，请加客服微信", bodies[0]["content"])
	assert.NotEmpty(t, bodies[0]["sessionBuffer"])
	assert.NotEqual(t, "0", bodies[0]["refCommentId"])
	sim.Restart()
	sim.Advance(21 * time.Minute)
	sim.Group("B").ExpectNothing()
	act(t, sim, simulator.DoComment, "carol", "新的")
	sim.Advance(10 * time.Minute)
	sim.Group("B").ExpectText("视频号有 1 条新评论：\n【新品介绍】Carol：新的")
}

// feed is a card of Channels.
func feed(id int, channel, desc string) simulator.Draft {
	return videoFeed(strconv.Itoa(id), channel, desc)
}

func videoFeed(id, channel, desc string) simulator.Draft {
	return simulator.Raw(49, fmt.Sprintf(`<msg><appmsg appid="" sdkver="0"><title>x</title><type>51</type><finderFeed>`+
		`<objectId>%s</objectId><objectNonceId>1</objectNonceId><username>v2_a@finder</username><nickname>%s</nickname><desc>%s</desc>`+
		`<feedType>4</feedType><mediaCount>1</mediaCount><mediaList><media><thumbUrl>https://example.com/t.jpg</thumbUrl>`+
		`<url>https://example.com/v.mp4</url></media></mediaList></finderFeed></appmsg></msg>`, id, channel, desc))
}

// TestCards sends a card on once, and none that was revoked, that another entry is for, or that the
// account itself has sent.
func TestCards(t *testing.T) {
	t.Parallel()
	sim := run(t, channels.Config{
		Scope: plugin.Scope{In: []string{"A"}},
		Cards: []channels.Cards{{Channels: []string{"鸿雁"}, Keyword: []string{"新品"}, To: []string{"A", "B"}, Reply: "收到 {{.Channel}}"}},
	}, func(c *bottest.Config) { c.Durable = false })
	a := sim.Group("A")
	a.As("alice").Send(feed(1, "鸿雁", "新品来了"))
	a.As("alice").Send(feed(2, "别人", "新品来了"))
	a.As("alice").Send(feed(3, "鸿雁", "旧的"))
	a.Phone().Send(feed(4, "鸿雁", "新品"))
	revoked := a.As("alice").Send(feed(5, "鸿雁", "新品 2"))
	a.As("alice").Revoke(revoked)
	sim.Group("C").As("alice").Send(feed(6, "鸿雁", "新品"))
	sim.Advance(time.Minute)
	assert.Len(t, sim.Group("B").Sent(), 1)
	assert.Len(t, sim.Group("A").Sent(), 1)
	a.As("bob").Send(feed(1, "鸿雁", "新品来了"))
	sim.Advance(time.Minute)
	assert.Empty(t, sim.Group("B").Sent())
}

// TestLike gives the video of a card a heart, once, however often the card comes.
func TestLike(t *testing.T) {
	t.Parallel()
	sim := run(t, channels.Config{
		Scope: plugin.Scope{In: []string{"A"}}, Cards: []channels.Cards{{Channels: []string{"鸿雁"}, Like: true}},
	})
	a := sim.Group("A")
	page := func() string {
		found, err := sim.Bot().Client().Finder.GetUserPage(t.Context(), api.FinderGetUserPageRequest{
			AppID: simulator.DefaultWorld().Accounts[0].AppID, ToUserName: "v2_a@finder",
		})
		require.NoError(t, err)
		require.NotEmpty(t, found.Objects)
		return found.Objects[0].ID.String()
	}
	liked := func() int { return len(sent(t, sim, "/finder/idLike")) }
	a.As("alice").Send(feed(7, "鸿雁", "不在主页"))
	a.As("alice").Send(videoFeed(page(), "别人", "x"))
	sim.Advance(time.Minute)
	assert.Zero(t, liked())
	a.As("alice").Send(videoFeed(page(), "鸿雁", "x"))
	sim.Advance(time.Minute)
	require.Equal(t, 1, liked())
	body := sent(t, sim, "/finder/idLike")[0]
	assert.Equal(t, "v2_a@finder", body["toUserName"])
	assert.NotEmpty(t, body["sessionBuffer"])
	sim.Restart()
	sim.Group("A").As("bob").Send(videoFeed(page(), "鸿雁", "x"))
	sim.Advance(time.Minute)
	assert.Equal(t, 1, liked())
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]channels.Config{
		"letters.keyword":     {Letters: channels.Answers{Reply: "a"}},
		"letters.keyword[0]":  {Letters: channels.Answers{Keyword: []string{" "}, Reply: "a"}},
		"letters.reply":       {Letters: channels.Answers{Keyword: []string{"a"}, Reply: "{{.Nobody}}"}},
		"comments.every":      {Comments: &channels.Comments{Every: time.Second}},
		"comments.keyword":    {Comments: &channels.Comments{Answers: channels.Answers{Keyword: []string{"a"}}}},
		"in":                  {Cards: []channels.Cards{{Reply: "a"}}},
		"cards[0].to":         {Scope: plugin.Scope{In: []string{"A"}}, Cards: []channels.Cards{{}}},
		"cards[0].keyword[0]": {Scope: plugin.Scope{In: []string{"A"}}, Cards: []channels.Cards{{Reply: "a", Keyword: []string{""}}}},
	} {
		_, err := channels.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"{notify: owner}",
		`
    accounts: [wx_demo0000000000000001]
    in: [资讯群]
    letters: {keyword: [价格, 合作], reply: "您好，请加客服微信", once_per: 24h, delay: 20s-60s, hours: "08:00-22:00"}
    comments: {notify: [运营群], every: 10m, keyword: all, reply: "谢谢"}
    cards: [{channels: [鸿雁], to: [运营群]}]`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  channels: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
