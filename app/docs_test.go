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

// TestEveryKeyIsInTheManual compares the schema with the tables of docs/config.md, in both
// directions.
func TestEveryKeyIsInTheManual(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/config.md")
	require.NoError(t, err)
	general, ofRules, found := strings.Cut(string(text), "\n## Rules\n")
	require.True(t, found)

	word := regexp.MustCompile("`([^`]+)`")
	manual := map[string]bool{}
	rows := func(section, prefix string) {
		for _, row := range regexp.MustCompile(`(?m)^\| (`+"`"+`.*?) \|(.*)$`).FindAllStringSubmatch(section, -1) {
			for _, key := range word.FindAllStringSubmatch(row[1], -1) {
				if key[1] != "nats" {
					manual[prefix+key[1]] = true
					continue
				}
				for _, inner := range word.FindAllStringSubmatch(row[2], -1) { // its keys are in the row
					if inner[1] != "data" {
						manual["nats."+inner[1]] = true
					}
				}
			}
		}
	}
	rows(general, "")
	rows(ofRules, "rules[].")

	schema := app.Keys()
	require.Greater(t, len(schema), 90)
	for _, key := range schema {
		assert.True(t, manual[key], "docs/config.md has no row for %s", key)
		delete(manual, key)
	}
	assert.Empty(t, manual, "docs/config.md has rows for keys that nobody knows")
}
