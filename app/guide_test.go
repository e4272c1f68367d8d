package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestGuide reads files as people write them who know bots, and not our manual: each plugin in its
// smallest form and in a fuller one. Comments at the top of a file are the warnings that it gets.
// It is not parallel: what the files name is beside them, where the bot is started.
func TestGuide(t *testing.T) {
	paths, err := filepath.Glob("testdata/guide/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			t.Chdir(t.TempDir())
			for _, name := range regexp.MustCompile(`\bfiles/[\w.]+`).FindAllString(string(text), -1) {
				require.NoError(t, os.MkdirAll("files", 0o700))
				require.NoError(t, os.WriteFile(name, []byte("x"), 0o600))
			}
			file, err := app.Reader{Lookup: func(name string) (string, bool) { return name, true }}.Parse("bot.yaml",
				append([]byte("service: {sim: true}\nowners: [wxid_demo_boss]\n"), text...))
			require.NoError(t, err)
			var want []string
			for line := range strings.Lines(string(text)) {
				if warning, ok := strings.CutPrefix(line, "# warning: "); ok {
					want = append(want, strings.TrimSpace(warning))
				}
			}
			require.Len(t, file.Warnings, len(want), "%q", file.Warnings)
			for i := range want {
				assert.Contains(t, file.Warnings[i], want[i])
			}
		})
	}
}
