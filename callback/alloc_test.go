//go:build !race

package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/callback"
)

// TestAllocs checks the limits on the allocations of Identify and Decode.
func TestAllocs(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts what the whole process allocates
	text := body(t, "file_large_6.json")
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = callback.Identify(text) }), 8.0, "Identify")
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = callback.Decode(text) }), 10.0, "Decode")
}
