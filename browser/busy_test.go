package browser_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
	"github.com/hongyan-go/hongyan/simulator"
)

// deskOf is a desk of a world that is prepared.
func deskOf(t *testing.T, w *consoletest.World) *desk {
	t.Helper()
	u, err := url.Parse(w.URL)
	require.NoError(t, err)
	return &desk{w, newProxy(t, u.Scheme+"://"+u.Host)}
}

// painted is when a page was painted first, in milliseconds after the request.
func (b *tab) painted() float64 {
	b.Helper()
	b.until(`performance.getEntriesByName("first-contentful-paint").length > 0`)
	return evaluate[float64](b, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
}

// mostPaint is how long the first paint of a page may take, in milliseconds, on a machine that does
// nothing else. STRICT=1 makes it a test; without it, the times are only reported.
const mostPaint = 200

func paintsIn(t *testing.T, name string, ms float64) {
	t.Helper()
	t.Logf("first paint of %-28s %4.0f ms", name, ms)
	if os.Getenv("STRICT") != "" {
		assert.Less(t, ms, float64(mostPaint), name)
	}
}

// TestFirstPaintOfTheConsole reports how long each page of it takes to be painted.
func TestFirstPaintOfTheConsole(t *testing.T) { //nolint:paralleltest // other tests would take its time
	d := newDesk(t)
	b := d.enter(t)
	for _, path := range []string{
		"", "accounts", "chats", "history", "queue?view=dead", "rules", "plugins", "explain", "tasks", "log", "doctor", "gateway", "about",
	} {
		b.visit("/console/" + path)
		paintsIn(t, path, b.painted())
	}
}

// TestTenThousandDeadLetters are shown by the page, counted exactly, and done away with in one go.
func TestTenThousandDeadLetters(t *testing.T) {
	t.Parallel()
	const many = 10_000
	d := deskOf(t, consoletest.Start(t, console.Config{}, consoletest.Dead(t, many)))
	b := d.enter(t)
	for range 2 { // the second time they have been read
		b.visit("/console/queue?view=dead&lang=en")
		paintsIn(t, "10,000 dead letters", b.painted())
	}
	require.Equal(t, "10,000", evaluate[string](b, `document.querySelector("#n-dead").innerText`))
	assert.Equal(t, 100, evaluate[int](b, `document.querySelectorAll("tr[data-row]").length`), "a page is bounded")
	assert.Equal(t, 7, evaluate[int](b, `document.querySelectorAll(".group").length`), "they have seven reasons")
	assert.Less(t, evaluate[int](b, `performance.getEntriesByType("navigation")[0].transferSize`), 60<<10)
	b.visit("/console/?lang=en")
	paintsIn(t, "overview with 10,000", b.painted())
	b.shows("10,000 dead letters")

	b.visit("/console/queue?view=dead&lang=en")
	b.run(`[...document.querySelectorAll(".group a.button")].find((a) => a.innerText.startsWith("Drop")).click()`)
	b.until(`location.pathname === "/console/queue/preview" && document.readyState === "complete"`)
	count := evaluate[string](b, `document.querySelector("form[action$='/dead/drop'] button").innerText.replace(/\D/g, "")`)
	b.run(`document.querySelector("form[action$='/dead/drop'] button").click()`)
	b.until(`location.pathname.startsWith("/console/works/") && document.readyState === "complete"`)
	b.until(`document.querySelector("progress").value === 100`) // live, without a click
	assert.Equal(t, count, evaluate[string](b, `document.querySelector("dd.s-ok").innerText.replace(/\D/g, "")`))
	b.visit("/console/queue?view=dead&lang=en")
	var gone int
	_, err := fmt.Sscan(count, &gone)
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprint(many-gone), strings.ReplaceAll(evaluate[string](b, `document.querySelector("#n-dead").innerText`), ",", ""))
	b.quiet()
}

// TestABusyBotDoesNotFreezeAPage: while messages come in as fast as the bot takes them, each page
// answers, and shows all of them in the end.
func TestABusyBotDoesNotFreezeAPage(t *testing.T) {
	t.Parallel()
	const messages, people = 1500, 30
	d := deskOf(t, consoletest.Start(t, console.Config{}))
	b := d.enter(t)
	for i, page := range []string{"?lang=en", "log?lang=en", "chats?lang=en"} {
		b.visit("/console/" + page)
		b.until(`document.documentElement.dataset.live === "up"`)
		b.run(`window.gap = 0; let last = performance.now();
			const tick = () => { const now = performance.now(); window.gap = Math.max(window.gap, now - last); last = now;
				setTimeout(tick, 10); };
			tick()`)
		began := time.Now()
		var all sync.WaitGroup
		for n := range people {
			friend := d.World.Test.Friend([]string{"alice", "bob", "carol", "dave"}[n%4])
			all.Go(func() {
				for range messages / people {
					friend.Says("随便说说")
				}
			})
		}
		all.Wait()
		said := time.Since(began)
		require.Eventually(t, func() bool { // what was said is handled after it was taken
			return evaluate[int](b, `fetch("/console/chats", {headers: {Accept: "application/json"}}).then((r) => r.json())
				.then((x) => x.chats.reduce((n, c) => n + c.in, 0))`) == (i+1)*messages
		}, patience, 100*time.Millisecond, "each message is counted")
		gap := evaluate[float64](b, "window.gap")
		t.Logf("%s: %d messages, said at %.0f/s, handled at %.0f/s; the page stood still for %.0f ms at most", page, messages,
			messages/said.Seconds(), messages/time.Since(began).Seconds(), gap)
		assert.Less(t, gap, 10_000.0, "the page is frozen")
		assert.LessOrEqual(t, evaluate[int](b, `document.querySelectorAll("[data-row]").length`), 1000, "a page is bounded")
	}
	b.quiet()
}

// TestALoginIsLive: the code, the scan, the end, and a new code, without a click in between.
func TestALoginIsLive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.enter(t)
	b.visit("/console/accounts/new?lang=en")
	b.run(`document.querySelector("#region").value = "310000"; document.querySelector("form[action$='/new/login'] button.main").click()`)
	b.until(`location.search.includes("code=1") && document.readyState === "complete"`)
	b.until(`document.querySelector("img.qr") && document.querySelector("img.qr").naturalWidth > 100`)
	b.until(`document.documentElement.dataset.live === "up"`)
	code := evaluate[string](b, `fetch("/console/accounts/new", {headers: {Accept: "application/json"}})
		.then((r) => r.json()).then((x) => x.login.stage)`)
	require.Equal(t, "code", code)
	phone(t, d, simulator.LoginScan)
	b.shows("Scanned: confirm on the phone")
	phone(t, d, simulator.LoginCancel)
	b.shows("Cancelled")
	b.run(`document.querySelector("form[action$='/new/again'] button").click()`)
	b.until(`document.querySelector("img.qr") && document.querySelector("img.qr").naturalWidth > 100`)
	phone(t, d, simulator.LoginConfirm)
	b.shows("Logged in")
	b.quiet()
}

// phone does a step on the phone of the login that is under way.
func phone(t *testing.T, d *desk, do string) {
	t.Helper()
	_, err := d.Simulator.Login(simulator.LoginStep{Action: do})
	require.NoError(t, err)
}
