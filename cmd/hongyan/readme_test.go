package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/cmd/hongyan/internal/botfile"
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

// TestReadmeProgram compares the ten-line bot with the example, which is run against the simulator; comments may differ by language.
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

// TestSnippetsCompile compiles what is no whole program: registrations on a bot named b.
func TestSnippetsCompile(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"README.md", "README.zh-CN.md", "docs/messages.md"} {
		for _, snippet := range blocks(t, document, "go") {
			if strings.HasPrefix(snippet, "package ") {
				continue
			}
			compile(t, "package main\n\nimport (\n\"github.com/hongyan-go/hongyan/bot\"\n\"github.com/hongyan-go/hongyan/router\"\n"+
				"\"github.com/hongyan-go/hongyan/router/match\"\n\"github.com/hongyan-go/hongyan/xmlmsg\"\n)\n\nfunc main() {\nb := bot.Must(bot.FromEnv())\n"+
				snippet+"\nbot.Main(b)\n}\n")
		}
	}
}

// compile builds a program as if it were in this module.
func compile(t *testing.T, program string) {
	t.Helper()
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(source, []byte(program), 0o600))
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "internal", "snippet", "main.go"): source}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, text, 0o600))
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", filepath.Join(dir, "program"), "./internal/snippet")
	build.Dir = here
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s\n%s", out, program)
}

// TestConfigurationsInDocs checks each configuration file that a document shows.
func TestConfigurationsInDocs(t *testing.T) {
	t.Parallel()
	lookup := func(string) (string, bool) { return "x", true }
	for _, document := range []string{"README.md", "README.zh-CN.md", "docs/config.md"} {
		files := blocks(t, document, "yaml")
		require.NotEmpty(t, files, document)
		for _, text := range files {
			_, err := botfile.Parse(document, []byte(text), lookup)
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
	for _, document := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join(root, document))
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`\]\(([A-Za-z./-]+)\)`).FindAllStringSubmatch(string(text), -1) {
			assert.FileExists(t, filepath.Join(root, strings.TrimSuffix(m[1], "/"), readmeOf(m[1])), document)
		}
	}
}

// readmeOf is the file that must exist in a folder that a document links to.
func readmeOf(link string) string {
	if info, err := os.Stat(filepath.Join(root, link)); err == nil && info.IsDir() {
		return "README.md"
	}
	return ""
}
