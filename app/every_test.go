package app_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/plugin"
)

// scopeOf is the scope of a config struct.
func scopeOf(config any) (plugin.Scope, bool) {
	f := reflect.ValueOf(config).Elem().FieldByName("Scope")
	if !f.IsValid() {
		return plugin.Scope{}, false
	}
	s, ok := f.Interface().(plugin.Scope)
	return s, ok
}

// sections are the examples of all plugins with keys of their own, as the sections of a file.
func sections(t *testing.T, keys map[string]any) string {
	t.Helper()
	var all strings.Builder
	known := app.Builtin()
	for _, name := range known.Names() {
		d, _ := known.Lookup(name)
		if _, ok := scopeOf(d.Config()); !ok || d.Example == "" {
			continue
		}
		var example map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(d.Example), &example), name)
		entry, ok := example[name].(map[string]any)
		if !ok {
			entry = example[name].([]any)[0].(map[string]any) //nolint:forcetypeassert // the test shows it
		}
		for key, value := range keys {
			entry[key] = value
		}
		line, err := json.Marshal(entry)
		require.NoError(t, err)
		fmt.Fprintf(&all, "  %s: %s\n", name, line)
	}
	return all.String()
}

// everyStep is what makes plugins act, on each of them.
const everyStep = `
      - {join: [Li Si], in: A, wait: 1m}
      - {say: 加微信返利 招标 采购 内部价, as: bob, in: A}
      - {say: 转人工, in: A}
      - {say: 报名}
      - {say: 报名, in: A}
      - {say: /投票 午饭 面 饭, in: A}
      - {file: 报表.xlsx, in: A}
      - {image: true, in: A}
      - {link: 文章, in: A}
      - {voice: 3s, in: A}
      - {say: 你好, in: A, mention: [bot]}
      - {revoke: true, in: A}
      - {leave: true, as: bob, in: A, wait: 25h}
`

// TestEveryPlugin: each plugin has the keys that all have; none acts where it is off, in a
// rehearsal, or in chats that are not listed.
func TestEveryPlugin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys  map[string]any
		quiet bool
	}{
		"on":      {map[string]any{"in": []string{"A"}}, false},
		"off":     {map[string]any{"in": []string{"A"}, "enabled": false}, true},
		"dry run": {map[string]any{"in": []string{"A"}, "dry_run": true}, true},
		"a trial": {map[string]any{"in": []string{"A"}, "dry_run": "7d", "notify": []string{"B"}}, false}, // guard tells B
		"not in":  {map[string]any{"in": []string{"all"}, "not_in": []string{"all"}}, true},
		"neither": {map[string]any{"in": []string{"all"}, "not_in": []string{"groups", "private"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "service: {sim: true}\nowners: [erin]\nplugins:\n" + sections(t, c.keys) +
				"tests:\n  - name: all\n    steps:\n" + strings.ReplaceAll(everyStep, "}\n", ", expect: nothing}\n")
			file, err := app.Reader{Sim: true, Lookup: func(string) (string, bool) { return "secret-of-a-test", true }}.
				Parse("bot.yaml", []byte(text))
			require.NoError(t, err)
			results, err := file.Test(t.Context(), nil)
			require.NoError(t, err)
			for _, r := range results {
				assert.Equal(t, c.quiet, r.OK, "%s: %v", r.Name, r.Lines)
			}
		})
	}
}

// TestEveryConfig: each plugin has the keys of a scope, and its constructor refuses an empty list
// of // chats, but for those that work elsewhere than in chats, or in all of them.
func TestEveryConfig(t *testing.T) {
	t.Parallel()
	elsewhere := []string{"alerts", "blocked", "broadcast", "channels", "crm", "friends", "livecode", "relay", "schedule"}
	known := app.Builtin()
	for _, name := range known.Names() {
		d, _ := known.Lookup(name)
		if name == "owner" { // the people in charge are those of the bot
			continue
		}
		_, ok := scopeOf(d.Config())
		require.True(t, ok, "%s has no scope", name)
		var example map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(d.Example), &example), name)
		entry, ok := example[name].(map[string]any)
		require.True(t, ok, name)
		entry["in"] = []string{}
		line, err := json.Marshal(entry)
		require.NoError(t, err)
		_, err = app.Reader{Sim: true}.Parse("bot.yaml", []byte("service: {sim: true}\nowners: [erin]\nplugins:\n  "+
			name+": "+string(line)+"\n"))
		if slices.Contains(elsewhere, name) {
			continue
		}
		require.ErrorContains(t, err, "in", name)
		assert.Contains(t, err.Error(), "plugins."+name, "%s works without a chat", name)
	}
}

// TestEveryDuration: days are a unit, and event is another word for on.
func TestEveryDuration(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{}.Parse("bot.yaml", []byte(`service: {sim: true}
rules: [{name: r, event: text, in: [A], reply: rule}]
plugins:
  archive: {in: [A], keep: 7d, dry_run: 3d}
`))
	require.NoError(t, err)
	s, ok := scopeOf(file.Plugins[0].Config)
	require.True(t, ok)
	assert.Equal(t, plugin.Rehearsal(72*time.Hour), s.DryRun)
}
