package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/internal/consoletest"
)

// TestTokensOfTheGateway lists who may use the gateway: what for, where and when last, and never
// with what secret.
func TestTokensOfTheGateway(t *testing.T) {
	t.Parallel()
	w := consoletest.Start(t, console.Config{})
	const secret = "the-secret-of-a-token"
	config := gateway.Config{Listen: "127.0.0.1:0", Tokens: map[string]gateway.Token{
		"ops": {Secret: secret + "-1", May: []string{"send", "read"}, Chats: []string{"社区一群"}, Rate: 60},
		"old": {Secret: secret + "-2", May: []string{"decide"}},
	}}
	g, err := gateway.New(config)
	require.NoError(t, err)
	require.NoError(t, w.Bot.Install(g))
	api, pages := program(t, w), person(t, w)
	type row struct {
		Name       string
		May, Chats []string
		Rate       int
		Used       time.Time
	}
	tokens := func() []row {
		var v struct{ Tokens []row }
		api.json("gateway", &v)
		return v.Tokens
	}
	assert.Equal(t, []row{
		{Name: "old", May: []string{"decide"}, Rate: 600},
		{Name: "ops", May: []string{"send", "read"}, Chats: []string{"社区一群"}, Rate: 60},
	}, tokens())
	got := api.do(http.MethodGet, "http://"+g.Address()+"/v1/accounts", nil, map[string]string{"Authorization": "Bearer " + secret + "-1"})
	require.Equal(t, http.StatusOK, got.status)
	delete(config.Tokens, "old")
	require.NoError(t, g.Change(config))
	after := tokens()
	require.Len(t, after, 1, "the other one was taken out")
	assert.WithinDuration(t, time.Now(), after[0].Used, time.Minute)
	page := pages.get("gateway").body
	assert.Contains(t, page, "ops")
	assert.Contains(t, page, "社区一群")
	for _, text := range []string{page, api.get("gateway").body} {
		assert.NotContains(t, text, secret)
	}
}
