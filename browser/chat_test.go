package browser_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	groupA = "10000000001@chatroom"
	groupC = "30000000003@chatroom"
)

// chatA is the page of the group A.
const chatA = "/chat/" + simulator.DefaultAppID + "/" + groupA

// rig is a simulator with a bot, behind a proxy.
type rig struct {
	*proxy
	sim *simulator.Simulator
}

// start starts a bot that answers 几点开门, and forwards spreadsheets from A to C.
func start(t *testing.T) *rig {
	t.Helper()
	return startWith(t, simulator.Config{Listen: "127.0.0.1:0"})
}

func startWith(t *testing.T, c simulator.Config) *rig {
	t.Helper()
	b, err := bot.New(bot.Config{Simulator: true, SimulatorConfig: c, Logger: zap.NewNop()})
	require.NoError(t, err)
	b.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("几点开门")).Named("hours")
	b.File(func(c *router.Context, _ *xmlmsg.File) error { return c.Forward(groupC) }, match.In(groupA), match.Ext("xlsx")).Named("sheets")
	return attach(t, b)
}

func attach(t *testing.T, b *bot.Bot) *rig {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	within, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	require.NoError(t, b.Simulator().AwaitCallback(within))
	return &rig{proxy: newProxy(t, b.Simulator().URL()), sim: b.Simulator()}
}

// drop drops a file on an element.
func (b *tab) drop(selector, name, content string) {
	b.Helper()
	evaluate[bool](b, fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.items.add(new File([%q], %q));
		document.querySelector(%q).dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
		return true;
	})()`, content, name, selector))
}

// TestNewcomer is the way of a person who has never seen the page: open it, be Alice, drop a file
// into A, see it in C, and see why.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	r := start(t)
	b := open(t, r.URL)
	b.visit("/?lang=en")
	b.until(`location.pathname.startsWith("/chat/")`)
	b.visit(chatA)
	b.do(chromedp.Click(chromedp.CSS(`.person[data-as="wxid_alice"]`)))
	b.until(`document.querySelector(".person[aria-current]").dataset.as === "wxid_alice" && document.documentElement.dataset.live === "up"`)
	b.drop("#log", "报表.xlsx", "name,count\n")
	b.until(`document.querySelector("#msgs .look-file") !== null`)
	b.until(`document.querySelector("#msgs .look-file .marks").textContent.replace(/\s/g, "") === "✓✓✓✓"`)
	b.click(`[data-chat][href$="` + strings.ReplaceAll(groupC, "@", "@") + `"]`)
	b.until(`document.querySelector("h1").textContent === "C"`)
	b.shows("报表.xlsx")
	b.shows("sent ✓")
	b.visit(chatA)
	b.click("#msgs .look-file .marks")
	b.until(`document.querySelector(".traceinner") !== null`)
	text := evaluate[string](b, `document.querySelector(".trace").innerText`)
	for _, want := range []string{"✓ 200", "handled by sheets", "hours", "wants text, this is file", "/message/forwardFile", "in C ↗"} {
		assert.Contains(t, text, want)
	}
	b.quiet()
}

func TestComposer(t *testing.T) {
	t.Parallel()
	r := start(t)
	b := open(t, r.URL)
	b.visit(chatA + "?lang=zh&as=wxid_alice")
	b.do(chromedp.Focus(chromedp.CSS("#text")))
	b.keys("几点开门？")
	b.enter()
	b.until(`document.querySelectorAll("#msgs .mine").length === 1`)
	b.shows("营业时间 9:00-18:00")
	assert.Empty(t, evaluate[string](b, `document.querySelector("#text").value`))
	b.keys(kb.ArrowUp)
	assert.Equal(t, "几点开门？", evaluate[string](b, `document.querySelector("#text").value`), "the last text again")
	evaluate[bool](b, `((document.querySelector("#text").value = ""), true)`)

	before := len(messages(t, r))
	evaluate[bool](b, `document.querySelector("#text").dispatchEvent(
		new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true}))`)
	b.keys("@bo")
	b.until(`!document.querySelector("#mentions").hidden`)
	b.enter()
	b.until(`document.querySelector("#mentions").hidden`)
	b.keys("hi")
	assert.Len(t, messages(t, r), before, "Enter that composes, or that chooses a name, sends nothing")
	b.enter()
	b.until(`document.querySelector("#msgs .at") !== null`)
	all := messages(t, r)
	last := all[len(all)-1]
	assert.Equal(t, []any{"@Bob\u2005hi", []string{"wxid_bob"}}, []any{last.Text, last.At})
	b.quiet()
}

func messages(t *testing.T, r *rig) []simulator.Message {
	t.Helper()
	all, err := r.sim.Group("A").Messages()
	require.NoError(t, err)
	return all
}

// TestKinds sends one message of each kind by the forms of the page.
func TestKinds(t *testing.T) {
	t.Parallel()
	r := start(t)
	b := open(t, r.URL)
	b.visit(chatA + "?lang=en&as=wxid_bob")
	for i, button := range []string{
		`button[value=file]`, `button[value=file_notice]`, `button[value=image]`, `button[value=emoji]`, `button[value=voice]`,
		`button[value=video]`, `form:has([value=link]) button`, `form:has([value=mini_program]) button`, `form:has([value=card]) button`,
		`form:has([value=location]) button`, `form:has([value=pat]) button`, `form:has([value=red_packet]) button`,
	} {
		evaluate[bool](b, fmt.Sprintf(`(document.querySelector("#kinds %s").click(), true)`, button))
		b.until(fmt.Sprintf(`document.readyState === "complete" && document.querySelectorAll("#msgs > li:not(.mine)").length === %d`, i+1))
	}
	b.drop("#log", "dot.png", "\x89PNG\r\n")
	b.until(`document.querySelectorAll("#msgs .look-picture").length === 4`)
	assert.Equal(t, 0, evaluate[int](b, `document.querySelectorAll("#msgs .look-unknown").length`))
	b.quiet()
}

// TestLive cuts the stream, and lets its first request fail.
func TestLive(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.mu.Lock()
	r.refuse = 1
	r.mu.Unlock()
	b := open(t, r.URL)
	b.do(chromedp.Navigate(r.URL + chatA))
	b.until(`document.documentElement.dataset.live === "up"`)
	alice := r.sim.Group("A").Member("alice")
	say := func(from, to int) {
		for i := from; i <= to; i++ {
			_, err := alice.Say(fmt.Sprintf("text %d.", i))
			require.NoError(t, err)
		}
	}
	say(1, 3)
	b.shows("text 3.")
	r.cut()
	say(4, 6)
	b.shows("text 6.")
	assert.Equal(t, 6, evaluate[int](b, `document.querySelectorAll("#msgs > li").length`), "each once")
	b.until(`document.documentElement.dataset.live === "up"`)
	say(7, 1006)
	b.shows("text 1006.")
	b.until(`document.querySelectorAll("#msgs > li").length <= 300`)
}

// TestEveryPageGetsItsStream opens a page many times: htmx starts itself between two scripts.
func TestEveryPageGetsItsStream(t *testing.T) {
	t.Parallel()
	r := start(t)
	b := open(t, r.URL)
	for range 40 {
		b.do(chromedp.Navigate(r.URL + chatA))
		b.until(`document.documentElement.dataset.live === "up"`)
	}
	b.quiet()
}

// TestManyMessages opens a chat with 10,000 messages.
func TestManyMessages(t *testing.T) {
	t.Parallel()
	r := start(t)
	alice := r.sim.Group("A").Member("alice")
	for i := range 10_000 {
		_, err := alice.Say(fmt.Sprintf("text %d.", i))
		require.NoError(t, err)
	}
	within, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	require.NoError(t, r.sim.Idle(within))
	b := open(t, r.URL)
	b.visit(chatA)
	b.shows("text 9999.")
	assert.Equal(t, 100, evaluate[int](b, `document.querySelectorAll("#msgs > li").length`))
	t.Logf("the page is ready after %.0f ms",
		evaluate[float64](b, `performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd`))
	assert.Less(t, evaluate[float64](b, `document.querySelector("#log").scrollHeight - document.querySelector("#log").scrollTop
		- document.querySelector("#log").clientHeight`), 5.0, "the list is at its end")
	b.click(".older a")
	b.shows("text 9899.")
	b.shows("text 9800.")
	b.until(`!document.body.innerText.includes("text 9999.") || document.querySelector("#msgs").innerText.includes("text 9899.")`)
	assert.Less(t, r.size("/static/", chatA), int64(60<<10), "compressed, with all files")
	b.quiet()
}

// TestKeyboard sends a message, opens its trace, and comes back, without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	r := start(t)
	_, err := r.sim.Group("A").Member("alice").Say("几点开门？")
	require.NoError(t, err)
	b := open(t, r.URL)
	b.visit("/faults?lang=en")
	b.keys("g")
	b.keys("c")
	b.until(`location.pathname.startsWith("/chat/")`)
	b.visit(chatA)
	b.keys("?")
	b.until(`document.querySelector("#keys").open`)
	b.keys(kb.Escape)
	b.until(`!document.querySelector("#keys").open`)
	b.keys("j")
	b.until(`document.activeElement.closest("#msgs") !== null`)
	b.enter()
	b.until(`document.querySelector(".traceinner") !== null && document.documentElement.dataset.live === "up"`)
	b.keys(kb.Escape)
	b.until(`document.querySelector(".traceinner") === null && document.documentElement.dataset.live === "up"`)
	b.keys(kb.ArrowDown, chromedp.KeyModifiers(kb.ModifierAlt))
	b.until(`document.querySelector("h1").textContent !== "A"`)
	b.quiet()
}

// TestFaults orders a fault, sees it in force on another page, sees what it did, and clears it.
func TestFaults(t *testing.T) {
	t.Parallel()
	r := start(t)
	b := open(t, r.URL)
	b.visit("/faults?lang=en")
	b.click(`button[value=refuse]`)
	b.shows("1 fault is in force")
	b.visit(chatA + "?as=wxid_alice")
	b.shows("1 fault is in force")
	b.do(chromedp.Focus(chromedp.CSS("#text")))
	b.keys("几点开门")
	b.enter()
	b.shows("/message/postText failed")
	b.visit("/calls?outcome=failed")
	b.shows("ordered by a fault")
	b.visit("/faults")
	b.shows("1 of 1")
	b.click(`.row form[action="/faults/clear"] button`)
	b.shows("All goes well")
	b.quiet()
}

// TestFaultsAreLive sees a fault happen on the page that ordered it, and removes that one only.
func TestFaultsAreLive(t *testing.T) {
	t.Parallel()
	r := start(t)
	b := open(t, r.URL)
	b.visit("/faults?lang=en")
	b.click(`button[value=down]`)
	b.shows("0 of 3")
	b.click(`button[value=late]`)
	b.shows("2 faults are in force")
	b.until(`document.documentElement.dataset.live === "up"`)
	_, err := r.sim.AddFaults(simulator.Fault{Endpoint: "/message/postLink", Kind: simulator.FaultRefuse})
	require.NoError(t, err)
	b.shows("3 faults are in force")
	b.click(`#fault-2 button`)
	b.shows("2 faults are in force")
	b.until(`document.querySelectorAll("#faulttable tbody tr").length === 2 && document.documentElement.dataset.live === "up"`)
	_, err = r.sim.Friend("bob").Say("几点开门")
	require.NoError(t, err)
	b.until(`/1 of 3/.test(document.querySelector("#fault-1").innerText) && document.querySelector("#fault-1 time") !== null`)
	b.quiet()
}

// TestCrossSite posts a form of the page from another origin.
func TestCrossSite(t *testing.T) {
	t.Parallel()
	r := start(t)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>evil</title>")
	}))
	t.Cleanup(evil.Close)
	b := open(t, strings.Replace(evil.URL, "127.0.0.1", "localhost", 1))
	b.do(chromedp.Navigate(b.base))
	asked := evaluate[string](b, fmt.Sprintf(`fetch(%q, {method: "POST", mode: "no-cors", body: "recipe=refuse",
		headers: {"Content-Type": "application/x-www-form-urlencoded"}}).then((r) => r.type).catch((e) => String(e))`, r.URL+"/faults"))
	t.Log("the other page was told:", asked)
	assert.Empty(t, r.sim.Faults())
}
