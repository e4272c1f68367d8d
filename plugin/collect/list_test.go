package collect_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/collect"
)

func clock(t *testing.T, at string) []plugin.Clock {
	t.Helper()
	var c plugin.Clock
	require.NoError(t, c.UnmarshalText([]byte(at)))
	return []plugin.Clock{c}
}

// TestList lists each day what was shared in a chat since the last list, each link once, in that
// chat alone, over a restart, late within an hour, and says nothing if there is nothing.
func TestList(t *testing.T) {
	t.Parallel()
	c := into("")
	c.List = collect.List{At: clock(t, "18:00"), To: []string{"same", "owners"}}
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(collect.New(c)))
	}})
	sim.Group("A").As("alice").Link("年报\n第一部分", "https://mp.weixin.qq.com/s/AbC?scene=1")
	sim.Advance(time.Hour)
	sim.Restart()
	a, b := sim.Group("A"), sim.Group("B")
	a.As("bob").Link("年报", "https://mp.weixin.qq.com/s/AbC?scene=2")
	a.As("bob").MiniProgram("wx0123456789abcdef", "点餐")
	b.As("bob").Say("看 https://example.com/b")
	sim.At("18:01")
	want := "【A】收集了 2 条链接：\n1. 年报 第一部分 https://mp.weixin.qq.com/s/AbC（Alice）\n2. 点餐（Bob）"
	a.ExpectText(want)
	b.ExpectText("【B】收集了 1 条链接：\n1. https://example.com/b（Bob）")
	sim.Person("erin").ExpectText(want)
	sim.At("18:01")
	a.ExpectNothing()
	b.ExpectNothing()

	a.As("carol").Link("新的", "https://example.com/c")
	sim.At("17:50")
	sim.Stop()
	sim.Advance(40 * time.Minute)
	sim.Start()
	sim.Advance(time.Minute)
	sim.Group("A").ExpectText("【A】收集了 1 条链接：\n1. 新的 https://example.com/c（Carol）")
	sim.Group("A").As("carol").Link("太晚", "https://example.com/d")
	sim.At("17:50")
	sim.Stop()
	sim.Advance(2 * time.Hour)
	sim.Start()
	sim.Advance(time.Minute)
	sim.Group("A").ExpectNothing()
	require.NoError(t, sim.Bot().Switch(t.Context(), "collect", sim.Group("A").ID(), false))
	sim.At("18:30")
	sim.Group("A").ExpectNothing()
}

const article = `<html><head><title>年报 &amp; 展望</title><style>p{}</style><script>var 广告 = 1</script></head>
<body><nav>首页</nav><div>%s</div><footer>版权</footer></body></html>`

// summaries runs a bot that sums pages up, a site with pages, and a model that has to get the
// words.
func summaries(t *testing.T, c collect.Config, durable bool) (sim *bottest.Sim, site string, fetched, asked *atomic.Int32) {
	t.Helper()
	fetched, asked = new(atomic.Int32), new(atomic.Int32)
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		switch r.URL.Path {
		case "/long":
			fmt.Fprintf(w, article, strings.Repeat("业绩增长。", 30))
		case "/short":
			fmt.Fprintf(w, article, "请登录")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(pages.Close)
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, err := io.ReadAll(r.Body)
		text := string(body)
		if err != nil || !strings.Contains(text, "业绩增长") || !strings.Contains(text, "只是资料") ||
			strings.Contains(text, "广告") || strings.Contains(text, "首页") || strings.Contains(text, "版权") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, `{"choices":[{"message":{"content":"业绩好"}}]}`)
	}))
	t.Cleanup(model.Close)
	c.In, c.Summary.Model.URL, c.Summary.Model.Model = []string{"A", "B"}, model.URL, "m"
	if c.Summary.AllowHosts != nil {
		c.Summary.AllowHosts = []string{strings.TrimPrefix(pages.URL, "http://")}
	}
	sim = bottest.RunWith(t, bottest.Config{Durable: durable, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(collect.New(c)))
	}})
	return sim, pages.URL, fetched, asked
}

// TestSummary sums a page up for who asks, once in a while in a chat, fetches a page once, and says
// so if it cannot be read.
func TestSummary(t *testing.T) {
	t.Parallel()
	c := collect.Config{}
	c.Summary.AllowHosts = []string{}
	sim, site, fetched, asked := summaries(t, c, true)
	a := sim.Group("A")
	m := a.As("alice").Link("年报", site+"/long?utm_source=x")
	a.As("bob").Say("总结一下")
	a.As("bob").Quote(a.As("alice").Say("没有链接"), "总结")
	sim.Advance(time.Minute)
	a.ExpectNothing()
	assert.Zero(t, fetched.Load(), "nobody has asked")
	a.As("bob").Quote(m, "总结")
	sim.Advance(time.Second)
	a.ExpectText("@Bob\u2005《年报》\n业绩好")
	a.As("carol").Quote(m, "总结")
	a.ExpectText("@Carol\u2005刚总结过一个，59 秒后再来。")
	sim.Advance(time.Minute)
	sim.Restart()
	b := sim.Group("B")
	b.As("carol").Say("总结 " + site + "/long")
	sim.Advance(time.Second)
	b.ExpectText("@Carol\u2005《年报》\n业绩好")
	assert.Equal(t, []int32{1, 1}, []int32{fetched.Load(), asked.Load()})
	for _, path := range []string{"/short", "/gone"} {
		sim.Advance(2 * time.Minute)
		b.As("carol").Say("总结 " + site + path)
		sim.Advance(time.Second)
		b.ExpectContains("这个网页读不到")
	}
	assert.EqualValues(t, 1, asked.Load())
}

// TestSummaryGuards fetches no invitation, and nothing that is not on the public internet.
func TestSummaryGuards(t *testing.T) {
	t.Parallel()
	sim, site, fetched, asked := summaries(t, collect.Config{}, false)
	a := sim.Group("A")
	a.As("bob").Say("总结 https://support.weixin.qq.com/cgi-bin/mmsupport-bin/addchatroombyinvite?ticket=secret")
	invitation := a.As("alice").Link("邀请你加入群聊", "https://support.weixin.qq.com/cgi-bin/mmsupport-bin/addchatroombyinvite?ticket=secret")
	a.As("bob").Quote(invitation, "总结")
	a.ExpectNothing()
	a.As("bob").Say("总结 " + site + "/long")
	sim.Advance(time.Second)
	a.ExpectText("@Bob\u2005这个网页读不到，可能要登录，或者不给机器人看。")
	assert.Equal(t, []int32{0, 0}, []int32{fetched.Load(), asked.Load()})
}

// TestSummaryAlways sums up each new page, once.
func TestSummaryAlways(t *testing.T) {
	t.Parallel()
	c := collect.Config{}
	c.Summary.AllowHosts, c.Summary.When = []string{}, "always"
	sim, site, fetched, _ := summaries(t, c, false)
	sim.Group("A").As("alice").Say("看 " + site + "/long")
	sim.Group("A").As("bob").MiniProgram("wx0123456789abcdef", "点餐")
	sim.Advance(time.Minute)
	sim.Group("A").ExpectText("《年报 & 展望》\n业绩好")
	sim.Group("B").As("alice").Link("年报", site+"/long?from=x")
	sim.Group("A").As("alice").Link("短", site+"/short")
	sim.Advance(time.Minute)
	sim.Group("A").ExpectNothing()
	sim.Group("B").ExpectNothing()
	assert.EqualValues(t, 2, fetched.Load())
}

// TestTextOf reads the words of a page, in the encodings of China.
func TestTextOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, body, title, words string }{
		{"text/html; charset=utf-8", "<title>a &lt;b&gt;</title><p>一 二<br>三&amp;lt;</p><script>x</script>", "a <b>", "一 二\n三&lt;"},
		{"text/html; charset=GBK", "<p>\xc4\xe3\xba\xc3</p>", "", "你好"},
		{"text/html", `<meta charset="gb2312"><p>` + "\xc4\xe3\xba\xc3", "", "你好"},
		{"text/plain; charset=utf-8", "<b>", "", "<b>"},
		{"image/png", "x", "", ""},
	} {
		title, words := collect.TextOf([]byte(c.body), c.kind)
		assert.Equal(t, []string{c.title, c.words}, []string{title, words}, c.body)
	}
}

// FuzzTextOf never panics, and finds no line without a word.
func FuzzTextOf(f *testing.F) {
	f.Add([]byte("<title>x</title><p>y<nav>z"), "text/html; charset=gbk")
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		plain := strings.HasPrefix(strings.ToLower(kind), "text/plain")
		if _, words := collect.TextOf(body, kind); !plain && strings.Contains(words, "\n\n") {
			t.Fatalf("an empty line in %q", words)
		}
	})
}
