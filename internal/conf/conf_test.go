package conf_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/outbox"
)

type common struct {
	Off bool     `yaml:"enabled,not" default:"true" help:"Whether it runs."`
	In  []string `yaml:"in" required:"true"`
}

type part struct {
	Allow []string `yaml:"allow"`
	Bare  string   `yaml:"-"`
}

// UnmarshalShort reads the list as one value.
func (p *part) UnmarshalShort(value string) error {
	p.Allow = []string{value}
	return nil
}

type section struct {
	common
	Wait  outbox.Range    `yaml:"wait" default:"2s-6s"`
	Keep  time.Duration   `yaml:"keep,off"`
	Size  int64           `yaml:"size,bytes"`
	Most  int             `yaml:"most,off"`
	Until time.Time       `yaml:"until,date"`
	Then  []string        `yaml:"then" enum:"warn,remove"`
	Links part            `yaml:"links"`
	Steps []part          `yaml:"steps"`
	Chats map[string]part `yaml:"chats"`
	Named map[string]int  `yaml:"named"`
	Kind  string          `yaml:"on" also:"event"`
	Quiet outbox.Window   `yaml:"quiet"`
	Times []time.Duration `yaml:"times"`
	Ratio float64         `yaml:"ratio"`
	Deep  *part           `yaml:"deep"`
	Plain bool            `yaml:"plain"`
}

func read(t *testing.T, text string) (section, error) {
	t.Helper()
	d, err := conf.Parse("f", []byte(text), conf.Options{Lookup: func(string) (string, bool) { return "", false }})
	require.NoError(t, err)
	var s section
	require.NoError(t, d.Decode(&s))
	return s, d.Err()
}

// TestValues reads every kind of value, in the ways people write them.
func TestValues(t *testing.T) {
	t.Parallel()
	got, err := read(t, `
enabled: false
in: A
wait: 3s-9s
keep: 7d
size: 10KB
most: off
until: 2027-01-31
then: [warn, remove]
links: {allow: [a, b]}
steps: {allow: x}
chats: {客户群: {allow: y}, "tag:a.b": z}
named: {a: 1, b: 2}
event: text
quiet: "22:00-08:00"
times: [1d, 90m]
ratio: 0.5
deep: short
plain: yes
`)
	require.NoError(t, err)
	assert.Equal(t, section{
		common: common{Off: true, In: []string{"A"}}, Wait: outbox.Range{Min: 3 * time.Second, Max: 9 * time.Second},
		Keep: 7 * 24 * time.Hour, Size: 10 << 10, Most: -1, Until: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
		Then: []string{"warn", "remove"}, Links: part{Allow: []string{"a", "b"}}, Steps: []part{{Allow: []string{"x"}}},
		Chats: map[string]part{"客户群": {Allow: []string{"y"}}, "tag:a.b": {Allow: []string{"z"}}}, Named: map[string]int{"a": 1, "b": 2},
		Kind: "text", Quiet: outbox.Window{From: 22 * time.Hour, To: 8 * time.Hour},
		Times: []time.Duration{24 * time.Hour, 90 * time.Minute},
		Ratio: 0.5, Deep: &part{Allow: []string{"short"}}, Plain: true,
	}, got)
}

// TestDurations reads days and weeks, too.
func TestDurations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "7d": 168 * time.Hour, "1d12h": 36 * time.Hour, "2w": 336 * time.Hour,
		"1.5d": 36 * time.Hour, "-3s": -3 * time.Second,
	} {
		got, err := conf.ParseDuration(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "d", "7", "7dd", "7d-1h", "999999d", "tomorrow"} {
		_, err := conf.ParseDuration(text)
		assert.Error(t, err, text)
	}
}

// TestMistakes reports all of them, with their lines.
func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := read(t, `
in: A
most: 0
keep: soon
links: {alow: x}
chats:
  群: {allow: x}
  群: {allow: y}
wait: {from: 1s}
`)
	require.EqualError(t, err, `f:3: "0" is not a limit: write a number from 1 on, or off
f:4: "soon" is not a duration: write 90s, 5m, 1h30m or 7d
f:5: unknown field "alow"; did you mean allow?
f:8: chats: "群" is in line 7, too
f:9: one value is expected here, not a list or a section`)
}

// TestMistakeFindsTheLine walks to a value in lists, under names, and in what stands for a list.
func TestMistakeFindsTheLine(t *testing.T) {
	t.Parallel()
	d, err := conf.Parse("f", []byte("in: A\nsteps:\n  - {allow: a}\n  - allow: b\nchats:\n  a.b:\n    allow: [x,\n      y]\nthen: warn\n"),
		conf.Options{})
	require.NoError(t, err)
	for path, line := range map[string]string{
		"in": "f:1", "steps[1].allow": "f:4", "steps[7]": "f:3", "chats.a.b.allow[1]": "f:8", "then[0]": "f:9",
		"missing": "f:1", "chats.c": "f:6",
	} {
		assert.Equal(t, line, d.Place(path), path)
	}
}

// TestSchema describes what TestValues reads.
func TestSchema(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(conf.Schema(reflect.TypeFor[section]()))
	require.NoError(t, err)
	for _, want := range []string{`"in":{"oneOf":[{"type":["string","number","boolean"]},{"items":`, `"required":["in"]`,
		`"default":"2s-6s"`,
		`"enum":["warn","remove"]`, `"additionalProperties":false`, `"event":`, `"description":"Whether it runs."`} {
		assert.Contains(t, string(text), want)
	}
	keys := map[string]string{}
	for _, f := range conf.Fields(reflect.TypeFor[section]()) {
		keys[f.Key] = f.Type
	}
	assert.Equal(t, "yes or no", keys["enabled"])
	assert.Equal(t, "list of texts", keys["steps[].allow"])
	assert.Equal(t, "list of texts", keys["chats.NAME.allow"])
	assert.Equal(t, "number, or off", keys["most"])
}

// group is a section that may be a list.
type group struct {
	Chats []string `yaml:"chats" of:"chats"`
	Label string   `yaml:"label"`
}

// UnmarshalShortList reads the chats.
func (g *group) UnmarshalShortList(values []string) error {
	g.Chats = values
	return nil
}

// TestShortLists reads a section that is written as a value, a list or keys.
func TestShortLists(t *testing.T) {
	t.Parallel()
	d, err := conf.Parse("f", []byte("groups: {a: x, b: [y, z], c: {label: w}}\n"), conf.Options{})
	require.NoError(t, err)
	var s struct {
		Groups map[string]group `yaml:"groups"`
	}
	require.NoError(t, d.Decode(&s))
	require.NoError(t, d.Err())
	assert.Equal(t, map[string]group{"a": {Chats: []string{"x"}}, "b": {Chats: []string{"y", "z"}}, "c": {Label: "w"}}, s.Groups)
	conf.Mentioned("", &s, func(_, _, name string) string { return name + "!" })
	assert.Equal(t, []string{"y!", "z!"}, s.Groups["b"].Chats)
	text, err := json.Marshal(conf.Schema(reflect.TypeOf(s)))
	require.NoError(t, err)
	assert.Contains(t, string(text), `{"oneOf":[{"type":["string","number","boolean"]},{"items":`+
		`{"type":["string","number","boolean"]},"type":"array"},{"additionalProperties":false`)
}

// TestEnum refuses values that are none of the enum of their field, with line and column.
func TestEnum(t *testing.T) {
	t.Parallel()
	type section struct {
		Per   string   `yaml:"per" also:"je" default:"person" enum:"person,chat"`
		Then  []string `yaml:"then" enum:"warn,remove"`
		Only  *string  `yaml:"only" enum:"x"`
		Below struct {
			How string `yaml:"how" enum:"note,off"`
		} `yaml:"below"`
	}
	read := func(text string) error {
		d, err := conf.Parse("f", []byte(text), conf.Options{Lookup: func(string) (string, bool) { return "chta", true }})
		require.NoError(t, err)
		var s section
		require.NoError(t, d.Decode(&s))
		return d.Err()
	}
	require.NoError(t, read("per: chat\nthen: [warn, remove]\nbelow: {how: off}\nonly: x\n"))
	require.NoError(t, read("per: ''\nthen: warn\nonly:\n"))
	for text, want := range map[string]string{
		"then: warn\nper:   persn":   `f:2:8: per: "persn" is not possible here; there are person, chat; did you mean person?`,
		"je: nobody":                 `f:1:5: je: "nobody" is not possible here; there are person, chat`,
		"per: ${PER}":                `f:1:6: per: "chta" is not possible here; there are person, chat; did you mean chat?`,
		"then: [warn,\n  delete]":    `f:2:3: then[1]: "delete" is not possible here; there are warn, remove`,
		"then: kill":                 `f:1:7: then: "kill" is not possible here; there are warn, remove`,
		"below: {how: 0}":            `f:1:14: below.how: "0" is not possible here; there are note, off`,
		"only: Y":                    `f:1:7: only: "Y" is not possible here; there are x`,
		"<<: {per: a}\nthen: remove": `f:1:11: per: "a" is not possible here; there are person, chat`,
	} {
		assert.EqualError(t, read(text), want, text)
	}
}

// TestWas reads keys by their old names, with a warning that shows the line to write.
func TestWas(t *testing.T) {
	t.Parallel()
	type section struct {
		Accounts []string `yaml:"accounts" was:"account,app_ids"`
		Tell     []string `yaml:"tell" was:"tell.to"`
		Left     int      `yaml:"left" was:"tell.left"`
	}
	type file struct {
		Each []section `yaml:"each"`
	}
	read := func(text string) (file, *conf.Document) {
		d, err := conf.Parse("f", []byte(text), conf.Options{Lookup: func(string) (string, bool) { return "secret", true }})
		require.NoError(t, err)
		var s file
		require.NoError(t, d.Decode(&s))
		return s, d
	}
	const next = ", and the next version will not know the old name: write "
	got, d := read("each:\n  - account: ${A}\n    tell: {left: 30, to: [a, b]}\n  - {app_ids: [x, y], tell: z}\n")
	require.NoError(t, d.Err())
	assert.Equal(t, []section{{[]string{"secret"}, []string{"a", "b"}, 30}, {[]string{"x", "y"}, []string{"z"}, 0}}, got.Each)
	var lines []string
	for _, w := range d.Warnings() {
		lines = append(lines, w.String())
	}
	assert.Equal(t, []string{
		"f:2: the key each[0].account is called accounts now" + next + "accounts: ${A}",
		"f:3: the key each[0].tell.left is called left now" + next + "left: 30",
		"f:3: the key each[0].tell.to is called tell now" + next + "tell: [a, b]",
		"f:4: the key each[1].app_ids is called accounts now" + next + "accounts: [x, y]",
	}, lines)
	assert.Equal(t, "f:3", d.Place("each[0].left"))
	for text, want := range map[string]string{
		"each: {account: a, accounts: b}":      `f:1: the key "accounts" is in line 1, too`,
		"each: {tell: {lft: 1}}":               `f:1: unknown field "tell.lft"`,
		"each: {tell: {left: 1}, left: 2}":     `f:1: the key "left" is in line 1, too`,
		"each: {accounts: {left: 1}, left: 2}": `f:1: one value is expected here, not a list or a section`,
	} {
		_, d := read(text)
		require.EqualError(t, d.Err(), want, text)
	}
}
