package console

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/web/webtest"
)

// TestTemplates have no words, scripts or styles of their own, and use all texts.
func TestTemplates(t *testing.T) {
	t.Parallel()
	files, err := fs.Sub(templates, "templates")
	require.NoError(t, err)
	webtest.Lint(t, files, ".")
	c, err := New(Config{Print: func(string) {}})
	require.NoError(t, err)
	require.NoError(t, c.pages.site.Check())
	used := map[string]bool{}
	for _, key := range c.pages.site.UsedTexts() {
		used[key] = true
	}
	var all strings.Builder
	require.NoError(t, fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		all.Write(text)
		return err
	}))
	code := all.String()
	begins := regexp.MustCompile(`print "([a-z.]+\.)"`).FindAllStringSubmatch(code, -1)
	keys := map[string]bool{}
	for _, table := range texts() {
		for key := range table {
			keys[key] = true
		}
	}
	for key := range keys {
		begun := strings.HasPrefix(key, "flash.") || strings.HasPrefix(key, "error.") || strings.HasPrefix(key, "nav.") ||
			key == "console.name"
		for _, m := range begins {
			begun = begun || strings.HasPrefix(key, m[1])
		}
		if !begun && !used[key] && !strings.Contains(key, ".title") && !strings.HasPrefix(key, "item.") && key != "login.new" {
			t.Errorf("nothing uses the text %q", key)
		}
	}
}
