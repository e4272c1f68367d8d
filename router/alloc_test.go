//go:build !race

package router_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestAllocs holds the ceiling on allocations of a text, from the body to its handler, whatever the
// number of routes.
func TestAllocs(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts what the whole process allocates
	for _, n := range []int{10, 1000, 10000} {
		r, body := routes(n), lastBody(n)
		require.NoError(t, decodeAndRoute(r, body))
		allocs := testing.AllocsPerRun(100, func() { _ = decodeAndRoute(r, body) })
		assert.LessOrEqual(t, allocs, 13.0, "%d routes", n)
	}
}

// TestAllocsWebhook holds the ceiling on allocations from the HTTP request, its own included, to
// the handler.
func TestAllocsWebhook(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts what the whole process allocates
	h, body := webhook(t), lastBody(10)
	post(h, body)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { post(h, body) }), 30.0)
}

// TestALongTextIsNotKeptByTheIndex has a text in which a word of the rules begins at each letter.
func TestALongTextIsNotKeptByTheIndex(t *testing.T) { //nolint:paralleltest // it measures what the whole process allocates
	const size = 8 << 20
	r := router.New()
	found := 0
	for _, word := range []string{"n", "nn", "菜单", "nnnx"} {
		r.Text(func(*router.Context, *xmlmsg.Text) error { found++; return router.Next }, match.Keyword(word))
	}
	r.Text(func(*router.Context, *xmlmsg.Text) error { found++; return nil }, match.Regexp(`nn+`))
	e := text(t, strings.Repeat("n", size))
	require.NotEmpty(t, e.Payload())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.NoError(t, r.Serve(t.Context(), e, router.Services{}))
	runtime.ReadMemStats(&after)
	assert.Equal(t, 1, found, "only the expression: n is not a word of its own there")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4*size))
}
