package app_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
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
	everywhere := []string{"all"}
	phone := regexp.MustCompile(`(?m)^ +- \{(say|file|image|link|voice): .*$`).FindAllString(everyStep, -1)
	phone = slices.DeleteFunc(phone, func(line string) bool { return !strings.Contains(line, "in: A") })
	for i := range phone {
		phone[i] = strings.Replace(strings.Replace(phone[i], ", as: bob", "", 1), "}", ", as: phone, wait: 1h}", 1)
	}
	off := "      - {say: /off NAME, as: erin, wait: 1s}\n"
	for name, c := range map[string]struct {
		keys  map[string]any
		top   string
		first string // steps
		steps string
		quiet bool
	}{
		"on":      {keys: map[string]any{"in": []string{"A"}}},
		"off":     {keys: map[string]any{"in": []string{"A"}, "enabled": false}, quiet: true},
		"dry run": {keys: map[string]any{"in": []string{"A"}, "dry_run": true}, quiet: true},
		"a trial": {keys: map[string]any{"in": []string{"A"}, "dry_run": "7d", "notify": []string{"B"}}}, // guard tells B
		"not in":  {keys: map[string]any{"in": everywhere, "not_in": everywhere}, quiet: true},
		"neither": {keys: map[string]any{"in": everywhere, "not_in": []string{"groups", "private"}}, quiet: true},
		"off in the chats": {
			keys: map[string]any{"in": []string{"A"}}, top: "chats: {A: {not: all}, 同事群: {not: all}, alice: {not: all}, bob: {not: all}}\n", quiet: true,
		},
		"switched off": {keys: map[string]any{"in": everywhere}, first: off, quiet: true},
		"own messages": {
			keys: map[string]any{"in": everywhere}, top: "keep_self: true\n", steps: strings.Join(phone, "\n") + "\n", quiet: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var first strings.Builder
			if c.first != "" {
				known := app.Builtin()
				for _, name := range known.Names() {
					if name != "owner" {
						first.WriteString(strings.ReplaceAll(c.first, "NAME", name))
					}
				}
			}
			if c.steps == "" {
				c.steps = everyStep
			}
			text := "service: {sim: true}\nowners: [erin]\n" + c.top + "plugins:\n  owner: {}\n" + sections(t, c.keys) +
				"tests:\n  - name: all\n    steps:\n" + first.String() + strings.ReplaceAll(c.steps, "}\n", ", expect: nothing}\n")
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

// TestEveryEmptyList: a list of people or accounts that is empty is a mistake, as it matches nothing.
func TestEveryEmptyList(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"from", "accounts"} {
		text := "service: {sim: true}\nowners: [erin]\nplugins:\n" + sections(t, map[string]any{"in": []string{"A"}, key: []string{}})
		_, err := app.Reader{Sim: true}.Parse("bot.yaml", []byte(text))
		require.Error(t, err)
		for _, name := range app.Builtin().Names() {
			if name != "owner" {
				assert.Contains(t, err.Error(), "plugins."+name+"."+key+": it is empty", name)
			}
		}
	}
}

// TestEveryName: a key whose help tells of chats or of people by name is looked up when the bot
// starts, so that a chat that is renamed later stays the one that is meant.
func TestEveryName(t *testing.T) {
	t.Parallel()
	means := regexp.MustCompile(`(?i)\b(chats|groups|people)\b.*\b(ids?|names?|owners)\b|\bwxids\b`)
	var walk func(t *testing.T, at string, of reflect.Type, outer []reflect.Type)
	walk = func(t *testing.T, at string, of reflect.Type, outer []reflect.Type) {
		t.Helper()
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || slices.Contains(outer, of) {
			return
		}
		for i := range of.NumField() {
			f := of.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			kind := f.Type
			if kind.Kind() == reflect.Slice {
				kind = kind.Elem()
			}
			if kind.Kind() == reflect.String && means.MatchString(f.Tag.Get("help")) && !strings.Contains(f.Tag.Get("help"), "{{") {
				assert.NotEmpty(t, f.Tag.Get("of"), "%s.%s has no tag of: %s", at, key, f.Tag.Get("help"))
			}
			walk(t, at+"."+key, f.Type, append(outer[:len(outer):len(outer)], of))
		}
	}
	known := app.Builtin()
	for _, name := range known.Names() {
		d, _ := known.Lookup(name)
		walk(t, name, reflect.TypeOf(d.Config()), nil)
	}
}

// TestObserversSeeEverything: a rule that takes every message starves no plugin that observes.
func TestObserversSeeEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, err := app.Reader{Sim: true}.Parse("bot.yaml", []byte(`service: {sim: true}
owners: [erin]
rules:
  - {name: all, on: [text, file, link, quote], in: [A], reply: taken}
plugins:
  welcome: {in: [A], wait: 2s, batch: 1s, text: hello}
  archive: {in: [A], dir: `+dir+`}
  antirevoke: {in: [A]}
  watch: {in: [A], words: [招标], to: [erin], wait: 1s}
  collect: {in: [A], csv: links.csv}
  digest: {in: [A], at: "22:00", least: 1, to: [erin]}
  modlog: {in: [A], mirror: {to: [erin]}, events: [join, revoke]}
tests:
  - name: all
    steps:
      - {say: 招标公告, in: A, as: bob, wait: 1m, expect: [{reply: taken}, {to: erin, contains: 招标公告}]}
      - {file: 报表.xlsx, in: A, as: bob, wait: 1m, expect: [{reply: taken}]}
      - {say: /导出归档, as: erin, wait: 1m, expect: [{file: index.csv}]}
      - {say: 说错了, in: A, as: bob, wait: 1m, expect: [{reply: taken}]}
      - {revoke: true, in: A, as: bob, wait: 5m, expect: [{to: erin, contains: 说错了}, {to: erin, contains: 撤回了一条消息}]}
      - {join: [Li Si], in: A, wait: 5m, expect: [{contains: hello}, {to: erin, contains: Li Si}]}
      - {say: 别的, in: A, at: "22:01", wait: 1m, expect: [{reply: taken}, {to: erin, contains: 小结}]}
`))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	for _, r := range results {
		assert.True(t, r.OK, "%s", strings.Join(r.Lines, "\n"))
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
