package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestWholeFile reads a file that has nearly all sections, in their short forms, and runs its tests.
func TestWholeFile(t *testing.T) {
	t.Parallel()
	secret := func(name string) (string, bool) { return "secret-of-" + name, true }
	file, err := app.Reader{Lookup: secret}.Load("testdata/whole.yaml")
	require.NoError(t, err)
	assert.Empty(t, file.Warnings)
	assert.Equal(t, []string{"wxid_me"}, file.Bot.Owners)
	assert.Equal(t, "127.0.0.1:8080", file.Bot.Listen)
	file, err = app.Reader{Lookup: secret, Sim: true}.Load("testdata/whole.yaml")
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, results, 3)
	for _, r := range results {
		assert.True(t, r.OK, "%s: %s", r.Name, strings.Join(r.Lines, "\n"))
	}
}
