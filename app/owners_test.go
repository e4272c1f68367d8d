package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin/owner"
)

// TestOwners: of the people in owners, those with may use some commands and are not in charge.
func TestOwners(t *testing.T) {
	t.Parallel()
	parse := func(text string) (*app.File, error) {
		return app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+text))
	}
	for _, text := range []string{
		"owners: [wxid_a, {wxid: wxid_b, may: [status, pause]}]\nplugins: {owner: {}}\n",
		"owners: [{wxid: wxid_a}]\nplugins: {owner: {who: {wxid: wxid_b, may: [status, pause]}}}\n",
		"plugins: {owner: {who: [wxid_a, {wxid: wxid_b, may: [status, pause]}]}}\n",
	} {
		file, err := parse(text)
		require.NoError(t, err)
		assert.Equal(t, []string{"wxid_a"}, file.Bot.Owners)
		assert.Equal(t, []string{"wxid_b"}, file.Bot.Allow.Operators)
		assert.Equal(t, []owner.Who{{Wxid: "wxid_b", May: []string{"status", "pause"}}}, file.Plugins[0].Config.(*owner.Config).Who)
		assert.Equal(t, strings.Contains(text, "who"), len(file.Warnings) == 1, file.Warnings)
	}
	for text, want := range map[string]string{
		"owners: [{wxid: wxid_b, may: [status]}]\n":                               "bot.yaml:3: owners[0].may: the file has no plugin owner",
		"owners: [{wxid: wxid_b, may: [stat]}]\nplugins: {owner: {}}\n":           `owners[0].may[0]: "stat" is not possible here; did you mean status`,
		"owners: [{may: [status]}]\nplugins: {owner: {}}\n":                       "owners[0].wxid: it is missing",
		"owners: [wxid_a]\nplugins: {owner: {may_switch: [digets]}}\n":            `there is no plugin "digets"; did you mean digest`,
		"owners: [wxid_a]\nchats: {A: {plugins: [wellcome]}}\n":                   `there is no plugin "wellcome"; did you mean welcome`,
		"owners: [wxid_a]\nmay_switch: {group_admins: [x]}\nplugins: {owner: {}}": "may_switch.group_admins[0]",
	} {
		_, err := parse(text)
		require.ErrorContains(t, err, want, text)
	}
}

// TestMovedKeys reads keys where the version before had them, and shows where they are now. A secret
// is in no warning.
func TestMovedKeys(t *testing.T) {
	t.Parallel()
	old, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+`listen: 127.0.0.1:9000
admin: 0.0.0.0:9100
admin_public: true
admin_hosts: [console.example.com]
console: {password: secret-password, backups: ./b}
`))
	require.NoError(t, err)
	now, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+`callback: {listen: "127.0.0.1:9000"}
admin: {listen: 0.0.0.0:9100, public: true, hosts: console.example.com, password: secret-password}
console: {backups: ./b}
`))
	require.NoError(t, err)
	assert.Equal(t, now.Bot, old.Bot)
	assert.Empty(t, now.Warnings)
	assert.Equal(t, "127.0.0.1:9000", now.Bot.Listen)
	assert.True(t, now.Bot.AdminPublic)
	require.Len(t, old.Warnings, 4)
	for i, want := range []string{
		"write callback: {listen: 127.0.0.1:9000}", "write admin: {public: true}", "write admin: {hosts: [console.example.com]}", "write admin: {password: …}",
	} {
		assert.Contains(t, old.Warnings[i], want)
	}
	_, err = app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+"listen: 127.0.0.1:1\ncallback: {listen: 127.0.0.1:2}\n"))
	require.ErrorContains(t, err, "bot.yaml:3: listen is called callback.listen now, and the file has both")
	_, err = app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+"listen: 127.0.0.1:99999\n"))
	require.ErrorContains(t, err, "bot.yaml:3: listen: ")
}

// TestShapes reads the short forms of the sections about accounts, pace and alarm.
func TestShapes(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(`service: {token: t}
accounts:
  - {app_id: wx_abc, since: 2026-01-31, listen: {groups: all}, answer: {groups: [1@chatroom], people: [friends]}}
pace: {answers: default, proactive: {gap: 8s-25s, hours: "08:00-22:30", per_day: 150, chats_per_hour: off}}
alarm: {webhook: "https://hooks.example.com/x", owners: false}
`))
	require.NoError(t, err)
	assert.Equal(t, &bot.Allow{Groups: []string{"1@chatroom"}, AllPeople: true, Listen: bot.Listen{AllGroups: true}}, file.Bot.Accounts[0].Allow)
	assert.True(t, file.Bot.Alarm.Nobody)
	p := file.Bot.Pace
	for _, l := range []outbox.Limits{p.New, p.Young, p.Old} {
		assert.Equal(t, outbox.Range{Min: 8 * time.Second, Max: 25 * time.Second}, l.ProactiveGap)
		assert.Equal(t, 150, l.ProactivePerDay)
		assert.Zero(t, l.ProactiveChatsPerHour)
		assert.NotZero(t, l.Gap)
	}
	assert.Equal(t, "22:30-08:00", p.Quiet.String())
	for text, want := range map[string]string{
		"accounts: [{app_id: a, allow: {everyone: true}, answer: {groups: all}}]": "accounts[0].allow",
		"accounts: [{app_id: a, answer: {groups: [wxid_a]}}]":                     "accounts[0].answer.groups[0]",
		"pace: fast": `"fast" is neither default nor unlimited`,
		"pace: {proactive: {hours: 08:00-20:00}}\nlimits: {quiet_hours: 22:00-08:00}": "pace.proactive.hours",
		"alarm: {owners: false, owner: wxid_a}":                                       "alarm.owners",
		"admin: {public: true, listen: 0.0.0.0:1}\nconsole: {backups: x}":             "admin.password",
	} {
		_, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+text+"\n"))
		require.ErrorContains(t, err, want, text)
	}
}

// TestOldKeysAreInTheSchema: an editor warns of a key that has moved, and takes it for no mistake.
func TestOldKeysAreInTheSchema(t *testing.T) {
	t.Parallel()
	text, err := app.Schema(app.Builtin(), "en")
	require.NoError(t, err)
	var schema struct {
		Properties map[string]struct {
			Deprecated bool
			Properties map[string]struct{ Deprecated bool }
		}
	}
	require.NoError(t, json.Unmarshal(text, &schema))
	assert.True(t, schema.Properties["listen"].Deprecated)
	assert.True(t, schema.Properties["admin_hosts"].Deprecated)
	assert.True(t, schema.Properties["console"].Properties["password"].Deprecated)
	assert.False(t, schema.Properties["console"].Properties["off"].Deprecated)
}
