package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
)

// TestPagesAreFresh compares the tables in the pages with the plugins.
func TestPagesAreFresh(t *testing.T) {
	t.Parallel()
	pages, err := app.Pages(app.Builtin(), "../docs/en", "en")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for path, want := range pages {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(text), "%s is not up to date: go generate ./app", path)
	}
}

// TestTablesInPages are put in, and put in the place of old ones.
func TestTablesInPages(t *testing.T) {
	t.Parallel()
	known := &plugin.Registry{}
	type config struct {
		Text string `yaml:"text" required:"true" help:"What | it says."`
		Mode string `yaml:"mode" enum:"a,b" default:"a" help:"How."`
	}
	known.Register(plugin.Define("talk", "Talks.", func(config) (bot.Plugin, error) { return nil, nil }),
		plugin.Define("walk", "Walks.", func(config) (bot.Plugin, error) { return nil, nil }))
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "plugins"), 0o700))
	page := filepath.Join(dir, "plugins", "talk.md")
	require.NoError(t, os.WriteFile(page, []byte("# talk\n\n<!-- keys -->\n\n## Traps\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plugins.md"), []byte("<!-- plugins -->\n"), 0o600))
	want := "# talk\n\n<!-- keys -->\n\n| key | value | if absent | meaning |\n|---|---|---|---|\n" +
		"| `text` | text | required | What \\| it says. |\n| `mode` | `a`, `b` | `a` | How. |\n\n<!-- end -->\n\n## Traps\n"
	for range 2 {
		pages, err := app.Pages(known, dir, "en")
		require.NoError(t, err)
		assert.Equal(t, want, string(pages[page]))
		assert.Contains(t, string(pages[filepath.Join(dir, "plugins.md")]), "| [`talk`](plugins/talk.md) | Talks. |\n| `walk` | Walks. |\n")
		require.NoError(t, os.WriteFile(page, pages[page], 0o600))
	}
	require.NoError(t, os.WriteFile(page, []byte("# talk\n"), 0o600))
	_, err := app.Pages(known, dir, "en")
	require.ErrorContains(t, err, "talk.md: there is no line <!-- keys -->")
	code, out, errOut := program(t, "plugins", "owner", "--markdown")
	assert.Zero(t, code, errOut)
	assert.Contains(t, out, "| `groups` | ")
}
