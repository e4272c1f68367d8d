package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
)

// desk is a bot with troubles, its console, and a tab of a person who is in.
type desk struct {
	*consoletest.World
	*proxy
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	w := consoletest.Start(t, console.Config{})
	w.Trouble(t)
	u, err := url.Parse(w.URL)
	require.NoError(t, err)
	return &desk{w, newProxy(t, u.Scheme+"://"+u.Host)}
}

// enter opens a tab and comes in with the password.
func (d *desk) enter(t *testing.T) *tab {
	t.Helper()
	b := open(t, d.proxy.URL)
	b.visit("/console/queue?lang=en")
	require.Contains(t, evaluate[string](b, "location.pathname"), "/console/login")
	b.run(fmt.Sprintf(`document.querySelector("#secret").value = %q; document.querySelector("form button.main").click()`,
		consoletest.Password))
	b.until(`location.pathname === "/console/queue" && document.readyState === "complete"`)
	return b
}

// TestAnOperatorMends goes from the first page to the message that failed, and mends it.
func TestAnOperatorMends(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.enter(t)
	b.visit("/console/?lang=en")
	b.shows("3 dead letters")
	b.run(`document.querySelector("a[href*='view=dead']").click()`)
	b.until(`location.search.includes("view=dead") && document.readyState === "complete"`)
	b.shows("sheets: 503 from http://tables.example.com")
	b.run(`[...document.querySelectorAll("tr[data-row]")]
		.find((r) => r.innerText.includes("tables.example.com") && r.innerText.includes("Bob")).querySelector("a.button").click()`)
	b.until(`location.pathname.startsWith("/console/dead/") && document.readyState === "complete"`)
	b.shows("Given up")
	assert.NotContains(t, evaluate[string](b, "document.body.innerText"), consoletest.Secret)
	b.run(`document.querySelector("a[href='?text=1']").click()`)
	b.shows(consoletest.Secret)

	d.Mended.Store(true)
	b.run(`document.querySelector("form[action$='/dead/retry'] button").click()`)
	b.shows("It is back in the inbox")
	d.World.Friend("bob").ExpectText("记下了：表格 二 " + consoletest.Secret)
	b.quiet()
}

// run runs a statement in the page.
func (b *tab) run(statement string) {
	b.Helper()
	evaluate[bool](b, "(()=>{"+statement+"; return true})()")
}

// TestTheQueueIsLive: what fails now is counted without a click, and nothing moves.
func TestTheQueueIsLive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.enter(t)
	b.visit("/console/queue?view=dead&lang=en")
	b.until(`document.documentElement.dataset.live === "up"`)
	require.Equal(t, "4", evaluate[string](b, `document.querySelector("#n-dead").innerText`))
	rows := evaluate[int](b, `document.querySelectorAll("tr[data-row]").length`)
	d.World.Friend("carol").Says("表格 三")
	b.until(`document.querySelector("#n-dead").innerText === "5"`)
	assert.Equal(t, rows, evaluate[int](b, `document.querySelectorAll("tr[data-row]").length`), "the rows stay where they are")
	b.visit("/console/?lang=en")
	b.until(`document.documentElement.dataset.live === "up"`)
	d.World.Friend("carol").Says("表格 四")
	b.shows("5 dead letters")
	b.visit("/console/log?lang=en")
	b.until(`document.documentElement.dataset.live === "up"`)
	lines := evaluate[int](b, `document.querySelectorAll("#rows li").length`)
	d.World.Friend("carol").Says("表格 五")
	b.until(fmt.Sprintf(`document.querySelectorAll("#rows li").length > %d`, lines))
	b.quiet()
}

// TestForeignSitesCannotStopTheBot: a page of another port, with which the browser sends the cookie
// of the console, posts its form.
func TestForeignSitesCannotStopTheBot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.enter(t)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><form method="post" action="%s/console/stop"><button id="go">win</button></form>`, d.proxy.URL)
	}))
	t.Cleanup(evil.Close)
	b.do(chromedp.Navigate(evil.URL))
	b.click("#go")
	b.until(`location.pathname === "/console/stop"`)
	b.shows("refused")
	assert.False(t, d.Bot.Health(t.Context()).Paused)
}

// TestConsolePages looks at each page of the console in both languages and themes, on a phone and a
// desk; with SCREENSHOTS=folder it writes them there.
func TestConsolePages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.enter(t)
	read := func(path, value string) string {
		return evaluate[string](b, fmt.Sprintf(`fetch(%q, {headers: {Accept: "application/json"}}).then((r) => r.json()).then((x) => x.%s)`,
			"/console/"+path, value))
	}
	account, dead := read("chats", "chats[0].account"), read("queue?view=dead", "items[0].seq")
	unknown := read("queue?view=unknown", "items[0].key")
	pages := []page{
		{"console-overview", ""}, {"console-accounts", "accounts"}, {"console-account", "accounts/" + account}, {"console-chats", "chats"},
		{"console-chat", "chats/" + account + "/wxid_bob"}, {"console-queue", "queue?view=dead"}, {"console-unknown", "queue?view=unknown"},
		{"console-held", "queue?view=held"}, {"console-empty", "queue?view=waiting"},
		{"console-preview", "queue/preview?view=dead&action=retry&all=1"}, {"console-dead", "dead/" + dead},
		{"console-send", "sends/" + url.PathEscape(unknown)}, {"console-rules", "rules"}, {"console-rule", "rules/sheets"},
		{"console-plugins", "plugins"}, {"console-plugin", "plugins/welcome"},
		{"console-explain", "explain?as=Alice&say=" + url.QueryEscape("几点开门")}, {"console-tasks", "tasks"}, {"console-log", "log"},
		{"console-doctor", "doctor"}, {"console-gateway", "gateway"}, {"console-about", "about"},
	}
	for _, l := range []look{{"zh", "light", 1280, 900}, {"en", "dark", 1280, 900}, {"en", "light", 375, 800}, {"zh", "dark", 320, 640}} {
		b.resize(l.width, l.height)
		b.visit("/console/about?lang=" + l.lang)
		b.run(fmt.Sprintf(`document.querySelector("button[name=theme][value=%s]").click()`, l.theme))
		b.until(fmt.Sprintf(`document.documentElement.dataset.theme === %q && document.readyState === "complete"`, l.theme))
		for _, p := range pages {
			b.visit("/console/" + p.path)
			where := fmt.Sprintf("%s %s %s %d", p.name, l.lang, l.theme, l.width)
			assert.Empty(t, b.axe(), "%s: axe", where)
			assert.LessOrEqual(t, evaluate[int](b, "document.documentElement.scrollWidth"), int(l.width), "%s scrolls sideways", where)
			text := evaluate[string](b, "document.body.innerText")
			assert.NotContains(t, text, "⟦", "%s: a text is missing", where)
			assert.NotContains(t, text, consoletest.Secret, where)
			if os.Getenv("SCREENSHOTS") != "" {
				b.shoot(fmt.Sprintf("%s-%s-%s-%d", p.name, l.lang, l.theme, l.width))
			}
		}
	}
	b.quiet()
}

// TestAnOperatorSendsAgain: a send that the service has refused is found, understood, and sent
// again once the service takes it.
func TestAnOperatorSendsAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.enter(t)
	b.visit("/console/queue?view=failed&lang=zh")
	b.shows("接口 /message/postText 失败") // why, in the language of the page
	b.run(`[...document.querySelectorAll("tr[data-row] a.button")].find((a) => a.href.includes("/sends/")).click()`)
	b.until(`location.pathname.startsWith("/console/sends/") && document.readyState === "complete"`)
	b.shows("经过")
	assert.NotContains(t, evaluate[string](b, "document.body.innerText"), consoletest.Secret)
	b.run(`document.querySelector("a.button[href*='action=resend']").click()`)
	b.until(`location.pathname === "/console/queue/preview" && document.readyState === "complete"`)
	b.shows("重新发送 1 条消息")
	b.run(`document.querySelector("form[action$='/failed/resend'] button").click()`)
	b.shows("已重新排队")
	d.World.Friend("alice").ExpectText("收到 回声 一 " + consoletest.Secret)
	b.visit("/console/about?lang=zh")
	b.shows("failed resend")
	b.quiet()
}
