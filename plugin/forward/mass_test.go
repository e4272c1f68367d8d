package forward_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestManyTargets: to a few groups a file goes at once, as an answer; to many it is a mass send,
// which waits for the morning. Rules and the plugin do the same.
func TestManyTargets(t *testing.T) {
	t.Parallel()
	for _, way := range []string{
		"rules: [{name: sheets, on: file, in: [源群], forward: {to: [%s]}}]",
		"plugins: {forward: {in: [源群], to: [%s], caption: off, gap: 1s}}",
	} {
		for targets, want := range map[string][2]string{
			"一群, 二群, 三群":     {"[{to: 一群, file: a.pdf}, {to: 二群, file: a.pdf}, {to: 三群, file: a.pdf}]", "nothing"},
			"一群, 二群, 三群, 四群": {"nothing", "[{to: 一群, file: a.pdf}, {to: 二群, file: a.pdf}, {to: 三群, file: a.pdf}, {to: 四群, file: a.pdf}]"},
		} {
			file, err := app.Reader{Sim: true}.Parse("bot.yaml", fmt.Appendf(nil, `allow: {everyone: true}
pace: unlimited
limits: {quiet_hours: "23:00-07:30"}
`+way+`
tests:
  - {name: night, in: 源群, at: "23:30", file: a.pdf, wait: 1m, expect: %s}
  - {name: morning, in: 源群, at: "08:00", say: 早, wait: 1m, expect: %s}
`, targets, want[0], want[1]))
			require.NoError(t, err)
			results, err := file.Test(t.Context(), nil)
			require.NoError(t, err)
			for _, r := range results {
				assert.True(t, r.OK, "%s to %s: %s: %v", way, targets, r.Name, r.Lines)
			}
		}
	}
}

// TestTwoAccounts: a file of a group in which two accounts of the bot are goes on once.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{Sim: true}.Parse("bot.yaml", []byte(`allow: {everyone: true}
accounts: [{app_id: wx_one}, {app_id: wx_two}]
plugins: {forward: {in: [源群], to: [总群], same_file: {within: off}}}
tests:
  - {name: once, in: 源群, as: 张三, file: a.pdf, wait: 1m, expect: [{to: 总群, contains: 张三}, {to: 总群, file: a.pdf}]}
`))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, results, 1)
	assert.True(t, results[0].OK, "%v", results[0].Lines)
}
