package conf_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/conf"
)

type told struct {
	Name   string   `yaml:"name"`
	Notify []string `yaml:"notify"`
}

type renamed struct {
	told
	Cap    part           `yaml:"cap" was:"limits,limit"`
	When   string         `yaml:"when" enum:"mentioned,always" oldvalues:"at_me=mentioned"`
	Kinds  []string       `yaml:"kinds" oldvalues:"miniprogram=mini_program"`
	Hours  string         `yaml:"hours" old:"notify: {hours: …}"`
	Notify map[string]int `yaml:"notify"`
}

func TestWhatHadOtherNames(t *testing.T) {
	t.Parallel()
	read := func(text string) (s renamed, warnings []string, err error) {
		d, err := conf.Parse("f", []byte(text), conf.Options{})
		require.NoError(t, err)
		require.NoError(t, d.Decode(&s))
		for _, w := range d.Warnings() {
			warnings = append(warnings, w.String())
		}
		return s, warnings, d.Err()
	}
	got, warnings, err := read("limits: {allow: [a]}\nwhen: at_me\nkinds: [link, miniprogram]\nhours: 9-18\nnotify: {x: 1}\n")
	require.NoError(t, err)
	assert.Equal(t, renamed{
		Cap: part{Allow: []string{"a"}}, When: "mentioned", Kinds: []string{"link", "mini_program"}, Hours: "9-18",
		Notify: map[string]int{"x": 1},
	}, got)
	assert.Equal(t, []string{
		"f:1: the key limits is called cap now, and the next version will not know the old name: write cap: …",
		"f:2: when: at_me is called mentioned now, and the next version will not know the old word",
		"f:3: kinds: miniprogram is called mini_program now, and the next version will not know the old word",
		"f:4: the key hours is old, and the next version will not know it: write notify: {hours: …}",
	}, warnings)

	_, _, err = read("limit: a\ncap: b\n")
	require.ErrorContains(t, err, `f:2: the key "cap" is in line 1, too`)
	_, warnings, err = read("cap: a\nwhen: mentioned\n")
	require.NoError(t, err)
	assert.Empty(t, warnings)

	var keys []string
	for _, f := range conf.Fields(reflect.TypeFor[renamed]()) {
		keys = append(keys, f.Key+" "+f.Type)
	}
	assert.Equal(t, []string{
		"name text", "cap section", "cap.allow list of texts", "when text", "kinds list of texts", "notify by name: number",
	}, keys)
	properties := conf.Schema(reflect.TypeFor[renamed]())["properties"].(conf.Object)
	assert.NotContains(t, properties, "hours")
	assert.Contains(t, properties["notify"], "additionalProperties")
}
