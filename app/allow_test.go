package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestAllowWords: all and friends are words for all groups and all people; they are no ids.
func TestAllowWords(t *testing.T) {
	t.Parallel()
	const world = `rules: [{name: a, on: text, reply: 在}]
tests:
  - {name: private, as: bob, say: 在吗, expect: 在}
  - {name: group, as: bob, in: A, say: 在吗, expect: 在}
`
	for allow, want := range map[string][2]bool{
		"{people: [friends]}":                        {true, false},
		"{groups: all}":                              {false, true},
		"{groups: [all], people: all}":               {true, true},
		"{people: [wxid_other]}":                     {false, false},
		"{groups: [B], listen: {groups: all}}":       {false, false},
		"{people: [wxid_bob], groups: [A, 无此群]}":     {true, true},
		"{groups: [all], listen: {people: friends}}": {false, true},
	} {
		file, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml", []byte("allow: "+allow+"\n"+world))
		require.NoError(t, err, allow)
		results, err := file.Test(t.Context(), nil)
		require.NoError(t, err)
		for i, answered := range want {
			lines := strings.Join(results[i].Lines, "\n")
			assert.Equal(t, answered, results[i].OK, "%s: %s", allow, lines)
			if allow == "{people: [wxid_other]}" {
				assert.Contains(t, lines, "log: dropped a message: the bot does not listen to its sender")
			}
		}
	}
	_, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml",
		[]byte("allow: {admins: [friends]}\nrules: [{name: a, on: text, reply: b}]\n"))
	require.ErrorContains(t, err, "allow.admins")
}
