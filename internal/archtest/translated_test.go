package archtest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// untranslated are the documents without a Chinese page, and why they have none.
var untranslated = map[string]string{
	"api.md": "it is generated, and names each call in Chinese",
}

// TestEveryDocumentIsInChinese checks that each document is there in English and in Chinese, and
// that the two of a pair link to each other before their first section.
func TestEveryDocumentIsInChinese(t *testing.T) {
	t.Parallel()
	english, chinese := pages(t, "docs"), pages(t, "docs/zh")
	for name := range untranslated {
		assert.Contains(t, english, name, "there is no such document: remove it from the list")
		assert.NotContains(t, chinese, name, "it is translated: remove it from the list")
	}
	for _, name := range english {
		if untranslated[name] == "" && assert.Contains(t, chinese, name, "docs/zh lacks a page") {
			assert.Contains(t, opening(t, "docs/"+name), "](zh/"+name+")", "%s does not link to its Chinese page", name)
			assert.Contains(t, opening(t, "docs/zh/"+name), "](../"+name+")", "zh/%s does not link to its English page", name)
		}
	}
	assert.Subset(t, english, chinese, "a Chinese page without an English one")
	assert.Equal(t, pages(t, "docs/plugins"), pages(t, "docs/zh/plugins"), "the pages of the plugins")
}

// TestTheStoriesInChineseAreTheTestedOnes compares the files of the Chinese stories with those in
// English, whose tests run.
func TestTheStoriesInChineseAreTheTestedOnes(t *testing.T) {
	t.Parallel()
	files := func(document string) []string {
		text, err := os.ReadFile(filepath.Join(root, document))
		require.NoError(t, err)
		return regexp.MustCompile("(?s)```yaml\n.*?```").FindAllString(string(text), -1)
	}
	english := files("docs/stories.md")
	assert.Greater(t, len(english), 20, "the stories are not where they were")
	assert.Equal(t, english, files("docs/zh/stories.md"))
}

// pages are the names of the documents in a folder.
func pages(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(root, dir, "*.md"))
	require.NoError(t, err)
	assert.NotEmpty(t, list, dir)
	for i, path := range list {
		list[i] = filepath.Base(path)
	}
	slices.Sort(list)
	return list
}

// opening is what a reader of a document sees before its first section.
func opening(t *testing.T, document string) string {
	t.Helper()
	text, _, _ := strings.Cut(prose(t, filepath.Join(root, document)), "\n## ")
	return text
}
