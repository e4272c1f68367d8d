//go:build !race

package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestAllocsOfARule holds the ceiling on allocations of a rule, from the text of the file to the
// check, whatever the number of rules, and 2,000 for the rest of the file.
func TestAllocsOfARule(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts what the whole process allocates
	for _, n := range []int{100, 10000} {
		text := manyRules(n)
		allocs := testing.AllocsPerRun(1, func() {
			file, err := app.Reader{Lookup: func(string) (string, bool) { return "", false }}.Parse("bot.yaml", text)
			require.NoError(t, err)
			require.Len(t, file.Rules, n)
		})
		assert.LessOrEqual(t, (allocs-2000)/float64(n), 250.0, "%d rules", n)
	}
}
