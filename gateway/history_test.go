package gateway_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/history"
)

// withHistory keeps what is said.
func withHistory(c *bottest.Config) {
	setup := c.Setup
	c.Setup = func(b *bot.Bot) error {
		h, err := history.New(history.Config{})
		if err != nil {
			return err
		}
		if err := b.Install(h); err != nil {
			return err
		}
		return setup(b)
	}
}

// said are the texts of a page.
func said(t testing.TB, a answer) (list []string) {
	t.Helper()
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	list = []string{}
	for _, m := range a.JSON["items"].([]any) {
		list = append(list, m.(map[string]any)["text"].(string))
	}
	return list
}

// TestHistory reads and searches what was said over HTTP.
func TestHistory(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{}, withHistory)
	for _, text := range []string{"一", "二", "三", "发票已经寄出"} {
		f.Group("A").As("alice").Say(text)
	}
	f.Idle()
	f.Person("bob").Say("发票呢")
	f.Idle()
	require.Equal(t, "sent", f.post("/v1/messages?wait=30", `{"to":"A","text":"收到"}`).JSON["state"])
	f.Idle()
	a := "/v1/chats/" + f.Group("A").ID() + "/messages"
	page := f.get(a + "?limit=2")
	assert.Equal(t, []string{"发票已经寄出", "收到"}, said(t, page))
	older := f.get(a + "?limit=3&before=" + page.JSON["older"].(string))
	assert.Equal(t, []string{"一", "二", "三"}, said(t, older))
	assert.Equal(t, []string{"发票已经寄出", "收到"}, said(t, f.get(a+"?after="+older.JSON["newer"].(string))))
	key := page.JSON["items"].([]any)[0].(map[string]any)["key"].(string)
	assert.Equal(t, []string{"三", "发票已经寄出", "收到"}, said(t, f.get(a+"?limit=4&around="+url.QueryEscape(key))))
	assert.Equal(t, []string{"发票呢"}, said(t, f.get("/v1/chats/wxid_bob/messages")))
	assert.Len(t, said(t, f.get("/v1/chats/A/messages")), 5, "by its name")
	assert.Equal(t, []string{"发票呢", "发票已经寄出"}, said(t, f.get("/v1/search?q="+url.QueryEscape("发票"))))
	assert.Equal(t, []string{"发票已经寄出"}, said(t, f.get("/v1/search?chat=A&q="+url.QueryEscape("发票"))))
	assert.Equal(t, []string{"发票呢"}, said(t, f.get("/v1/search?person=wxid_bob")))
	later := f.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	assert.Empty(t, said(t, f.get(a+"?from="+later)))
	for path, want := range map[string]int{
		a + "?before=x": 422, a + "?around=nothing": 404, a + "?limit=0": 422, a + "?from=yesterday": 422, "/v1/search": 422,
		"/v1/search?q=%22": 422, "/v1/chats/" + url.PathEscape("../../outbox") + "/messages": 422,
	} {
		assert.Equal(t, want, f.get(path).Status, path)
	}
}

// TestTheHistoryIsOff says how to switch it on.
func TestTheHistoryIsOff(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	for _, path := range []string{"/v1/chats/A/messages", "/v1/search?q=x"} {
		a := f.get(path)
		assert.Equal(t, http.StatusNotFound, a.Status)
		assert.Contains(t, a.Text, "history: {keep: 30d}")
	}
}

// TestRightsToTheHistory reads with tokens of some chats and accounts.
func TestRightsToTheHistory(t *testing.T) {
	t.Parallel()
	read := []string{"read"}
	f := start(t, gateway.Config{Tokens: map[string]gateway.Token{
		"all": {Secret: secret + "all", May: read}, "chat": {Secret: secret + "chat", May: read, Chats: []string{"B", "wxid_bob"}},
		"other": {Secret: secret + "other", May: read, Accounts: []string{"wx_other"}},
		"send":  {Secret: secret + "send", May: []string{"send"}},
	}}, withHistory)
	f.Group("A").As("alice").Say("秘密 of A")
	f.Idle()
	f.Group("B").As("alice").Say("秘密 of B")
	f.Idle()
	f.Person("bob").Say("秘密 of bob")
	f.Idle()
	q := "/v1/search?q=" + url.QueryEscape("秘密")
	assert.Len(t, said(t, f.get(q, "Authorization", bearer("all"))), 3)
	assert.Equal(t, []string{"秘密 of bob", "秘密 of B"}, said(t, f.get(q, "Authorization", bearer("chat"))))
	assert.Equal(t, []string{"秘密 of B"}, said(t, f.get("/v1/search?person=wxid_alice", "Authorization", bearer("chat"))))
	assert.Empty(t, said(t, f.get(q, "Authorization", bearer("other"))))
	a, b := "/v1/chats/"+f.Group("A").ID()+"/messages", "/v1/chats/"+f.Group("B").ID()+"/messages"
	keyOfA := f.keyOf(f.Group("A").ID())
	for _, test := range []struct {
		token, path string
		want        int
	}{
		{"chat", a, 403}, {"chat", b, 200}, {"chat", q + "&chat=A", 403}, {"chat", b + "?around=" + url.QueryEscape(keyOfA), 200},
		{"other", b, 403}, {"send", b, 403}, {"send", q, 403}, {"", q, 401}, {"chat", "/v1/audit", 403},
	} {
		var header []string
		if test.token != "" {
			header = []string{"Authorization", bearer(test.token)}
		}
		got := f.get(test.path, header...)
		assert.Equal(t, test.want, got.Status, "%s %s: %s", test.token, test.path, got.Text)
		assert.NotContains(t, got.Text, "of A")
	}
}
