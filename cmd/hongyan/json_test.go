package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withoutJSON are the commands that have no --json, and why.
func withoutJSON() map[string]string {
	return map[string]string{
		"demo":       "a show for people",
		"run":        "its log is JSON where it is not a terminal",
		"schema":     "prints a JSON Schema",
		"decode":     "prints JSON, a line for each body",
		"record":     "writes JSON Lines",
		"replay":     "prints JSON, a line for each call",
		"mcp":        "speaks JSON-RPC",
		"completion": "prints a script for a shell",
	}
}

// leaves calls f for each command that can be run.
func leaves(n *kong.Node, path string, f func(path string, n *kong.Node)) {
	if n.Leaf() {
		f(path, n)
	}
	for _, child := range n.Children {
		leaves(child, strings.TrimSpace(path+" "+child.Name), f)
	}
}

// TestEveryCommandHasJSON demands --json of all commands but those that are listed with a reason.
func TestEveryCommandHasJSON(t *testing.T) {
	t.Parallel()
	var commands cli
	parser, err := kong.New(&commands)
	require.NoError(t, err)
	seen := map[string]bool{}
	leaves(parser.Model.Node, "", func(path string, n *kong.Node) {
		seen[path] = true
		has := false
		for _, group := range n.AllFlags(false) {
			for _, flag := range group {
				has = has || flag.Name == "json"
			}
		}
		_, excused := withoutJSON()[path]
		assert.NotEqual(t, excused, has, "hongyan %s: either --json, or a reason in withoutJSON", path)
	})
	assert.Greater(t, len(seen), 40)
	for path := range withoutJSON() {
		assert.True(t, seen[path], path)
	}
}

// TestJSONOfTheSimulator reads what other programs need.
func TestJSONOfTheSimulator(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out, errOut bytes.Buffer
	lines := firstLine{Buffer: &out, then: cancel}
	require.Zero(t, run(console{ctx: ctx, out: &lines, errOut: &errOut}, []string{"simulate", "--listen", "127.0.0.1:0", "--json"}), errOut.String())
	var got struct {
		URL, Token, Provider string
		BaseURL              string   `json:"base_url"`
		AppIDs               []string `json:"app_ids"`
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &got), "one document: %s", out.String())
	assert.True(t, strings.HasPrefix(got.BaseURL, got.URL))
	assert.NotEmpty(t, got.AppIDs)
	assert.Equal(t, "sim-token", got.Token)
}

// firstLine calls then after the first line.
type firstLine struct {
	*bytes.Buffer
	then func()
}

func (f *firstLine) Write(p []byte) (int, error) {
	n, err := f.Buffer.Write(p)
	if bytes.Contains(p, []byte("\n")) {
		f.then()
	}
	return n, err
}

// TestJSONOfShortCommands reads the JSON of commands that have nothing else to show.
func TestJSONOfShortCommands(t *testing.T) {
	t.Parallel()
	alive := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(alive.Close)
	dir := filepath.Join(t.TempDir(), "bot")
	for _, args := range [][]string{
		{"init", dir, "--json", "--language", "en"},
		{"routes", "-c", filepath.Join(dir, "bot.yaml"), "--json"},
		{"test", "-c", filepath.Join(dir, "bot.yaml"), "--json"},
		{"live", "--json", "--address", strings.TrimPrefix(alive.URL, "http://")},
	} {
		var out, errOut bytes.Buffer
		nothing := func(string) (string, bool) { return "", false }
		require.Zero(t, run(console{ctx: t.Context(), out: &out, errOut: &errOut, env: nothing}, args), "%v: %s", args, errOut.String())
		require.True(t, json.Valid(out.Bytes()), "%v: %s", args, out.String())
		switch args[0] {
		case "init":
			var got struct{ Files []string }
			require.NoError(t, json.Unmarshal(out.Bytes(), &got))
			assert.Contains(t, got.Files, filepath.Join(dir, "bot.yaml"))
		case "routes":
			var got []struct{ Name, Kind string }
			require.NoError(t, json.Unmarshal(out.Bytes(), &got))
			require.NotEmpty(t, got)
			assert.NotEmpty(t, got[0].Name)
		}
	}
}
