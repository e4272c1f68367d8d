package catalogue_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/catalogue"
)

func TestEndpoints(t *testing.T) {
	t.Parallel()
	all, err := catalogue.Endpoints()
	require.NoError(t, err)
	modules, extra, paths := map[string]int{}, 0, map[string]bool{}
	for _, e := range all {
		assert.NotEmpty(t, e.Service(), e.Path)
		assert.NotEmpty(t, e.Method(), e.Path)
		assert.True(t, json.Valid(e.ExampleRequest), e.Path)
		assert.True(t, json.Valid(e.ExampleResponse), e.Path)
		assert.False(t, paths[e.Path], "%s is listed twice", e.Path)
		paths[e.Path] = true
		if e.Extra {
			extra++
			continue
		}
		modules[e.Module]++
	}
	assert.Equal(t, map[string]int{
		"login": 7, "contacts": 12, "im": 2, "group": 21, "message": 18, "download": 6, "sns": 18, "label": 4, "personal": 6, "favor": 3, "finder": 34,
	}, modules)
	assert.Equal(t, 12, extra)
}

func TestTheManualHasEveryEndpoint(t *testing.T) {
	t.Parallel()
	all, err := catalogue.Endpoints()
	require.NoError(t, err)
	manual, err := os.ReadFile("../../docs/api.md")
	require.NoError(t, err)
	for _, e := range all {
		assert.Contains(t, string(manual), "\n| `"+e.Path+"` | `"+e.Name+"` |", "go generate ./internal/catalogue writes the table")
	}
}

func TestEntriesAreTheEndpoints(t *testing.T) {
	t.Parallel()
	endpoints, err := catalogue.Endpoints()
	require.NoError(t, err)
	entries := catalogue.Entries()
	require.Len(t, entries, len(endpoints))
	for i, entry := range entries {
		e, err := entry.Decode()
		require.NoError(t, err)
		assert.Equal(t, endpoints[i], e)
		assert.Equal(t, e.Path, entry.Path)
		assert.Equal(t, e.Extra, entry.Extra)
	}
}
