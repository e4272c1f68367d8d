package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

func TestTheEnvironmentFillsGaps(t *testing.T) {
	t.Parallel()
	variables := map[string]string{
		"HONGYAN_TOKEN": "env-token", "HONGYAN_BASE_URL": "http://env.example.com", "HONGYAN_APP_ID": "wx_env",
		"HONGYAN_LISTEN": "127.0.0.1:7001",
		"HONGYAN_DATA":   "/env-data", "HONGYAN_ALLOW": "wxid_env", "HONGYAN_LOG": "debug", "HONGYAN_PUBLIC_URL": "https://env.example.com",
		"HONGYAN_PROVIDER": "gewe", "HONGYAN_PACE": "unlimited",
	}
	lookup := func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
	read := func(text string) *app.File {
		const rule = "\nrules:\n  - {name: a, on: text, keyword: [x], reply: y}\n"
		f, err := app.Reader{Lookup: lookup, Gaps: lookup}.Parse("bot.yaml", []byte(text+rule))
		require.NoError(t, err)
		return f
	}

	b := read("parallel: 3").Bot
	assert.Equal(t, "env-token", b.Token)
	assert.Equal(t, "http://env.example.com", b.BaseURL)
	assert.Equal(t, "gewe", b.Provider.Name)
	assert.Equal(t, "wx_env", b.Accounts[0].AppID)
	assert.Equal(t, "127.0.0.1:7001", b.Listen)
	assert.Equal(t, "/env-data", b.Data)
	assert.Equal(t, []string{"wxid_env"}, b.Allow.People)
	assert.Equal(t, "debug", b.LogLevel)
	assert.NotNil(t, b.Pace)
	assert.Equal(t, 3, b.Parallel)

	b = read(`service: {provider: videosapi, token: file-token}
accounts: [{app_id: wx_file}]
allow: {people: []}
data: /file-data
limits: {gap: 2s}
log: {level: warn}`).Bot
	assert.Equal(t, "file-token", b.Token)
	assert.Empty(t, b.BaseURL, "a token of the file goes to no address of the environment")
	assert.Equal(t, "videosapi", b.Provider.Name)
	assert.Equal(t, "wx_file", b.Accounts[0].AppID)
	assert.Equal(t, "/file-data", b.Data)
	assert.Empty(t, b.Allow.People, "a list that is there, even empty, is not opened by a variable")
	assert.Equal(t, "warn", b.LogLevel)

	b = read("service: {sim: true}").Bot
	assert.Empty(t, b.Token)
	assert.NotEqual(t, "/env-data", b.Data)
	assert.Equal(t, "debug", b.LogLevel)

	_, err := app.Reader{Lookup: lookup}.Parse("bot.yaml", []byte("rules: []"))
	require.ErrorContains(t, err, "service.token", "only a reader with Gaps fills them")
}

func TestALevelOfTheLogThatIsNone(t *testing.T) {
	t.Parallel()
	_, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nlog: {level: loud}\nrules: []\n"))
	require.ErrorContains(t, err, `bot.yaml:2:14: log.level: "loud" is not possible here`)
}
