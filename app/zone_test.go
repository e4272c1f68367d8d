package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestZone: times that people read are in the zone of the file, whatever that of the machine is.
func TestZone(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{"": "10:00", "zone: Asia/Shanghai\n": "10:00", "zone: America/New_York\n": "21:00"} {
		file, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml", []byte(zone+`allow: {everyone: true}
rules: [{name: a, on: text, exact: 几点, reply: "{{Time}}"}]
plugins:
  schedule:
    - {at: "11:00", to: [A], text: "{{time}}"}
    - {name: r, in: [A], remind: true}
tests:
  - {name: text, say: 几点, expect: "`+want+`"}
  - {name: reminder, in: A, say: 提醒我 半小时后 走, expect: [{contains: "`+want[:3]+`30"}]}
  - {name: schedule, after: 20h, expect: [{to: A, contains: 走}, {to: A, text: "11:00"}]}
`))
		require.NoError(t, err)
		results, err := file.Test(t.Context(), nil)
		require.NoError(t, err)
		for _, r := range results {
			assert.True(t, r.OK, "%q: %s: %v", zone, r.Name, r.Lines)
		}
	}
	for zone, works := range map[string]bool{"": false, "zone: Asia/Shanghai\n": false, "zone: America/New_York\n": true} {
		rule, late, watched := "nothing", "nothing", "nothing"
		if works {
			rule, late, watched = "醒着", "晚了", `[{to: Bob, contains: 招标}]`
		}
		file, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml", []byte(zone+`allow: {everyone: true}
rules:
  - {name: a, on: text, exact: 在吗, hours: "20:00-23:00", reply: 醒着}
  - {name: b, on: text, exact: 几点, if: 'hour >= 20 && weekday == 7', reply: 晚了}
plugins:
  watch: {in: [A], words: [招标], hours: "20:00-23:00", to: [Bob]}
tests:
  - {name: rule, say: 在吗, expect: `+rule+`}
  - {name: expression, say: 几点, expect: `+late+`}
  - {name: plugin, in: A, say: 招标, wait: 1m, expect: `+watched+`}
`))
		require.NoError(t, err)
		results, err := file.Test(t.Context(), nil)
		require.NoError(t, err)
		for _, r := range results {
			assert.True(t, r.OK, "%q: %s: %v", zone, r.Name, r.Lines)
		}
	}
	_, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml",
		[]byte("zone: Nowhere/Land\nrules: [{name: a, on: text, reply: b}]\n"))
	require.ErrorContains(t, err, "bot.yaml:1: zone")
}
