package main

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

const root = "../.."

// blocks are the code blocks of a language in a document.
func blocks(t *testing.T, document, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, document))
	require.NoError(t, err)
	var list []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		list = append(list, m[1])
	}
	return list
}

// TestReadmeProgram compares the ten-line bot with the example that CI runs against the simulator.
// Comments may differ, as they are translated.
func TestReadmeProgram(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile(filepath.Join(root, "examples/echo/main.go"))
	require.NoError(t, err)
	comments := regexp.MustCompile(`(?m)[ \t]*//.*$`)
	_, code, _ := strings.Cut(string(example), "package main")
	for _, document := range []string{"README.md", "README.zh-CN.md"} {
		programs := blocks(t, document, "go")
		require.NotEmpty(t, programs)
		_, snippet, ok := strings.Cut(programs[0], "package main")
		require.True(t, ok, document)
		assert.Equal(t, comments.ReplaceAllString(code, ""), comments.ReplaceAllString(snippet, ""), document)
	}
}

// TestConfigurationsInDocs checks each configuration file that a document shows, and each part of
// one, in a bot on a simulator.
func TestConfigurationsInDocs(t *testing.T) {
	t.Parallel()
	lookup := func(string) (string, bool) { return "x", true }
	for _, document := range []string{"README.md", "README.zh-CN.md", "docs/en/config.md", "docs/zh/config.md"} {
		files := blocks(t, document, "yaml")
		require.NotEmpty(t, files, document)
		for _, text := range files {
			if !strings.Contains(text, "service:") {
				text = "service: {sim: true}\n" + text
			}
			_, err := app.Reader{Lookup: lookup}.Parse(document, []byte(text))
			require.NoError(t, err, text)
		}
	}
}

// TestCommandsInDocs checks that every make target and command that the documents name exists.
func TestCommandsInDocs(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	for _, document := range []string{"README.md", "README.zh-CN.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join(root, document))
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)\bmake ([a-z]+)`).FindAllStringSubmatch(string(text), -1) {
			if m[1] != "and" {
				assert.Contains(t, string(makefile), "\n"+m[1]+":", "%s names make %s", document, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`go run (\./[a-z/]+)`).FindAllStringSubmatch(string(text), -1) {
			assert.DirExists(t, filepath.Join(root, m[1]), document)
		}
	}
}
