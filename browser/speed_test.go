package browser_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirstPaint reports when each page is first painted. What does not depend on the machine is
// checked: the bytes, the requests and the elements that a page costs. With STRICT=1, on a machine
// that does nothing else, the first paint must come within 200 ms.
func TestFirstPaint(t *testing.T) {
	t.Parallel()
	r := start(t)
	all := pagesOf(t, r)
	b := open(t, r.URL)
	b.visit("/faults?lang=en") // the files are in the cache of the browser from now on, as for a person
	for _, p := range all {
		var paints []float64
		for range 3 {
			b.visit(p.path)
			b.until(`performance.getEntriesByName("first-contentful-paint").length > 0`)
			paints = append(paints, evaluate[float64](b, `performance.getEntriesByName("first-contentful-paint")[0].startTime`))
		}
		requests := evaluate[int](b, `performance.getEntriesByType("resource").length`)
		elements := evaluate[int](b, `document.querySelectorAll("*").length`)
		size := r.size("/static/", p.path)
		t.Logf("%-8s first paint %3.0f ms, %2d requests, %4d elements, %2d KB", p.name, slices.Min(paints), requests, elements, size>>10)
		assert.Less(t, size, int64(60<<10), p.name)
		assert.LessOrEqual(t, requests, 6, p.name)
		assert.Less(t, elements, 2500, p.name)
		if os.Getenv("STRICT") != "" {
			assert.Less(t, slices.Min(paints), 200.0, p.name)
		}
	}
}

// TestFlood pours messages into an open chat, 1,000 a second at first, and then as fast as the
// simulator takes them: the page answers clicks meanwhile, renders a bounded number of times, never
// has more rows than it may, and ends with the last messages in their order.
func TestFlood(t *testing.T) {
	t.Parallel()
	const many = 5000
	r := start(t)
	b := open(t, r.URL)
	b.visit(chatA + "?lang=en&as=wxid_alice")
	evaluate[bool](b, `(window.most = 0, window.swaps = 0, window.began = performance.now(),
		new MutationObserver(() => { window.most = Math.max(window.most, document.querySelectorAll("#msgs > li").length); })
			.observe(document.querySelector("#msgs"), {childList: true}),
		document.addEventListener("htmx:sse:after:message", () => { window.swaps++; }), true)`)
	alice := r.sim.Group("A").Member("alice")
	poured := make(chan error, 1)
	began := time.Now()
	go func() {
		pace := time.NewTicker(10 * time.Millisecond)
		defer pace.Stop()
		for i := range many {
			if i < many/2 && i%10 == 0 {
				<-pace.C
			}
			if _, err := alice.Say(fmt.Sprintf("text %d.", i+1)); err != nil {
				poured <- err
				return
			}
		}
		t.Logf("%d messages in %v", many, time.Since(began))
		poured <- nil
	}()
	clicks, pouring := 0, true
	for pouring {
		select {
		case err := <-poured:
			require.NoError(t, err)
			pouring = false
		default:
		}
		if evaluate[bool](b, `(() => { const menu = document.querySelector(".talk details.menu");
			if (!menu) return false; menu.querySelector("summary").click(); return menu.open; })()`) {
			clicks++
		}
	}
	assert.Positive(t, clicks, "the page answers while messages pour in")
	b.shows(fmt.Sprintf("text %d.", many))
	within := t.Context()
	require.NoError(t, r.sim.Idle(within))
	b.until(`(() => { const rows = Array.from(document.querySelectorAll("#msgs > li"), (row) => Number(row.id.slice(1)));
		return rows.length >= 100 && rows.length <= 300 && rows.at(-1) === 5000 && rows.every((n, i) => i === 0 || n > rows[i - 1]); })()`)
	if evaluate[bool](b, `"most" in window`) { // it was not loaded anew
		assert.LessOrEqual(t, evaluate[int](b, `window.most`), 500, "the bound, and one batch")
		swaps := evaluate[int](b, `window.swaps`)
		spent := evaluate[float64](b, `performance.now() - window.began`)
		t.Logf("rendered %d times in %.0f ms, clicked %d times", swaps, spent, clicks)
		assert.LessOrEqual(t, swaps, int(spent/100)+20, "at most ten times a second")
	}
	all, err := r.sim.Group("A").Messages()
	require.NoError(t, err)
	assert.Len(t, all, many, "all are counted")
	b.quiet()
}
