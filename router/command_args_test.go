package router_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// enrol has the arguments of a command.
type enrol struct {
	Name  string `arg:"" help:"名字"`
	Count int    `arg:"" default:"1" help:"人数"`
}

// club is a bot of commands for several people.
func club(ran *[]string) *router.Router {
	r := router.New()
	note := func(text string, args ...any) error {
		*ran = append(*ran, fmt.Sprintf(text, args...))
		return nil
	}
	r.Command("报名 取消", func(*router.Context) error { return note("cancel") }, router.Help("取消报名"))
	r.Command("/报名", func(_ *router.Context, a enrol) error { return note("%s %d", a.Name, a.Count) },
		router.Alias("signup", "bm"), router.Help("报名参加活动", "报名 张三 2"))
	r.Command("踢", func(_ *router.Context, a struct {
		Who    xmlmsg.Person `arg:"谁"`
		Reason string        `arg:"原因,rest,optional"`
	}) error {
		return note("kick %s for %q", a.Who.Username, a.Reason)
	}, match.Admin(), match.Group())
	r.Command("状态", func(c *router.Context) error { return note("state %q", c.ArgText()) }, match.Owner(), router.Help("现在怎么样"))
	r.Command("队伍 新建", func(c *router.Context) error { return note("team %q", c.Args()) })
	r.Command("存", func(_ *router.Context, a struct {
		File *xmlmsg.File `arg:"文件"`
	}) error {
		return note("save %s", a.File.Name)
	}, match.Private())
	return r
}

// members knows who administers a group, and who is called what.
type members struct{}

func (members) Find(_ context.Context, _, name string) (string, error) { return name, nil }

func (members) Members(_ context.Context, _, group string) (*api.ChatroomMemberList, error) {
	list := &api.ChatroomMemberList{}
	if group == groupA {
		list.Owner = "wxid_alice"
	}
	for wxid, name := range map[string]string{"wxid_lisi": "李四", "wxid_a": "王五", "wxid_b": "王五"} {
		list.Members = append(list.Members, api.ChatroomMember{Wxid: wxid, DisplayName: name})
	}
	return list, nil
}

// say takes a text with mentions through the routes, and returns what was answered.
func say(t *testing.T, r *router.Router, from, who, text string, at ...string) []string {
	t.Helper()
	content := text
	if from != who {
		content = who + ":\n" + text
	}
	body := fmt.Sprintf(`{"TypeName":"AddMsg","Appid":"wx_app","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":12345678901234,
		"FromUserName":%q,"ToUserName":"wxid_me","Content":%s,"CreateTime":1773801000,
		"MsgSource":"<msgsource><atuserlist>%s</atuserlist></msgsource>"}}`, from, quoteJSON(content), strings.Join(at, ","))
	e, err := callback.Decode([]byte(body))
	require.NoError(t, err)
	return answers(t, r, e)
}

func quoteJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func answers(t *testing.T, r *router.Router, e *callback.Event) []string {
	t.Helper()
	rec := &recorder{}
	require.NoError(t, r.Serve(t.Context(), e, router.Services{
		Sender: rec, Names: directory{}, People: members{}, Owners: []string{"wxid_boss"},
		Clock: clock.Func(func() time.Time { return time.Unix(1773801060, 0) }),
	}))
	var texts []string
	for _, m := range rec.sent {
		texts = append(texts, m.(api.PostText).Content)
	}
	return texts
}

func TestCommandsRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, who, text, want string }{
		{"wxid_alice", "wxid_alice", "报名 张三 2", "张三 2"},
		{"wxid_alice", "wxid_alice", "／报名　“张 三”", "张 三 1"},
		{"wxid_alice", "wxid_alice", "/SignUp bob ３", "bob 3"},
		{"wxid_alice", "wxid_alice", "报名 取消", "cancel"},
		{"wxid_alice", "wxid_alice", "报名\n取消  了", "cancel"},
		{"wxid_alice", "wxid_alice", "队伍　新建 红 队", `team ["红" "队"]`},
		{groupA, "wxid_alice", "踢 李四 广告 太多", `kick wxid_lisi for "广告 太多"`},
		{groupA, "wxid_boss", "踢 李四", `kick wxid_lisi for ""`}, // who is in charge of the bot
		{groupA, "wxid_bob", "踢 李四", ""},
		{groupB, "wxid_alice", "踢 李四", ""},
		{"wxid_boss", "wxid_boss", "/状态 全部", `state "全部"`},
		{groupA, "wxid_boss", "/状态", ""}, // only in private
		{"wxid_alice", "wxid_alice", "/状态", ""},
	} {
		var ran []string
		say(t, club(&ran), c.from, c.who, c.text)
		want := []string{c.want}
		if c.want == "" {
			want = nil
		}
		assert.Equal(t, want, ran, "%s: %s", c.who, c.text)
	}
}

func TestPeopleOfACommand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, want string
		at         []string
	}{
		{"踢 @谁都行\u2005 吵", `kick wxid_x for "吵"`, []string{"wxid_x"}},
		{"@bot\u2005踢 @甲\u2005", `kick wxid_x for ""`, []string{"wxid_me", "wxid_x"}},
		{"踢 @爱丽丝\u2005@乙\u2005", `kick wxid_alice for "@乙"`, []string{"wxid_y", "wxid_alice"}}, // by her name
		{"踢 @丙\u2005 和 @丁\u2005", `kick wxid_x for "和 @丁"`, []string{"wxid_x", "wxid_y"}},
		{"踢 wxid_zhaoliu", `kick wxid_zhaoliu for ""`, nil},
		{"踢 @李四", `kick wxid_lisi for ""`, nil}, // typed by hand
	} {
		var ran []string
		say(t, club(&ran), groupA, "wxid_alice", c.text, c.at...)
		assert.Equal(t, []string{c.want}, ran, "%q", c.text)
	}
	var ran []string
	assert.Equal(t, []string{"@爱丽丝\u2005“谁”要 @ 一个人；找不到“王五”是谁。\n用法：踢 <谁> [原因]"},
		say(t, club(&ran), groupA, "wxid_alice", "踢 王五"), "two are called that")
	assert.Empty(t, ran)
}

func TestMistakesAreAnswered(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"报名":           "还缺“名字”。\n用法：报名 <名字> [人数]\n例如：报名 张三 2",
		"报名 张三 很多":     "“人数”要写数字，“很多”不是数字。\n用法：报名 <名字> [人数]\n例如：报名 张三 2",
		"signup bob x": "人数 must be a number, and \"x\" is not one.\nUsage: 报名 <名字> [人数]\nExample: 报名 张三 2",
		"存":            "请先引用要处理的消息（文件），再发这条命令。\n用法：存",
		"报民":           "没有“报民”这个命令，你是不是想发“报名”？\n用法：报名 <名字> [人数]",
		"/报民 张三":       "没有“报民”这个命令，你是不是想发“报名”？\n用法：报名 <名字> [人数]",
		"/sign bob":    "", // too far
		"singup bob":   "There is no command singup; did you mean signup?\nUsage: 报名 <名字> [人数]",
		"队伍":           "用法：\n队伍 新建",
		"队伍 解散":        "用法：\n队伍 新建",
		"/状太":          "", // not for her
		"你好":           "",
		"报民不报民我们明天再说吧怎么样": "",
	} {
		var ran []string
		var wanted []string
		if want != "" {
			wanted = []string{want}
		}
		assert.Equal(t, wanted, say(t, club(&ran), "wxid_alice", "wxid_alice", text), "%q", text)
		assert.Empty(t, ran)
	}
	var ran []string
	assert.Equal(t, []string{"没有“状太”这个命令，你是不是想发“状态”？\n用法：状态"}, say(t, club(&ran), "wxid_boss", "wxid_boss", "/状太"))
	assert.Empty(t, say(t, club(&ran), groupA, "wxid_alice", "报民"), "in a group it is talk")
	assert.Len(t, say(t, club(&ran), groupA, "wxid_alice", "/报民"), 1)
	assert.Len(t, say(t, club(&ran), groupA, "wxid_alice", "@bot\u2005报民", "wxid_me"), 1)
}

func TestFileOfACommand(t *testing.T) {
	t.Parallel()
	var ran []string
	quoted := `<msg><appmsg><title>报表.xlsx</title><type>6</type>` +
		`<appattach><totallen>10</totallen><fileext>xlsx</fileext></appattach></appmsg></msg>`
	content := `<?xml version="1.0"?><msg><appmsg><title>存</title><type>57</type><refermsg><type>49</type><svrid>7</svrid>` +
		`<content>` + html.EscapeString(quoted) + `</content></refermsg></appmsg></msg>`
	assert.Empty(t, answers(t, club(&ran), message(t, 49, "wxid_alice", content)))
	assert.Equal(t, []string{"save 报表.xlsx"}, ran)
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var ran []string
	ask := func(from, who, text string, at ...string) string {
		got := say(t, club(&ran), from, who, text, at...)
		if len(got) == 0 {
			return ""
		}
		require.Len(t, got, 1)
		return got[0]
	}
	assert.Equal(t, "可用的命令：\n报名 取消：取消报名\n报名 <名字> [人数]：报名参加活动\n队伍 新建\n存\n发“帮助 命令”可看这条命令的详细用法。",
		ask("wxid_alice", "wxid_alice", "帮助"))
	assert.Contains(t, ask("wxid_boss", "wxid_boss", "/help"), "\n状态: 现在怎么样\n")
	assert.Contains(t, ask(groupA, "wxid_alice", "/帮助"), "\n踢 <谁> [原因]\n")
	assert.NotContains(t, ask(groupA, "wxid_bob", "/帮助"), "踢")
	assert.NotContains(t, ask(groupA, "wxid_bob", "@bot\u2005帮助", "wxid_me"), "\n存\n")
	assert.Empty(t, ask(groupA, "wxid_bob", "帮助"), "in a group it is talk")
	assert.Equal(t, "报名 <名字> [人数]：报名参加活动\n也可以写：signup、bm\n人数（默认：1）\n例如：报名 张三 2\n报名 取消：取消报名",
		ask("wxid_alice", "wxid_alice", "帮助 报名"))
	assert.Contains(t, ask("wxid_alice", "wxid_alice", "help 状态"), "Commands:", "it is not hers")
	assert.Empty(t, ran)

	own := club(&ran)
	own.Command("帮助", func(c *router.Context) error { return c.Reply("自己看") })
	assert.Equal(t, []string{"自己看"}, say(t, own, "wxid_alice", "wxid_alice", "帮助"), "a command of the program comes first")
	silent := router.New()
	silent.Text(router.Say("x"), match.Exact("y"))
	assert.Empty(t, say(t, silent, "wxid_alice", "wxid_alice", "帮助"), "a bot without commands has no help")
}

// TestExplainKnowsPeople says what the matchers of people say when a message comes.
func TestExplainKnowsPeople(t *testing.T) {
	t.Parallel()
	r := router.New()
	for name, m := range map[string]match.Matcher{"owner": match.Owner(), "admin": match.Admin()} {
		r.Command(name, func(*router.Context) error { return nil }, m)
	}
	services := router.Services{Owners: []string{"wxid_erin"}, People: members{}}
	for _, test := range []struct {
		command, chat, sender string
		handles               bool
	}{
		{"owner", "wxid_erin", "wxid_erin", true},
		{"owner", groupA, "wxid_erin", false},
		{"owner", "wxid_alice", "wxid_alice", false},
		{"admin", groupA, "wxid_alice", true},
		{"admin", groupA, "wxid_erin", true},
		{"admin", groupA, "wxid_a", false},
		{"admin", groupB, "wxid_alice", false},
	} {
		e := text(t, test.command)
		e.Sender, e.Conversation = test.sender, callback.ConversationOf(test.chat)
		explain := func(x router.Explanation) (handles bool) {
			for _, v := range x.Routes {
				handles = handles || v.Handles
			}
			return handles
		}
		assert.Equal(t, test.handles, explain(r.ExplainWith(t.Context(), e, services)), test)
		assert.False(t, explain(r.Explain(e)), "nobody is known without services")
	}
}
