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

// TestEveryKeyIsInTheManual compares the schema with the tables of docs/en/config.md, in both
// directions.
func TestEveryKeyIsInTheManual(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/en/config.md")
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
	tests, err := os.ReadFile("../docs/en/tests.md")
	require.NoError(t, err)
	happens, expected, found := strings.Cut(string(tests), "\n## What is expected\n")
	require.True(t, found)
	rows(happens, "tests[].")
	rows(expected, "tests[].expect.")

	schema, seen := app.Keys(), map[string]bool{}
	require.Greater(t, len(schema), 90)
	for _, key := range schema {
		if of, ok := strings.CutPrefix(key, "tests[]."); ok && !strings.HasPrefix(of, "expect.") { // rows are for whole keys
			key, _, _ = strings.Cut(strings.TrimPrefix(of, "steps[]."), ".")
			key = "tests[]." + key
			assert.True(t, manual[key] || seen[key], "docs/en/tests.md has no row for %s", key)
			seen[key] = true
			delete(manual, key)
			continue
		}
		assert.True(t, manual[key], "docs/en/config.md has no row for %s", key)
		delete(manual, key)
	}
	delete(manual, "tests[].steps")
	assert.Empty(t, manual, "docs/en/config.md has rows for keys that nobody knows")
}
