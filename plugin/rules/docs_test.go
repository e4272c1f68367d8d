package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestTheManual reads the files that the manual shows.
func TestTheManual(t *testing.T) { //nolint:paralleltest // the paths in them begin in the working directory
	texts := map[string][][]byte{}
	for _, path := range []string{"../../docs/en/rules.md", "../../docs/zh/rules.md"} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts[path] = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAll(text, -1)
		require.Greater(t, len(texts[path]), 2)
	}
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("files", 0o700))
	for _, name := range []string{"menu.png", "price.png"} {
		require.NoError(t, os.WriteFile(filepath.Join("files", name), []byte("png"), 0o600))
	}
	reader := app.Reader{Lookup: func(string) (string, bool) { return "secret", true }}
	for path, blocks := range texts {
		for _, block := range blocks {
			text := "service: {sim: true}\nowners: [wxid_boss]\n" + string(block[len("```yaml\n"):len(block)-len("```")])
			_, err := reader.Parse("bot.yaml", []byte(text))
			assert.NoError(t, err, "%s\n%s", path, text)
		}
	}
}
