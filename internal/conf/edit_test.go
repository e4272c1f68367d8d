package conf_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/conf"
)

const edited = `# a bot
rules:
  - {name: hours, on: text}
plugins:
  welcome:
    in: [A 群, B 群] # both
    text: "欢迎: {{Mentions}}" # hello
    wait: 2s-6s
    limits:
      per: 1h
    long: |
      one
      two
  guard:
    - name: first # the name
      words: [a]
    - name: 'second''s'
  flow: {a: 1}
`

func TestScalars(t *testing.T) {
	t.Parallel()
	text := []byte(edited)
	assert.Equal(t, map[string]string{
		"in": "[A 群, B 群]", "text": "欢迎: {{Mentions}}", "wait": "2s-6s", "limits.per": "1h",
	}, conf.Scalars(text, "plugins.welcome"))
	assert.Equal(t, map[string]string{"name": "second's"}, conf.Scalars(text, "plugins.guard[1]"))
	for _, path := range []string{"plugins.guard[7]", "plugins.nothing", "rules[0]", "plugins.flow", "", "[", "plugins.welcome.text"} {
		assert.Empty(t, conf.Scalars([]byte("x: ["), path), path)
	}
	assert.Empty(t, conf.Scalars(text, "plugins.flow"))
}

func TestSetScalars(t *testing.T) {
	t.Parallel()
	set := func(path string, pairs ...string) (string, error) {
		values := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = pairs[i+1]
		}
		changed, err := conf.SetScalars([]byte(edited), path, values)
		return string(changed), err
	}
	for name, c := range map[string]struct {
		path     string
		pairs    []string
		old, new string
	}{
		"a value":         {"plugins.welcome", []string{"wait", "3s-6s"}, "wait: 2s-6s", "wait: 3s-6s"},
		"keeps a comment": {"plugins.welcome", []string{"text", "你好"}, `"欢迎: {{Mentions}}" # hello`, "你好 # hello"},
		"quotes":          {"plugins.welcome", []string{"text", `a: "b" #c`}, `"欢迎: {{Mentions}}" #`, `"a: \"b\" #c" #`},
		"no markup":       {"plugins.welcome", []string{"text", "<b>"}, `"欢迎: {{Mentions}}"`, `"<b>"`},
		"a list":          {"plugins.welcome", []string{"in", "[C]"}, "[A 群, B 群]", "[C]"},
		"below":           {"plugins.welcome", []string{"limits.per", "2h"}, "per: 1h", "per: 2h"},
		"a new key":       {"plugins.welcome", []string{"dry_run", "true"}, "    in:", "\x00"},
		"out":             {"plugins.welcome", []string{"wait", ""}, "    wait: 2s-6s\n", ""},
		"in a list":       {"plugins.guard[1]", []string{"name", "third"}, "'second''s'", "third"},
		"first of a list": {"plugins.guard[0]", []string{"name", "new"}, "name: first #", "name: new #"},
		"a variable":      {"plugins.welcome", []string{"text", "${TEXT}"}, `"欢迎: {{Mentions}}"`, `"${TEXT}"`},
		"nothing":         {"plugins.welcome", nil, "", ""},
		"absent and out":  {"plugins.welcome", []string{"absent", ""}, "", ""},
	} {
		got, err := set(c.path, c.pairs...)
		require.NoError(t, err, name)
		want := strings.Replace(edited, c.old, c.new, 1)
		if name == "a new key" {
			want = strings.Replace(edited, "both\n", "both\n    dry_run: true\n", 1)
		}
		assert.Equal(t, want, got, name)
	}
	for name, c := range map[string][]string{
		"several lines":  {"plugins.welcome", "long", "x"},
		"a section":      {"plugins.welcome", "limits", "x"},
		"a new section":  {"plugins.welcome", "other.key", "x"},
		"flow":           {"plugins.flow", "a", "2"},
		"no section":     {"plugins.nothing", "a", "2"},
		"head of a list": {"plugins.guard[0]", "name", ""},
		"two lines":      {"plugins.welcome", "wait", "a\nb: c"},
	} {
		got, err := set(c[0], c[1:]...)
		if name == "two lines" {
			require.NoError(t, err, name)
			assert.Contains(t, got, `wait: "a\nb: c"`, "a value cannot add keys")
			continue
		}
		require.Error(t, err, name)
	}
}

// FuzzSetScalars: whatever is written into a field, the other keys stay.
func FuzzSetScalars(f *testing.F) {
	for _, seed := range []string{"x", "", "a: b", "# c", "\"", "'", "\n", "- x", "[a", "]",
		"${X}", "|", "> y", "&a", "*a", "!!str", "\x00", "🦆",
	} {
		f.Add(seed)
	}
	before := conf.Scalars([]byte(edited), "plugins.welcome")
	f.Fuzz(func(t *testing.T, value string) {
		changed, err := conf.SetScalars([]byte(edited), "plugins.welcome", map[string]string{"wait": value})
		if err != nil {
			return
		}
		after := conf.Scalars(changed, "plugins.welcome")
		for key, want := range before {
			if key != "wait" && after[key] != want {
				t.Fatalf("%q changed %s: %q", value, key, after[key])
			}
		}
	})
}
