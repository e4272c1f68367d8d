package plugin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/plugin"
)

// TestLimitText reads limits as people write them.
func TestLimitText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]plugin.Limit{
		"20/24h": {Most: 20, Per: 24 * time.Hour}, "1/7d": {Most: 1, Per: 7 * 24 * time.Hour}, "off": {Most: -1},
	} {
		var l plugin.Limit
		require.NoError(t, l.UnmarshalText([]byte(text)), text)
		assert.Equal(t, want, l)
	}
	for _, text := range []string{"", "20", "0/24h", "-1/24h", "20/", "20/0s", "x/24h", "1001/24h", "20/24"} {
		var l plugin.Limit
		require.Error(t, l.UnmarshalText([]byte(text)), text)
	}
}
