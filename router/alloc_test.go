//go:build !race

package router_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAllocs holds the ceiling on allocations of a text, from the body to its handler, whatever the number of routes.
func TestAllocs(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts what the whole process allocates
	for _, n := range []int{10, 1000} {
		r, body := routes(n), lastBody(n)
		require.NoError(t, decodeAndRoute(r, body))
		allocs := testing.AllocsPerRun(100, func() { _ = decodeAndRoute(r, body) })
		assert.LessOrEqual(t, allocs, 22.0, "%d routes", n)
	}
}
