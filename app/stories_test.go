package app_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestStories runs the tests of each file in docs/en/stories.md.
func TestStories(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/en/stories.md")
	require.NoError(t, err)
	told := map[string]bool{}
	for _, part := range strings.Split(string(page), "\n## ")[1:] {
		title, text, _ := strings.Cut(part, "\n")
		number, _, found := strings.Cut(title, ".")
		require.True(t, found, title)
		told[number] = true
		link := "[" + number + "](#" + strings.NewReplacer(". ", "-", " ", "-", ",", "", "'", "").Replace(strings.ToLower(title)) + ")"
		assert.Contains(t, string(page), link)
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1) {
			t.Run(number, func(t *testing.T) {
				t.Parallel()
				file, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("story.yaml", []byte(block[1]))
				require.NoError(t, err)
				results, err := file.Test(t.Context(), nil)
				require.NoError(t, err)
				assert.Equal(t, strings.Contains(block[1], "\ntests:"), len(results) > 0)
				for _, r := range results {
					assert.True(t, r.OK, "%s: %s\n%s", r.Place, r.Name, strings.Join(r.Lines, "\n"))
				}
			})
		}
	}
	for _, number := range strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26") {
		assert.True(t, told[number], "docs/en/stories.md does not tell story %s", number)
	}
}
