package signup_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
	"github.com/hongyan-go/hongyan/plugin/signup"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func run(t *testing.T, c signup.Config) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(signup.New(c)))
	}})
}

// rows reads a table, without its first row and the ids.
func rows(t *testing.T, sim *bottest.Sim, file string) (all []string) {
	t.Helper()
	sim.Advance(10 * time.Second)
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	cells, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	for _, row := range cells[1:] {
		all = append(all, strings.Join(row[2:], ","))
	}
	return all
}

func course(file string) signup.Config {
	return signup.Config{
		Scope: plugin.Scope{In: []string{"A"}}, Start: []string{"报名", "我要报名"}, Where: "here", CSV: file,
		Ask: signup.Questions{
			{Name: "name", Text: "姓名？", Max: 20},
			{Name: "phone", Text: "手机号？", Check: "phone"},
			{Name: "day", Text: "周六还是周日？", Choice: []string{"周六", "周日"}},
		},
	}
}

// TestStory12 has two people fill the form in one group at once, over a restart: each row has only
// the answers of its own person.
func TestStory12(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "deep", "signup.csv")
	sim := run(t, course(file))
	a := sim.Group("A")
	alice, bob := a.As("alice"), a.As("bob")
	alice.Say("报名费多少")
	alice.Say("报名 明天")
	a.ExpectNothing()
	alice.Say("报名")
	a.ExpectText("@Alice\u2005姓名？")
	bob.Say("我要报名")
	a.ExpectText("@Bob\u2005姓名？")
	a.As("carol").Say("李四")
	alice.Say("=张三")
	bob.Say("王五")
	sim.Restart()
	alice.Say("12345")
	a.ExpectText("@Alice\u2005手机号不对，应是 11 位数字，再发一次。")
	bob.Say("+86 139-0000-0002")
	a.ExpectText("@Bob\u2005周六还是周日？\n1. 周六\n2. 周日")
	alice.Say("138000000012")
	a.ExpectText("@Alice\u2005手机号不对，应是 11 位数字，再发一次。")
	alice.Say("１３８００００ ０００１")
	alice.Say("周六")
	bob.Say("2")
	a.ExpectText("@Alice\u2005请核对：\nname：=张三\nphone：13800000001\nday：周六\n回复“是”提交，“否”修改，“取消”放弃。")
	bob.Say("是")
	alice.Say("否")
	a.ExpectText("@Alice\u2005改哪一项？\n1. name\n2. phone\n3. day")
	alice.Say("3")
	alice.Say("周日")
	sim.Restart()
	alice.Say("是")
	a.ExpectText("@Alice\u2005你已报名，第 2 位。")
	assert.Equal(t, []string{"Bob,王五,13900000002,周日,报名", "Alice,'=张三,13800000001,周日,报名"}, rows(t, sim, file))

	alice.Say("报名")
	a.ExpectText("@Alice\u2005你已报名，第 2 位。要修改就发“修改报名”，要取消就发“取消报名”。")
	a.As("carol").Say("报名名单")
	a.As("erin").Say("报名名单")
	a.ExpectText("报名 2 人\n1. Bob\n2. Alice")
	bob.Say("取消报名")
	a.ExpectText("@Bob\u2005已取消报名。")
	bob.Say("取消报名")
	a.ExpectText("@Bob\u2005你没有报名。")
	assert.Equal(t, "Bob,王五,13900000002,周日,已取消", rows(t, sim, file)[0])
}

// TestEnds ends a form by a word, and when nothing is answered for its time.
func TestEnds(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "signup.csv")
	c := course(file)
	c.Until = time.Date(2026, 1, 5, 0, 0, 0, 0, time.Local)
	sim := run(t, c)
	a := sim.Group("A")
	for _, word := range []string{"取消", "取消报名"} {
		a.As("alice").Say("报名")
		a.As("alice").Say(word)
		a.ExpectText("@Alice\u2005已取消")
	}
	a.As("alice").Say("报名")
	sim.Advance(2 * time.Minute)
	a.As("alice").Say("张三")
	sim.Advance(2 * time.Minute)
	a.ExpectText("@Alice\u2005手机号？")
	sim.Advance(time.Minute + 10*time.Second)
	a.ExpectContains("太久没有回答")
	a.As("alice").Say("13800000001")
	a.Sent()
	a.ExpectNothing()
	sim.Advance(13*time.Hour + 50*time.Minute)
	a.As("alice").Say("报名")
	sim.Advance(5 * time.Minute)
	a.ExpectText("@Alice\u2005姓名？")
	a.ExpectContains("太久没有回答")
	sim.Advance(time.Hour)
	a.As("alice").Say("报名")
	a.ExpectText("@Alice\u2005报名已经截止。")
	assert.Empty(t, rows(t, sim, file))
}

// TestPlaces has one place too few: the last one waits, and moves up when somebody cancels.
func TestPlaces(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "signup.csv")
	sim := run(t, signup.Config{
		Scope: plugin.Scope{In: []string{"A"}}, Start: []string{"报名"}, Direct: true, Places: 2, CSV: file,
		Ask: signup.Questions{{Name: "wish", Text: "有什么要求？", Optional: true}},
	})
	a := sim.Group("A")
	for i, name := range []string{"alice", "bob", "carol", "dave"} {
		a.As(name).Say("报名")
		a.ExpectContains("有什么要求？（可以回复“跳过”）")
		a.As(name).Say("跳过")
		a.ExpectContains([]string{"你已报名，第 1 位", "你已报名，第 2 位", "名额已满，你在候补第 1 位", "名额已满，你在候补第 2 位"}[i])
	}
	sim.Restart()
	a.As("dave").Say("取消报名") // waited, so nobody moves
	a.ExpectContains("已取消报名")
	a.As("alice").Say("取消报名")
	a.ExpectText("@Alice\u2005已取消报名。")
	sim.Advance(time.Second)
	m := a.ExpectText("@Carol\u2005有人取消，你从候补转为正式报名，第 2 位。")
	assert.Equal(t, []string{"wxid_carol"}, m.At)
	a.ExpectNothing()
	assert.Equal(t, []string{"Alice,,已取消", "Bob,,报名", "Carol,,报名", "Dave,,已取消"}, rows(t, sim, file))
	a.As("alice").Say("报名")
	a.As("alice").Say("x")
	a.ExpectContains("候补第 1 位")
}

// TestThirtyPlaces tells the 31st of 30 places of the waiting list, after a confirmation, and moves
// them up when somebody cancels.
func TestThirtyPlaces(t *testing.T) {
	t.Parallel()
	w := simulator.DefaultWorld()
	i := slices.IndexFunc(w.Groups, func(g simulator.Group) bool { return g.Name == "A" })
	for n := range 31 {
		p := simulator.Contact{Wxid: fmt.Sprintf("wxid_m%d", n), Nickname: fmt.Sprintf("M%d", n)}
		w.Contacts = append(w.Contacts, p)
		w.Groups[i].Members = append(w.Groups[i].Members, simulator.Member{Wxid: p.Wxid})
	}
	file := filepath.Join(t.TempDir(), "signup.csv")
	sim := bottest.RunWith(t, bottest.Config{World: w}, bottest.Must(signup.New(signup.Config{
		Scope: plugin.Scope{In: []string{"A"}}, Start: []string{"报名"}, Places: 30, CSV: file,
		Ask: signup.Questions{{Name: "wish", Text: "有什么要求？"}},
	})))
	a := sim.Group("A")
	for n := range 31 {
		who := a.As(fmt.Sprintf("m%d", n))
		who.Say("报名")
		who.Say("没有")
		who.Say("是")
	}
	sent := a.Sent()
	require.Len(t, sent, 93)
	assert.Contains(t, sent[89].Text, "你已报名，第 30 位")
	assert.Contains(t, sent[92].Text, "名额已满，你在候补第 1 位")
	assert.Equal(t, []string{"wxid_m30"}, sent[92].At)
	a.As("m4").Say("取消报名")
	a.ExpectContains("已取消报名")
	sim.Advance(time.Second)
	assert.Equal(t, []string{"wxid_m30"}, a.ExpectContains("你从候补转为正式报名，第 30 位").At)
	all := rows(t, sim, file)
	require.Len(t, all, 31)
	assert.Equal(t, []string{"M4,没有,已取消", "M30,没有,报名"}, []string{all[4], all[30]})
}

// TestEdit changes an answer of somebody who has signed up, over a restart: they keep their place,
// and their row.
func TestEdit(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "signup.csv")
	c := course(file)
	c.Until = time.Date(2026, 1, 5, 0, 0, 0, 0, time.Local)
	sim := run(t, c)
	a := sim.Group("A")
	a.As("alice").Say("修改报名")
	a.ExpectText("@Alice\u2005你没有报名。")
	for _, text := range []string{"报名", "张三", "13800000001", "1", "是"} {
		a.As("alice").Say(text)
	}
	for _, text := range []string{"报名", "李四", "13800000002", "2", "是"} {
		a.As("bob").Say(text)
	}
	for range 10 {
		a.Sent()
	}
	a.As("alice").Say("修改报名")
	a.ExpectText("@Alice\u2005改哪一项？\n1. name\n2. phone\n3. day")
	sim.Restart()
	a = sim.Group("A")
	a.As("alice").Say("2")
	a.ExpectText("@Alice\u2005手机号？")
	a.As("alice").Say("13900000009")
	a.ExpectText("@Alice\u2005请核对：\nname：张三\nphone：13900000009\nday：周六\n回复“是”提交，“否”修改，“取消”放弃。")
	a.As("alice").Say("是")
	a.ExpectText("@Alice\u2005已修改。你已报名，第 1 位。")
	want := []string{"Alice,张三,13900000009,周六,报名", "Bob,李四,13800000002,周日,报名"}
	assert.Equal(t, want, rows(t, sim, file))
	a.As("alice").Say("修改报名")
	a.ExpectContains("改哪一项")
	a.As("alice").Say("取消")
	a.ExpectText("@Alice\u2005已取消")
	assert.Equal(t, want, rows(t, sim, file))
	sim.At("00:01")
	a.As("alice").Say("修改报名")
	a.ExpectText("@Alice\u2005报名已经截止。")
}

// TestSeveral takes an answer that comes in several messages, until the person says that it is
// complete; it is counted as a whole.
func TestSeveral(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "signup.csv")
	sim := run(t, signup.Config{
		Scope: plugin.Scope{In: []string{"A"}}, Start: []string{"报名"}, Direct: true, CSV: file,
		Ask: signup.Questions{{Name: "about", Text: "介绍一下自己", Several: true, Max: 10}, {Name: "city", Text: "哪里人？"}},
	})
	a := sim.Group("A")
	alice := a.As("alice")
	alice.Say("报名")
	a.ExpectText("@Alice\u2005介绍一下自己（可以分几条发，发完回复“完”）")
	alice.Say("完")
	a.ExpectText("@Alice\u2005还没有内容，请先发一条。")
	alice.Say("我是张三")
	alice.Say("今年三十岁了呢")
	a.ExpectText("@Alice\u2005最多 10 个字，请缩短后再发一次。")
	alice.Say("三十岁")
	sim.Restart()
	a = sim.Group("A")
	a.As("alice").Say("完")
	a.ExpectText("@Alice\u2005哪里人？")
	a.As("alice").Say("上海")
	a.ExpectText("@Alice\u2005你已报名，第 1 位。")
	assert.Equal(t, []string{"Alice,我是张三\n三十岁,上海,报名"}, rows(t, sim, file))
}

// next is the next row that the webhook got.
func next(t *testing.T, got chan map[string]string) map[string]string {
	t.Helper()
	require.NotEmpty(t, got, "the webhook got no row")
	return <-got
}

// TestPrivate asks for a phone number in private only, whoever is in the group.
func TestPrivate(t *testing.T) {
	t.Parallel()
	got := make(chan map[string]string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var row map[string]string
		if json.NewDecoder(r.Body).Decode(&row) == nil {
			got <- row
		}
	}))
	defer hook.Close()
	c := course("")
	c.Where, c.Webhook.URL, c.Places = "", hook.URL, 1
	sim := run(t, c)
	sim.Group("A").As("alice").Say("报名")
	sim.Group("A").ExpectText("@Alice\u2005请私聊我发“报名”，这里不收集个人信息。")
	sim.Group("A").Leave("bob")
	sim.Person("bob").Say("报名")
	sim.Person("bob").ExpectNothing()
	alice := sim.Person("alice")
	for _, text := range []string{"报名", strings.Repeat("长", 21), "张三", "13800000001", "1", "是"} {
		alice.Say(text)
	}
	alice.ExpectText("姓名？")
	alice.ExpectText("最多 20 个字，请缩短后再发一次。")
	alice.ExpectContains("你已报名，第 1 位")
	sim.Advance(time.Second)
	row := next(t, got)
	assert.Len(t, row["id"], 12)
	assert.Equal(t, "张三 13800000001 周六 报名", strings.Join([]string{row["name"], row["phone"], row["day"], row["status"]}, " "))
	carol := sim.Person("carol")
	for _, text := range []string{"报名", "李四", "13800000002", "1", "是"} {
		carol.Say(text)
	}
	carol.ExpectContains("候补第 1 位")
	sim.Advance(time.Second)
	assert.Equal(t, "候补", next(t, got)["status"])
	sim.Group("A").As("alice").Say("取消报名")
	sim.Group("A").ExpectContains("已取消报名")
	sim.Advance(time.Second)
	carol.ExpectText("有人取消，你从候补转为正式报名，第 1 位。")
	assert.ElementsMatch(t, []string{"已取消", "报名"}, []string{next(t, got)["status"], next(t, got)["status"]})
	sim.Group("B").As("alice").Say("报名")
	sim.Group("B").ExpectNothing()
}

func dinner(file string) signup.Config {
	return signup.Config{Scope: plugin.Scope{In: []string{"A"}}, Kind: "list", Start: []string{"接龙 聚餐", "接龙"}, Guests: true, CSV: file}
}

// TestList posts the list at most once a minute, and moves up who waits.
func TestList(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "list.csv")
	c := dinner(file)
	c.Places = 4
	sim := run(t, c)
	a := sim.Group("A")
	a.As("bob").Say("+1")
	a.As("bob").Say("报名")
	a.ExpectNothing()
	a.As("alice").Say("接龙 聚餐")
	a.ExpectContains("接龙 聚餐\n回复“+1”参加")
	a.As("bob").Say("接龙 别的")
	a.ExpectContains("这里已经有一个接龙")
	a.As("alice").Say("＋１")
	a.As("bob").Say("+2")
	a.As("bob").Say("报名 Zhang San")
	for _, talk := range []string{"+0", "+100", "-", "退出", "报名表在哪", "1+1", "取消 没有这个人"} {
		a.As("dave").Say(talk)
	}
	a.As("carol").Say("参加")
	sim.Advance(2 * time.Second)
	a.ExpectText("接龙 聚餐（4/4 人）\n1. Alice\n2. Bob（2 人）\n3. Zhang San（Bob 报）\n候补 1. Carol")
	sim.Restart()
	a.As("bob").Say("+1")
	a.As("dave").Say("+21")
	a.ExpectText("@Dave\u2005一次最多 20 个人。")
	sim.Advance(20 * time.Second)
	a.As("bob").Say("取消 zhang san") // as it was written
	a.As("bob").Say("取消 Zhang San")
	sim.Advance(39 * time.Second)
	a.ExpectNothing()
	sim.Advance(time.Second)
	a.ExpectText("接龙 聚餐（3/4 人）\n1. Alice\n2. Bob\n3. Carol")
	a.As("bob").Say("结束接龙")
	a.ExpectText("只有发起人和管理员可以结束接龙。")
	a.As("alice").Say("结束接龙")
	a.ExpectText("接龙 聚餐（3/4 人）\n1. Alice\n2. Bob\n3. Carol\n接龙结束。")
	a.As("dave").Say("+1")
	a.As("dave").Say("接龙 郊游")
	a.ExpectContains("接龙 郊游\n")
	a.As("alice").Say("-1")
	a.As("dave").Say("+1")
	sim.Advance(time.Minute)
	a.ExpectText("接龙 郊游（1/4 人）\n1. Dave")
	assert.Equal(t, []string{
		"接龙 聚餐,Alice,1,Alice,报名", "接龙 聚餐,Bob,1,Bob,报名", "接龙 聚餐,Zhang San,1,Bob,已取消", "接龙 聚餐,Carol,1,Carol,报名",
		"接龙 郊游,Dave,1,Dave,报名",
	}, rows(t, sim, file))
}

// TestOneLineEach: without guests, everyone has one line, under the name that they write.
func TestOneLineEach(t *testing.T) {
	t.Parallel()
	c := dinner("")
	c.Guests, c.Until = false, time.Date(2026, 1, 5, 0, 0, 0, 0, time.Local)
	sim := run(t, c)
	a := sim.Group("A")
	a.As("alice").Say("接龙")
	a.ExpectContains("回复“+1”参加，“-1”退出。")
	a.As("bob").Say("+3")
	a.ExpectText("@Bob\u2005这个接龙不能带人，回复“+1”参加。")
	a.As("bob").Say("报名 王五")
	a.As("bob").Say("报名 王五 五号桌")
	a.As("carol").Say("+1")
	a.As("carol").Say("-1")
	sim.Advance(time.Minute)
	a.ExpectText("接龙（1 人）\n1. 王五 五号桌")
	sim.At("00:01")
	a.As("carol").Say("+1")
	a.ExpectText("@Carol\u2005报名已经截止。")
}

// TestNative takes over the lists that WeChat makes, and posts nothing.
func TestNative(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "list.csv")
	sim := run(t, dinner(file))
	a := sim.Group("A")
	a.As("alice").Say("#接龙\n周五聚餐\n\n1. 张三\n2. 李四")
	a.As("bob").Say("#接龙\n周五聚餐\n\n1. 张三\n2. 王五\n3. =HYPERLINK(1)")
	assert.Equal(t, []string{
		"周五聚餐,张三,1,,报名", "周五聚餐,李四,1,,已取消", "周五聚餐,王五,1,,报名", "周五聚餐,'=HYPERLINK(1),1,,报名",
	}, rows(t, sim, file))
	sim.Advance(time.Minute)
	a.As("carol").Say("#接龙是什么")
	a.ExpectNothing()
	a.As("carol").Say("+1")
	sim.Advance(time.Minute)
	a.ExpectText("周五聚餐（4 人）\n1. 张三\n2. 王五\n3. =HYPERLINK(1)\n4. Carol")
}

func FuzzNative(f *testing.F) {
	for _, seed := range []string{"#接龙\n题目\n1. 张三", "#接龙", "# 接龙 题目\r\n１、x\n2．y", "\x00\n999.\u202ex", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		title, names := signup.Native(text)
		assert.LessOrEqual(t, len([]rune(title)), 61)
		for _, name := range names {
			assert.NotEmpty(t, name)
			assert.NotContains(t, name, "\n")
		}
	})
}

// TestFiles reads the examples of the documentation, with the questions in their order, and shows
// mistakes with their fields.
func TestFiles(t *testing.T) {
	t.Parallel()
	r := &plugin.Registry{}
	r.Register(signup.Definition())
	read := func(text string) error {
		text = "service: {sim: true}\nplugins:\n  " + strings.ReplaceAll(text, "\n", "\n  ")
		_, err := app.Reader{Plugins: r}.Parse("bot.yaml", []byte(text))
		return err
	}
	require.NoError(t, read(signup.Definition().Example))
	require.NoError(t, read(`signup:
  - name: course
    start: [报名, 我要报名]
    in: [课程群]
    where: private
    ask:
      name: {text: 姓名？, max: 20}
      phone: {text: 手机号？, check: phone}
      day: {text: "周六还是周日？", choice: [周六, 周日]}
      photo: {text: 照片？, check: image}
      paper: {text: 材料？, check: file, optional: true}
    remind: 1m
    confirm: true
    cancel: [取消]
    timeout: 3m
    places: 30
    until: "2027-01-31"
    csv: signup.csv
    webhook: {url: "https://example.com/hook", secret: s}
  - {name: dinner, kind: list, in: [同事群], start: 接龙 聚餐, guests: true, repost: 1m, reposts: 30/24h}
`))
	for text, want := range map[string]string{
		"{ask: {a: b}}": "signup.start",
		"{start: 报名, ask: {a: {text: b, check: phone, several: true}}}": "signup.ask.a.several",
		"{start: 报名}": "signup.ask: there are 0 questions",
		"{start: 报名, ask: {a: {check: phone}}}":           "signup.ask.a.text: it is missing",
		"{start: 报名, ask: {a: {text: b, check: x}}}":      "signup.ask.a.check",
		"{start: 报名, ask: {a: {text: b, chek: phone}}}":   "chek",
		"{start: 报名, ask: {a: {text: b, choice: [x]}}}":   "signup.ask.a.choice",
		"{start: 报名, ask: {a: b, a: c}}":                  "a",
		"{start: 报名, in: [], ask: {a: b}}":                "signup.in: it is missing",
		"{start: [/], ask: {a: b}}":                       "signup.start[0]",
		"{start: 报名, ask: {a: b}, where: home}":           "signup.where",
		"{start: 报名, ask: {a: b}, places: 100000}":        "signup.places",
		"{start: 报名, ask: {a: b}, webhook: {url: x}}":     "signup.webhook.url",
		"{start: 接龙, kind: list}":                         "signup.in: it is missing",
		"{start: 接龙, kind: list, in: [A], ask: {a: b}}":   "signup.ask: a list asks nothing",
		"{start: 接龙, kind: lists, in: [A]}":               "signup.kind",
		"{start: 接龙, kind: list, in: [A], may_start: []}": "signup.may_start",
		"{start: 接龙, kind: list, in: [A], repost: -1m}":   "is no time: write one above 0, or off",
		"{start: 报名, ask: {a: {text: b, max: 100000}}}":   "signup.ask.a.max",
	} {
		require.ErrorContains(t, read("signup: "+text+"\n"), want, text)
	}
}
