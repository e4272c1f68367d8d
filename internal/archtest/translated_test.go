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

// TestEveryDocumentIsInChinese checks that each document is there in English and in Chinese, and
// that the two of a pair link to each other before their first section.
func TestEveryDocumentIsInChinese(t *testing.T) {
	t.Parallel()
	for _, folder := range []struct{ english, chinese string }{{"docs/en", "docs/zh"}, {"docs/en/plugins", "docs/zh/plugins"}} {
		english, chinese := pages(t, folder.english), pages(t, folder.chinese)
		for _, name := range english {
			page := folder.english + "/" + name
			if assert.Contains(t, chinese, name, "%s has no Chinese page", page) {
				linked(t, page, folder.chinese+"/"+name)
				linked(t, folder.chinese+"/"+name, page)
			}
		}
		assert.Subset(t, english, chinese, "a page of %s has no English one", folder.chinese)
	}
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
	english := files("docs/en/stories.md")
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

// linked checks that a reader of a page finds the other one before its first section.
func linked(t *testing.T, page, other string) {
	t.Helper()
	opening, _, _ := strings.Cut(prose(t, filepath.Join(root, page)), "\n## ")
	link, err := filepath.Rel(filepath.Dir(page), other)
	require.NoError(t, err)
	assert.Contains(t, opening, "]("+filepath.ToSlash(link)+")", "%s does not link to %s", page, other)
}
