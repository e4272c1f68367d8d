package app_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestInit: what init writes passes its tests, is in order, and is not overwritten.
func TestInit(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	code, out, errOut := program(t, "init", dir, "--group", `卖场"一群`, "--provider", "gewe")
	require.Zero(t, code, errOut)
	for _, name := range []string{"bot.yaml", ".env", ".gitignore", "compose.yaml", "Dockerfile", "bot.schema.json"} {
		assert.Contains(t, out, filepath.Join(dir, name)+"\n")
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.NotRegexp(t, `\{\{(provider|group|module|plugins|tests)\}\}`, string(text), name)
	}
	info, err := os.Stat(filepath.Join(dir, ".env"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	config := filepath.Join(dir, "bot.yaml")
	code, out, errOut = program(t, "test", "-c", config)
	assert.Zero(t, code, out+errOut)
	assert.Contains(t, out, "3 tests, 0 failed")
	code, _, errOut = program(t, "run", "--check", "-c", config)
	assert.Equal(t, 1, code, "there is no token")
	assert.Contains(t, errOut, "bot.yaml:10: the environment variable HONGYAN_TOKEN is not set")
	assert.Contains(t, errOut, "--sim plays the file on a simulator")
	code, _, errOut = program(t, "run", "--check", "--sim", "-c", config)
	assert.Zero(t, code, errOut)

	before, err := os.ReadFile(config)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, ".env")))
	code, _, errOut = program(t, "init", dir)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, config+" is there already")
	after, err := os.ReadFile(config)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.NoFileExists(t, filepath.Join(dir, ".env"))
}

// TestInitGo: the Go project compiles against this module, and its tests pass.
func TestInitGo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it compiles a program")
	}
	dir := filepath.Join(t.TempDir(), "mybot")
	code, _, errOut := program(t, "init", "--go", dir, "--module", "example.com/mybot")
	require.Zero(t, code, errOut)
	module, err := filepath.Abs("..")
	require.NoError(t, err)
	ours, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	sums, err := os.ReadFile("../go.sum")
	require.NoError(t, err)
	theirs, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	requires := strings.Join(regexp.MustCompile(`(?ms)^require \(.*?^\)`).FindAllString(string(ours), -1), "\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(string(theirs)+requires+
		"\nrequire github.com/hongyan-go/hongyan v0.0.0\nreplace github.com/hongyan-go/hongyan => "+module+"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	for _, args := range [][]string{{"test", "./..."}, {"run", ".", "test", "-c", "bot.yaml"}} {
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
		if args[0] == "run" {
			assert.Contains(t, string(out), "4 tests, 0 failed")
		}
	}
}
