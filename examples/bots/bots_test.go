// Package bots has bots without Go, each a file with its tests.
package bots

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestBots runs the tests of each file.
func TestBots(t *testing.T) {
	t.Parallel()
	for _, path := range paths(t) {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			t.Parallel()
			file, err := reader(true).Load(path)
			require.NoError(t, err)
			results, err := file.Test(t.Context(), nil)
			require.NoError(t, err)
			require.NotEmpty(t, results)
			for _, r := range results {
				assert.True(t, r.OK, "%s: %s\n%s", r.Place, r.Name, strings.Join(r.Lines, "\n"))
			}
		})
	}
}

// TestBotsForReal: what the files say of the service, the callback and the rest is in order, too.
func TestBotsForReal(t *testing.T) {
	t.Parallel()
	for _, path := range paths(t) {
		file, err := reader(false).Load(path)
		require.NoError(t, err)
		assert.Empty(t, file.Warnings, path)
		assert.NotEmpty(t, file.Bot.Owners, path)
		assert.False(t, file.Bot.Allow.Everyone, "%s: a bot that answers strangers is soon restricted", path)
	}
}

// paths are the files of the bots: eight, each in a folder that both READMEs name.
func paths(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*/bot.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 8)
	for _, readme := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(readme)
		require.NoError(t, err)
		for _, path := range all {
			assert.Contains(t, string(text), "("+filepath.ToSlash(path)+")", readme)
		}
	}
	return all
}

// reader reads a file, for a simulator or as if the environment had all that it asks for.
func reader(sim bool) app.Reader {
	r := app.Reader{Sim: sim, Lookup: func(string) (string, bool) { return "", false }}
	if !sim {
		r.Lookup = func(name string) (string, bool) {
			if strings.HasSuffix(name, "_URL") {
				return "https://bot.example.com", true
			}
			return "secret-" + name, true
		}
	}
	return r
}
