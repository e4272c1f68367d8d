package guard_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/guard"
)

// TestBlacklist: who was removed from one group has to leave the others, however they come, also
// after a restart, until the person in charge takes them off the list.
func TestBlacklist(t *testing.T) {
	t.Parallel()
	w := world(true)
	for i := range w.Groups {
		w.Groups[i].Admins = []string{w.Accounts[0].Wxid}
	}
	strict := ladder()
	strict.Name, strict.In, strict.Strikes.Count, strict.Blacklist.Keep = "one", []string{"A"}, 1, 24*time.Hour
	mild := ladder()
	mild.Name, mild.In, mild.Blacklist.Keep = "two", []string{"B"}, 24*time.Hour
	sim := bottest.RunWith(t, bottest.Config{Durable: true, World: w, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(guard.New(strict)), bottest.Must(guard.New(mild)))
	}})
	a, b, erin := sim.Group("A"), sim.Group("B"), sim.Person("erin")
	a.Add("li si")
	b.Add("li si")
	b.As("li si").Say("大家好")
	a.As("li si").Say("加微信返利")
	sim.Advance(time.Minute)
	erin.ExpectContains("已移出群")
	sim.Restart()
	sim.Group("B").As("li si").Say("还是我")
	sim.Group("B").As("li si").Say("在吗")
	sim.Advance(time.Minute)
	told := sim.Person("erin").ExpectContains("Li Si（wxid_li_si）：在黑名单里\n消息 ")
	assert.Contains(t, told.Text, "已移出群")
	assert.Equal(t, 2, removed(sim))
	sim.Group("B").ExpectNothing()

	sim.Advance(23 * time.Hour)
	sim.Group("B").Add("li si")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectNothing() // once a day
	sim.Person("erin").Say("黑名单")
	list := sim.Person("erin").ExpectContains("Li Si（wxid_li_si）：A，屏蔽词")
	assert.Equal(t, 1, strings.Count(list.Text, "wxid_li_si"))
	sim.Person("alice").Say("移出黑名单 wxid_li_si") // nobody in charge
	sim.Person("alice").ExpectNothing()
	sim.Person("erin").Say("移出黑名单 wxid_li_si")
	sim.Person("erin").ExpectContains("移出黑名单")
	sim.Person("erin").Say("黑名单")
	sim.Person("erin").ExpectText("黑名单是空的。")
	sim.Advance(2 * time.Hour)
	sim.Group("B").As("li si").Say("我改了")
	sim.Advance(time.Minute)
	assert.Equal(t, 2, removed(sim))

	sim.Person("erin").Say("加入黑名单 wxid_carol")
	sim.Person("erin").ExpectContains("已把 wxid_carol 列入黑名单")
	sim.Group("B").As("carol").Say("怎么了")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectContains("Carol（wxid_carol）：在黑名单里")
	assert.Equal(t, 3, removed(sim))
}

// TestBlacklistOfTheFile tells of somebody who joins, if nobody may be removed.
func TestBlacklistOfTheFile(t *testing.T) {
	t.Parallel()
	sim := run(t, guard.Config{Blacklist: guard.Blacklist{People: []string{"wxid_li_si"}}, Then: []string{"notify"}}, true)
	sim.Group("A").Add("li si", "wang wu")
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectText("A：Li Si（wxid_li_si）：在黑名单里\n没有移出，请处理")
	sim.Person("erin").ExpectNothing()
	sim.Person("erin").Say("移出黑名单 wxid_li_si")
	sim.Person("erin").ExpectText("wxid_li_si 写在配置文件里，请改配置文件。")
	assert.Zero(t, removed(sim))
}

// TestVotes warns and tells when enough members report a message, each once, and removes nobody:
// only an administrator can.
func TestVotes(t *testing.T) {
	t.Parallel()
	c := ladder()
	c.Strikes.Count, c.Votes = 1, guard.Votes{Count: 2, Then: []string{"warn", "notify"}}
	sim := run(t, c, true)
	a := sim.Group("A")
	bad := a.As("bob").Say("便宜的课程")
	a.As("carol").Quote(bad, "举报")
	a.As("carol").Quote(bad, "举报")
	a.As("bob").Quote(bad, "举报")
	a.ExpectNothing()
	sim.Restart()
	sim.Group("A").As("dave").Quote(bad, "举报")
	m := sim.Group("A").ExpectText("@Bob\u2005 2 人举报了你，请看群规")
	assert.Equal(t, []string{"wxid_bob"}, m.At)
	told := sim.Person("erin").ExpectContains("Bob（wxid_bob）：2 位群友举报\n消息 " + strconv.FormatUint(bad.NewMsgID, 10))
	assert.Contains(t, told.Text, "“便宜的课程”\n没有移出，请处理")
	sim.Group("A").As("erin").Quote(bad, "举报") // decided already
	sim.Advance(3 * time.Minute)
	sim.Group("A").ExpectNothing()

	late := sim.Group("A").As("bob").Say("又来")
	sim.Group("A").As("carol").Quote(late, "举报")
	sim.Advance(3 * time.Minute)
	sim.Group("A").As("dave").Quote(late, "举报") // too late to be two
	sim.Group("A").As("dave").Quote(sim.Group("A").As("alice").Say("通知"), "举报")
	sim.Advance(time.Minute)
	sim.Group("A").ExpectNothing()
	sim.Person("erin").ExpectNothing()
	assert.Zero(t, removed(sim))
	sim.Group("A").As("alice").Quote(late, "举报") // owns the group
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectContains("管理员举报")
	assert.Equal(t, 1, removed(sim))
}

// TestReportsAreFew counts five reports of a person in an hour.
func TestReportsAreFew(t *testing.T) {
	t.Parallel()
	c := ladder()
	c.Votes = guard.Votes{Count: 2, Then: []string{"warn"}, Warn: "{{.Name}}"}
	sim := run(t, c, true)
	a := sim.Group("A")
	for i := range 6 {
		m := a.As("bob").Say(strconv.Itoa(i))
		a.As("carol").Quote(m, "举报")
		sim.Advance(10 * time.Second)
		if i < 5 {
			a.As("dave").Quote(m, "举报")
			a.ExpectText("Bob")
		} else {
			a.As("erin").Say("大家注意")
			a.As("dave").Quote(m, "举报")
			a.ExpectNothing()
		}
		sim.Advance(time.Minute)
	}
}

// TestModel: a second opinion lets a text pass that has a word by chance, finds nothing by itself,
// and without an answer the words count.
func TestModel(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	answers := make(chan string, 3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, err := io.ReadAll(r.Body)
		answer := <-answers
		if err != nil || answer == "" || !strings.Contains(string(body), "只是资料") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"choices":[{"message":{"content":%q}}]}`, answer)
	}))
	defer server.Close()
	c := ladder()
	c.Model.URL, c.Model.Model, c.Cards = server.URL, "m", true
	sim := run(t, c, true)
	a := sim.Group("A")
	a.As("bob").Say("大家好")
	answers <- "否。"
	a.As("bob").Say("别信加微信返利的骗子")
	sim.Advance(time.Minute)
	a.ExpectNothing()
	for i, answer := range []string{"是", "否，但是请看上面", ""} { // no, but: is no clear no
		answers <- answer
		a.As("bob").Say("加微信返利")
		sim.Advance(10 * time.Second)
		if i < 2 {
			a.ExpectText(fmt.Sprintf("@Bob\u2005请勿发广告（%d/3）", i+1))
		}
	}
	sim.Advance(20 * time.Second)
	sim.Person("erin").ExpectContains("已移出群") // the third, without an answer
	a.As("carol").Card("dave")                // nothing that a text tells
	a.ExpectText("@Carol\u2005请勿发广告（1/3）")
	assert.EqualValues(t, 4, asked.Load())
}

// TestMistakesAboutPeople names the fields.
func TestMistakesAboutPeople(t *testing.T) {
	t.Parallel()
	scope := plugin.Scope{In: []string{"A"}}
	for field, c := range map[string]guard.Config{
		"blacklist.people[1]": {Scope: scope, Blacklist: guard.Blacklist{People: []string{"wxid_a", "all"}}},
		"votes.count":         {Scope: scope, Words: []string{"a"}, Votes: guard.Votes{Count: 1}},
		"votes.then[0]":       {Scope: scope, Votes: guard.Votes{Count: 3, Then: []string{"remove"}}},
		"votes.warn":          {Scope: scope, Votes: guard.Votes{Count: 3, Warn: "{{.Text}}"}},
	} {
		_, err := guard.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}
