package walls_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// TestTheTestsOfThePromisesExist looks for each test that docs/reliability.md names, in the room that it names.
func TestTheTestsOfThePromisesExist(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join(root, "docs", "reliability.md"))
	require.NoError(t, err)
	name, place := regexp.MustCompile("`(Test\\w+)`"), regexp.MustCompile("`([a-z/]+)`")
	found := 0
	for line := range strings.Lines(string(doc)) {
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
	assert.Greater(t, found, 20, "the table is not where it was")
}

// testsOf is the text of the tests of a room.
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
