package archtest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// TestTheTestsOfThePromisesExist looks for each test that reliability.md names, in both languages,
// in the package that it names.
func TestTheTestsOfThePromisesExist(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"docs/en/reliability.md", "docs/zh/reliability.md"} {
		doc, err := os.ReadFile(filepath.Join(root, document))
		require.NoError(t, err)
		assert.Greater(t, testsThatExist(t, string(doc)), 20, "the table of %s is not where it was", document)
	}
}

// testsThatExist checks that there are the tests that the table of a document names, and counts
// them.
func testsThatExist(t *testing.T, doc string) int {
	t.Helper()
	name, place := regexp.MustCompile("`(Test\\w+)`"), regexp.MustCompile("`([a-z/]+)`")
	found := 0
	for line := range strings.Lines(doc) {
		if !strings.HasPrefix(line, "|") || !name.MatchString(line) || strings.Contains(line, "storetest.Run") {
			continue
		}
		dir := ""
		for _, part := range regexp.MustCompile("`[^`]+`").FindAllString(line, -1) {
			if m := name.FindStringSubmatch(part); m != nil {
				found++
				assert.Contains(t, testsOf(t, dir), "func "+m[1]+"(", "%s in %s", m[1], dir)
			} else if m := place.FindStringSubmatch(part); m != nil && !strings.Contains(part, "unknown") {
				dir = m[1]
			}
		}
	}
	return found
}

// testsOf is the text of the tests of a package.
func testsOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, dir, "*_test.go"))
	require.NoError(t, err)
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		all.Write(b)
	}
	return all.String()
}

// TestLinksLeadSomewhere follows each link of a document that stays in the repository, to the
// heading if it names one.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headings := map[string][]string{} // by document
	found := 0
	for _, document := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(prose(t, document), -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, ":") { // of the web
				continue
			}
			found++
			place := document
			if target != "" {
				place = filepath.Join(filepath.Dir(document), target)
			}
			_, err := os.Stat(place)
			if assert.NoError(t, err, "%s links to %s", document, m[1]) && heading != "" {
				if headings[place] == nil {
					headings[place] = anchors(t, place)
				}
				assert.Contains(t, headings[place], heading, "%s links to %s", document, m[1])
			}
		}
	}
	assert.Greater(t, found, 100, "the links are not where they were")
}

// TestEveryDocumentIsInTheReadme checks that each document can be found from the readme in its
// language.
func TestEveryDocumentIsInTheReadme(t *testing.T) {
	t.Parallel()
	for readme, dir := range map[string]string{"README.md": "docs/en", "README.zh-CN.md": "docs/zh"} {
		text := prose(t, filepath.Join(root, readme))
		for _, name := range pages(t, dir) {
			assert.Contains(t, text, "]("+dir+"/"+name+")", readme)
		}
	}
}

// documents are the Markdown files of the repository.
func documents(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case filepath.Ext(path) == ".md":
			list = append(list, path)
		}
		return nil
	})
	require.NoError(t, err)
	return list
}

// prose is the text of a document without its code.
func prose(t *testing.T, document string) string {
	t.Helper()
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	return regexp.MustCompile("(?s)```.*?```|`[^`\n]*`").ReplaceAllString(string(text), "")
}

// anchors are the names by which the headings of a document can be linked to.
func anchors(t *testing.T, document string) []string {
	t.Helper()
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	text = regexp.MustCompile("(?s)```.*?```").ReplaceAll(text, nil)
	var list []string
	dropped := regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllSubmatch(text, -1) {
		name := dropped.ReplaceAllString(strings.ToLower(string(m[1])), "")
		list = append(list, strings.ReplaceAll(name, " ", "-"))
	}
	return list
}
