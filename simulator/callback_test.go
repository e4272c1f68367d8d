package simulator_test

import (
	"encoding/base64"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestTheProbe(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := newBot(t, nil)
	a := call(t, sim.Simulator, "/login/setCallback", map[string]any{"token": sim.Token(), "callbackUrl": b.URL + "/secret"})
	assert.JSONEq(t, `{"ret":200,"msg":"操作成功"}`, a.body)
	b.take(t, 1)
	assert.JSONEq(t, `{"testMsg":"回调地址链接成功！","token":"sim-token"}`, string(b.bodies[0]))
	assert.Equal(t, b.URL+"/secret", sim.State().Accounts[0].CallbackURL)
}

func TestAProbeThatFails(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"refused": "http://127.0.0.1:1/x", "no URL": "here", "other scheme": "ftp://127.0.0.1/x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := start(t)
			a := call(t, sim.Simulator, "/login/setCallback", map[string]any{"token": sim.Token(), "callbackUrl": url})
			assert.Equal(t, http.StatusOK, a.status)
			assert.Contains(t, a.body, `"ret":500`)
			assert.Contains(t, a.body, "push msg err")
			assert.Empty(t, sim.State().Accounts[0].CallbackURL)
		})
	}
}

func TestAProbeThatIsRefusedByTheBot(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := newBot(t, nil)
	b.Config.Handler = http.NotFoundHandler()
	err := sim.SetCallback(t.Context(), b.URL)
	require.ErrorContains(t, err, "HTTP 404")
}

func TestATextInAGroup(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) {
		c.Clock = clock.Func(func() time.Time { return time.Unix(1780000000, 999) })
	})
	b := listen(t, sim.Simulator, nil)
	m := sim.Group("A").Member("alice").Says("hi: <b>&\nthere")
	b.take(t, 1)
	post := b.posts(t)[0]
	assert.Equal(t, "AddMsg", post["TypeName"])
	assert.Equal(t, simulator.DefaultAppID, post["Appid"])
	assert.Equal(t, simulator.DefaultWxid, post["Wxid"])
	d := data(t, post)
	assert.Equal(t, "wxid_alice:\nhi: <b>&\nthere", content(t, post))
	assert.Equal(t, map[string]any{"string": groupA}, d["FromUserName"])
	assert.Equal(t, map[string]any{"string": simulator.DefaultWxid}, d["ToUserName"])
	assert.Equal(t, "Alice : hi: <b>&\nthere", d["PushContent"])
	assert.Equal(t, number(1), number(d["MsgType"]))
	assert.Equal(t, number(1780000000), number(d["CreateTime"]))
	assert.Equal(t, strconv.FormatUint(m.NewMsgID, 10), number(d["NewMsgId"]))
	assert.Len(t, number(d["NewMsgId"]), 19)
	assert.Equal(t, strconv.FormatInt(m.MsgID, 10), number(d["MsgId"]))
	assert.Len(t, number(d["MsgId"]), 10)
	source, ok := d["MsgSource"].(string)
	require.True(t, ok)
	assert.Contains(t, source, "<membercount>11</membercount>")
	assert.NotContains(t, source, "atuserlist")
	assert.Contains(t, string(b.bodies[1]), "<b>&", "the service does not escape < in JSON")
}

// number is a JSON number as text.
func number(v any) string {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v)
	case interface{ String() string }:
		return v.String()
	}
	return ""
}

func TestAPrivateText(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	sim.Friend("李经理").Says("在吗")
	b.take(t, 1)
	post := b.posts(t)[0]
	d := data(t, post)
	assert.Equal(t, "在吗", content(t, post), "no prefix in a private chat")
	assert.Equal(t, map[string]any{"string": "wxid_liwei"}, d["FromUserName"])
	assert.Equal(t, "李经理 : 在吗", d["PushContent"], "the remark goes before the nickname")
	assert.NotContains(t, d["MsgSource"], "membercount")
}

func TestMentions(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	a := sim.Group("A")
	a.Member("alice").Says("@鸿雁\u2005 @Bob\u2005 hi", "鸿雁", "bob")
	a.Member("alice").Says("@所有人 hi", "notify@all")
	b.take(t, 2)
	first, second := data(t, b.posts(t)[0]), data(t, b.posts(t)[1])
	assert.Contains(t, first["MsgSource"], "<atuserlist><![CDATA[wxid_hongyan_bot,wxid_bob]]></atuserlist>")
	assert.Equal(t, "Alice在群聊中@了你", first["PushContent"])
	assert.Contains(t, second["MsgSource"], "<atuserlist><![CDATA[notify@all]]></atuserlist>")
	assert.Equal(t, "Alice在群聊中@了所有人", second["PushContent"])
}

func TestOtherKinds(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	a := sim.Group("A").Member("wangfang")
	file := simulator.File{Name: `a&b "c".json`, Size: 63}
	a.Announces(file)
	a.Drops(file)
	a.Shows()
	a.Shares(simulator.Link{Title: "T&T", Desc: "d", URL: "https://example.com/?a=1&b=2", ThumbURL: "https://example.com/t.jpg"})
	a.Sends(simulator.Raw(10000, "你已添加了 Bob"))
	a.Sends(simulator.Raw(10002, "<sysmsg type=\"pat\"/>"))
	a.Sends(simulator.Raw(49, "<msg><appmsg><title>q</title><type>57</type></appmsg></msg>"))
	a.Sends(simulator.Raw(48, `<msg><location x="1" y="2" label="l"/></msg>`))
	a.Sends(simulator.Raw(51, "<msg><op id='1'/></msg>"))
	b.take(t, 9)
	posts := b.posts(t)
	assert.Equal(t, "王芳 : [文件]"+file.Name, data(t, posts[0])["PushContent"])
	assert.Contains(t, content(t, posts[0]), "<type>74</type>")
	assert.NotContains(t, content(t, posts[0]), "cdnattachurl")
	complete := content(t, posts[1])
	assert.Contains(t, complete, "<title>a&amp;b &#34;c&#34;.json</title>")
	assert.Contains(t, complete, "<overwrite_newmsgid>"+number(data(t, posts[0])["NewMsgId"])+"</overwrite_newmsgid>")
	for _, element := range []string{"fileuploadtoken", "totallen"} {
		assert.Equal(t, between(t, content(t, posts[0]), element), between(t, complete, element))
	}
	assert.Contains(t, content(t, posts[0]), between(t, complete, "md5"))
	assert.Regexp(t, `<cdnattachurl>3057020100044b3049020100[0-9a-f]{154}</cdnattachurl>`, complete)

	picture := data(t, posts[2])
	assert.Equal(t, "2", number(picture["ImgStatus"]))
	buffer, ok := picture["ImgBuf"].(map[string]any)
	require.True(t, ok)
	encoded, ok := buffer["buffer"].(string)
	require.True(t, ok)
	jpeg, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(t, err)
	assert.Equal(t, strconv.Itoa(len(jpeg)), number(buffer["iLen"]))
	assert.Equal(t, "\xff\xd8", string(jpeg[:2]))

	assert.Contains(t, content(t, posts[3]), "<url>https://example.com/?a=1&amp;b=2</url>")
	assert.Equal(t, "王芳 : [链接]T&T", data(t, posts[3])["PushContent"])
	assert.Equal(t, "你已添加了 Bob", content(t, posts[4]), "notices have no prefix")
	assert.Nil(t, data(t, posts[4])["PushContent"])
	assert.Equal(t, "4", number(data(t, posts[4])["Status"]))
	assert.True(t, strings.HasPrefix(content(t, posts[5]), groupA+":\n<sysmsg"), "system XML has the group as its prefix")
	assert.Equal(t, "q", data(t, posts[6])["PushContent"])
	assert.Equal(t, "王芳分享了一个地理位置", data(t, posts[7])["PushContent"])
	assert.Nil(t, data(t, posts[8])["PushContent"])
}

// between is the text of an element.
func between(t *testing.T, xml, element string) string {
	t.Helper()
	_, rest, ok := strings.Cut(xml, "<"+element+">")
	require.True(t, ok, element)
	value, _, ok := strings.Cut(rest, "</"+element+">")
	require.True(t, ok, element)
	return value
}

func TestWhatTheBotSendsIsNotPosted(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	assert.Contains(t, call(t, sim.Simulator, "/message/postText", sendText(groupA, "hello")).body, `"ret":200`)
	assert.Contains(t, call(t, sim.Simulator, "/message/postText", sendText("wxid_bob", "hello")).body, `"ret":200`)
	settle(t, sim.Simulator)
	assert.Empty(t, b.posts(t))
	messages, err := sim.Messages("", 0)
	require.NoError(t, err)
	require.Len(t, messages, 2)
	assert.Equal(t, simulator.CallbackNone, messages[0].Callback)
}

func sendText(to, content string) map[string]any {
	return map[string]any{"appId": simulator.DefaultAppID, "toWxid": to, "content": content}
}

func TestWhatIsTypedOnThePhoneIsPosted(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	sim.Group("A").Phone().Says("from my phone")
	sim.Friend("bob").Phone().Says("to bob")
	b.take(t, 2)
	settle(t, sim.Simulator)
	for _, post := range b.posts(t) {
		d := data(t, post)
		assert.Equal(t, map[string]any{"string": simulator.DefaultWxid}, d["FromUserName"])
		assert.Nil(t, d["PushContent"])
		assert.NotContains(t, content(t, post), ":\n")
	}
	private, err := sim.Friend("bob").Messages()
	require.NoError(t, err)
	require.Len(t, private, 1)
	assert.Equal(t, "wxid_bob", private[0].Conversation)
	assert.Equal(t, simulator.CallbackAcknowledged, private[0].Callback)
}

func TestRetries(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		retries int
		answer  func(int, string) int
		posts   int
		want    string
	}{
		"acknowledged at once": {0, func(int, string) int { return 200 }, 1, simulator.CallbackAcknowledged},
		"acknowledged by the third": {0, func(n int, _ string) int { return map[bool]int{true: 500, false: 200}[n < 3] }, 3,
			simulator.CallbackAcknowledged},
		"given up":             {0, func(int, string) int { return 500 }, 4, simulator.CallbackFailed},
		"never again":          {-1, func(int, string) int { return 500 }, 1, simulator.CallbackFailed},
		"twice more":           {2, func(int, string) int { return 503 }, 3, simulator.CallbackFailed},
		"a redirect is no 200": {-1, func(int, string) int { return 302 }, 1, simulator.CallbackFailed},
		"204 is no 200":        {-1, func(int, string) int { return 204 }, 1, simulator.CallbackFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := start(t, func(c *simulator.Config) { c.Retries = tc.retries })
			b := listen(t, sim.Simulator, tc.answer)
			sim.Group("A").Member("bob").Says("hi")
			settle(t, sim.Simulator)
			assert.Len(t, b.posts(t), tc.posts)
			messages, err := sim.Messages("A", 0)
			require.NoError(t, err)
			assert.Equal(t, tc.want, messages[0].Callback)
			assert.Equal(t, tc.want == simulator.CallbackFailed, messages[0].CallbackError != "")
		})
	}
}

func TestABotThatIsTooSlow(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) {
		c.CallbackTimeout, c.Retries = 2*time.Second, -1 // enough time on a busy machine
	})
	released := make(chan struct{})
	b := listen(t, sim.Simulator, func(int, string) int { <-released; return 200 })
	t.Cleanup(func() { close(released) })
	sim.Friend("bob").Says("hi")
	settle(t, sim.Simulator)
	messages, err := sim.Messages("bob", 0)
	require.NoError(t, err)
	assert.Equal(t, simulator.CallbackFailed, messages[0].Callback)
	assert.Equal(t, "no answer within 2s", messages[0].CallbackError)
	assert.Len(t, b.posts(t), 1)
}

func TestOrderInAConversationAndParallelAcross(t *testing.T) {
	t.Parallel()
	sim := start(t)
	through := make(chan struct{})
	b := listen(t, sim.Simulator, func(_ int, body string) int {
		switch {
		case strings.Contains(body, "number 0"):
			<-through // not answered until the other conversation is
		case strings.Contains(body, "another chat"):
			close(through)
		}
		return http.StatusOK
	})
	for i := range 5 {
		sim.Group("A").Member("alice").Says("number " + strconv.Itoa(i))
	}
	sim.Friend("bob").Says("another chat")
	settle(t, sim.Simulator)
	var order []string
	for _, p := range b.posts(t) {
		if c, inGroup := strings.CutPrefix(content(t, p), "wxid_alice:\nnumber "); inGroup {
			order = append(order, c)
		}
	}
	assert.Equal(t, []string{"0", "1", "2", "3", "4"}, order)
}

func TestAnAccountThatIsOfflineIsToldNothing(t *testing.T) {
	t.Parallel()
	sim := start(t, offlineWorld)
	b := listen(t, sim.Simulator, nil)
	m := sim.Friend("bob").Says("anybody?")
	settle(t, sim.Simulator)
	assert.Empty(t, b.posts(t))
	assert.Equal(t, simulator.CallbackNone, m.Callback)
	assert.False(t, sim.State().Accounts[0].Online)
}

// twoAccounts is a world with a second account, which is in group A and a friend of the first.
func twoAccounts() *simulator.World {
	w := simulator.DefaultWorld()
	w.Accounts[0].Friends = []string{"wxid_alice", "wxid_bob", "wxid_second"}
	w.Accounts = append(w.Accounts, simulator.Account{
		AppID: "wx_second", Wxid: "wxid_second", Nickname: "Second", Friends: []string{simulator.DefaultWxid, "wxid_alice"},
	})
	w.Groups[0].Members = append(w.Groups[0].Members, simulator.Member{Wxid: "wxid_second"})
	return w
}

func TestSeveralAccounts(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.World = twoAccounts() })
	b := listen(t, sim.Simulator, nil)
	forget := func() {
		b.mu.Lock()
		b.bodies = nil
		b.mu.Unlock()
	}
	forget()

	sim.Group("A").Member("alice").Says("to both")
	settle(t, sim.Simulator)
	posts := b.posts(t)
	require.Len(t, posts, 2, "each account in the group is told")
	assert.Equal(t, number(data(t, posts[0])["NewMsgId"]), number(data(t, posts[1])["NewMsgId"]))
	assert.NotEqual(t, number(data(t, posts[0])["MsgId"]), number(data(t, posts[1])["MsgId"]))
	forget()

	require.Contains(t, call(t, sim.Simulator, "/message/postText", sendText(groupA, "from the first")).body, `"ret":200`)
	settle(t, sim.Simulator)
	posts = b.posts(t)
	require.Len(t, posts, 1, "the sender is not told, the other account is")
	assert.Equal(t, "wx_second", posts[0]["Appid"])
	assert.Equal(t, simulator.DefaultWxid+":\nfrom the first", content(t, posts[0]))
	forget()

	appmsg := map[string]any{"appId": simulator.DefaultAppID, "toWxid": "wxid_second",
		"appmsg": "<appmsg><title>q</title><type>57</type></appmsg>"}
	require.Contains(t, call(t, sim.Simulator, "/message/postAppMsg", appmsg).body, `"ret":200`)
	settle(t, sim.Simulator)
	posts = b.posts(t)
	require.Len(t, posts, 1)
	assert.Contains(t, content(t, posts[0]), "<msg>\n\t<appmsg><title>q</title>")
	for _, side := range []string{"wxid_second", simulator.DefaultWxid} {
		messages, err := sim.Messages(side, 0)
		require.NoError(t, err)
		assert.Len(t, messages, 1, "either side has the chat under the name of the other")
	}
	forget()

	_, err := sim.Post(simulator.Draft{From: "alice", Kind: simulator.KindText, Text: "to whom?"})
	require.ErrorContains(t, err, "there are several accounts")
	m, err := sim.Post(simulator.Draft{From: "alice", AppID: "wx_second", Kind: simulator.KindText, Text: "to the second"})
	require.NoError(t, err)
	assert.Equal(t, "wxid_second", m.To)
	_, err = sim.Post(simulator.Draft{From: "alice", To: "Second", AppID: simulator.DefaultAppID, Kind: simulator.KindText, Text: "x"})
	require.ErrorContains(t, err, "the account of this chat has the app_id wx_second")
	_, err = sim.Post(simulator.Draft{From: "wxid_second", To: simulator.DefaultWxid, Kind: simulator.KindText,
		Text: "one bot's phone to the other"})
	require.NoError(t, err)
	_, err = sim.Post(simulator.Draft{From: "bob", To: "Second", Kind: simulator.KindText, Text: "x"})
	require.ErrorContains(t, err, "wxid_bob is not a friend of the account wxid_second")
}

func TestCloseGivesUpWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	entered, released := make(chan struct{}), make(chan struct{})
	b := listen(t, sim, func(int, string) int { close(entered); <-released; return http.StatusOK })
	t.Cleanup(func() { close(released) })
	_, err = sim.Friend("bob").Say("hi")
	require.NoError(t, err)
	<-entered
	require.NoError(t, sim.Close())
	require.NoError(t, sim.Close(), "a second Close does nothing")
	_, err = sim.Friend("bob").Say("hi")
	require.EqualError(t, err, "simulator: the simulator is closed")
	assert.Len(t, b.posts(t), 1)
}

// lines is a log that can be written to at any time.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func TestTheLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	log := &lines{}
	sim := start(t, func(c *simulator.Config) { c.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	b := newBot(t, nil)
	require.NoError(t, sim.SetCallback(t.Context(), b.URL+"/my-secret"))
	b.Close()
	sim.Friend("bob").Says("my message")
	settle(t, sim.Simulator)
	require.Error(t, sim.SetCallback(t.Context(), b.URL+"/my-secret"))
	messages, err := sim.Messages("bob", 0)
	require.NoError(t, err)
	log.mu.Lock()
	defer log.mu.Unlock()
	assert.Equal(t, 5, strings.Count(log.text.String(), "\n"), "four posts and a probe: %s", log.text.String())
	for _, secret := range []string{"my-secret", "my message", sim.Token()} {
		assert.NotContains(t, log.text.String()+messages[0].CallbackError, secret)
	}
}
