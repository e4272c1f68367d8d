package collect_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/collect"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func into(file string) collect.Config {
	return collect.Config{Scope: plugin.Scope{In: []string{"A", "B"}}, CSV: file}
}

// table reads a table, without its first row.
func table(t *testing.T, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	assert.Equal(t, "url", rows[0][5])
	return rows[1:]
}

// TestStory22 makes one row with two mentions of an article that two groups share.
func TestStory22(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "deep", "links.csv")
	c := into(file)
	c.SameLink = 12 * time.Hour
	sim := bottest.Run(t, bottest.Must(collect.New(c)))
	a, b := sim.Group("A"), sim.Group("B")
	m := a.As("alice").Link("年报", "https://mp.weixin.qq.com/s?__biz=B&mid=1&idx=1&sn=s&scene=1#rd")
	require.NoError(t, sim.Simulator().Again(m.Seq))
	sim.Advance(time.Minute)
	b.As("bob").Link("年报", "http://mp.weixin.qq.com/s?sn=s&mid=1&idx=1&__biz=B&chksm=c&pass_ticket=t")
	a.As("alice").Say("还有 https://example.com/x?utm_source=wx ，https://example.com/x")
	a.As("carol").MiniProgram("wx0123456789abcdef", "点餐")
	sim.Advance(time.Minute)
	rows := table(t, file)
	require.Len(t, rows, 3)
	assert.Equal(t, []string{"2026-01-05 10:00:00", "A", "Alice", "article", "年报"}, rows[0][:5])
	assert.Equal(t, "https://mp.weixin.qq.com/s?__biz=B&idx=1&mid=1&sn=s", rows[0][5])
	assert.Equal(t, []string{"2", "2026-01-05 10:01:00"}, rows[0][7:])
	byURL := map[string][]string{rows[1][5]: rows[1], rows[2][5]: rows[2]}
	assert.Equal(t, []string{"link", "1"}, []string{byURL["https://example.com/x"][3], byURL["https://example.com/x"][7]})
	a.ExpectNothing()
	b.ExpectNothing()

	sim.Advance(13 * time.Hour)
	b.As("bob").Link("年报", "http://mp.weixin.qq.com/s?sn=s&mid=1&idx=1&__biz=B")
	sim.Advance(time.Minute)
	assert.Len(t, table(t, file), 4, "after same_link it is new")
}

// TestNotCollected collects no invitation, no host of the list, nothing of other chats, bots and
// types, and never asks anybody for a page.
func TestNotCollected(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	pages := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer pages.Close()
	file := filepath.Join(t.TempDir(), "links.csv")
	c := into(file)
	c.NotHosts, c.NotFrom, c.Types = []string{"ads.example"}, []string{"Dave"}, []string{"link"}
	sim := bottest.Run(t, bottest.Must(collect.New(c)))
	a := sim.Group("A")
	invitation := "https://support.weixin.qq.com/cgi-bin/mmsupport-bin/addchatroombyinvite?ticket=secret"
	a.As("alice").Link("邀请你加入群聊", invitation)
	a.As("alice").Say("进群 " + invitation)
	a.As("alice").Link("ad", "https://www.ads.example/1")
	a.As("dave").Link("bot", "https://example.com/bot")
	a.As("alice").MiniProgram("wx0123456789abcdef", "点餐")
	a.Phone().Link("own", "https://example.com/own")
	sim.Group("C").As("alice").Link("elsewhere", "https://example.com/c")
	sim.Advance(time.Minute)
	assert.Nil(t, table(t, file))
	a.As("alice").Link("page", pages.URL+"/page")
	sim.Advance(time.Minute)
	assert.Len(t, table(t, file), 1)
	assert.Zero(t, asked.Load())
	a.ExpectNothing()
}

// TestFormulas defuses the cells of others, and keeps what a person has added to the table.
func TestFormulas(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "links.csv")
	sim := bottest.Run(t, bottest.Must(collect.New(into(file))))
	for i, title := range []string{`=HYPERLINK("http://evil.example")`, "+1", "-1", "@SUM(A1)", " =1", "plain, \"quoted\""} {
		sim.Group("A").As("alice").Link(title, "https://example.com/"+string(rune('a'+i)))
		sim.Advance(30 * time.Second)
	}
	rows := table(t, file)
	require.Len(t, rows, 6)
	for _, r := range rows[:4] {
		assert.Equal(t, "'", r[4][:1], r[4])
	}
	assert.NotEqual(t, "=", strings.TrimSpace(rows[4][4])[:1])
	assert.Equal(t, "plain, \"quoted\"", rows[5][4])

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), "\n", ",note\n", 1)), 0o600))
	sim.Group("B").As("bob").Link("plain", "https://example.com/f")
	sim.Advance(30 * time.Second)
	text, err = os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(text), "last,note\n")
	assert.Contains(t, string(text), `"plain, ""quoted""",https://example.com/f,,2,`)
}

// TestRestart loses no link between its message and the table, and counts none twice.
func TestRestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "links.csv")
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(collect.New(into(file))))
	}})
	sim.Group("A").As("alice").Link("page", "https://example.com/a")
	sim.Advance(time.Second)
	sim.Restart()
	assert.Nil(t, table(t, file))
	sim.Group("B").As("bob").Link("page", "https://example.com/a")
	sim.Advance(time.Minute)
	rows := table(t, file)
	require.Len(t, rows, 1)
	assert.Equal(t, "2", rows[0][7])
}

// TestWebhook posts each mention, signed, and again when the system was away.
func TestWebhook(t *testing.T) {
	t.Parallel()
	type posted struct {
		Title    string `json:"title"`
		URL      string `json:"url"`
		Mentions int    `json:"mentions"`
	}
	var tries atomic.Int32
	got := make(chan posted, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte("key"))
		mac.Write(body)
		var p posted
		switch {
		case tries.Add(1) == 1:
			w.WriteHeader(http.StatusBadGateway)
		case err == nil && json.Unmarshal(body, &p) == nil &&
			r.Header.Get("X-Hongyan-Signature") == "sha256="+hex.EncodeToString(mac.Sum(nil)):
			got <- p
		}
	}))
	defer hook.Close()
	c := into("")
	c.JSONL = filepath.Join(t.TempDir(), "links.jsonl")
	c.Webhook.URL, c.Webhook.Secret = hook.URL, "key"
	sim := bottest.Run(t, bottest.Must(collect.New(c)))
	sim.Group("A").As("alice").Link("page", "https://example.com/a?from=x")
	sim.Idle()
	assert.Empty(t, got)
	sim.Advance(time.Minute)
	assert.Equal(t, posted{"page", "https://example.com/a", 1}, <-got)
	sim.Group("B").As("alice").Link("page", "https://example.com/a")
	sim.Advance(time.Minute)
	assert.Equal(t, posted{"page", "https://example.com/a", 2}, <-got)
	lines, err := os.ReadFile(c.JSONL)
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(lines), "\n"))
	sim.ExpectError("502")
}

// TestChannels collects cards of Channels.
func TestChannels(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "links.csv")
	sim := bottest.Run(t, bottest.Must(collect.New(into(file))))
	sim.Group("A").As("alice").Send(simulator.Raw(49, `<msg><appmsg appid="" sdkver="0"><title>x</title><type>51</type><finderFeed>`+
		`<objectId>14000000000000000001</objectId><nickname>频道</nickname><desc>一段视频</desc></finderFeed></appmsg></msg>`))
	sim.Advance(time.Minute)
	rows := table(t, file)
	require.Len(t, rows, 1)
	assert.Equal(t, []string{"finder", "一段视频", "finder://feed/14000000000000000001", "频道"}, rows[0][3:7])
}

// TestExamples reads both examples of the manual.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, text := range []string{collect.Definition().Example, `collect:
  - in: [资讯群]
    types: [article, link, mini_program, finder]
    not_hosts: [support.weixin.qq.com]
    same_link: 30d
    csv: links.csv
    webhook: {url: "https://example.com/hook", secret: "a secret"}
    summary: {when: asked, command: 总结, model: {url: "https://api.example.com/v1", key: k, name: m}, cooldown: 1m}
    list: {at: "18:00", to: [same]}
`} {
		file, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+strings.ReplaceAll(text, "\n", "\n  ")))
		require.NoError(t, err)
		require.Len(t, file.Plugins, 1)
	}
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*collect.Config){
		"in":                func(c *collect.Config) { c.In = nil },
		"types":             func(c *collect.Config) { c.Types = []string{} },
		"types[0]":          func(c *collect.Config) { c.Types = []string{"text"} },
		"csv":               func(c *collect.Config) { c.CSV = "" },
		"webhook.url":       func(c *collect.Config) { c.Webhook.URL = "example.com" },
		"same_link":         func(c *collect.Config) { c.SameLink = -1 },
		"list.to":           func(c *collect.Config) { c.List = collect.List{At: []plugin.Clock{{Hour: 18}}, To: []string{}} },
		"summary.model.url": func(c *collect.Config) { c.Summary.When = "always" },
		"summary.command": func(c *collect.Config) {
			c.Summary.Command, c.Summary.Model.URL, c.Summary.Model.Model = " ", "https://example.com/v1", "m"
		},
	} {
		c := into("links.csv")
		change(&c)
		_, err := collect.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, want)
		assert.Equal(t, want, wrong.Field)
	}
}
