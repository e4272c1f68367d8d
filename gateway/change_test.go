package gateway_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/gateway"
)

// tokens are tokens of all rights, by name.
func tokens(list ...string) map[string]gateway.Token {
	all := map[string]gateway.Token{}
	for _, name := range list {
		all[name] = gateway.Token{Secret: secret + name, May: []string{"read", "send"}}
	}
	return all
}

// TestARevokedToken is refused at once, and what it has under way ends; the other token reads on.
func TestARevokedToken(t *testing.T) {
	t.Parallel()
	c := gateway.Config{Listen: "127.0.0.1:0", Tokens: tokens("a", "b")}
	f := start(t, c)
	gone, stays := f.stream("", "", "Authorization", bearer("a")), f.stream("", "", "Authorization", bearer("b"))
	polled := make(chan int, 1)
	go func() {
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+f.at()+"/v1/events?wait=60", http.NoBody)
		r.Header.Set("Authorization", bearer("a"))
		r.Close = true
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			polled <- 0
			return
		}
		resp.Body.Close()
		polled <- resp.StatusCode
	}()
	c.Tokens = tokens("b", "c")
	require.NoError(t, f.g.Change(c))
	assert.Equal(t, 401, f.get("/v1/accounts", "Authorization", bearer("a")).Status)
	assert.Equal(t, 200, f.get("/v1/accounts", "Authorization", bearer("c")).Status)
	_, ok := gone.next()
	assert.False(t, ok, "its stream ends")
	assert.Contains(t, []int{200, 401}, <-polled, "and its poll, before or after")
	f.Group("A").As("alice").Say("hi")
	assert.Equal(t, []string{"hi"}, stays.texts(1))

	c.Tokens = tokens("c")
	c.Tokens["b"] = gateway.Token{Secret: secret + "b", May: []string{"send"}} // another right
	require.NoError(t, f.g.Change(c))
	_, ok = stays.next()
	assert.False(t, ok)
	assert.Equal(t, 403, f.get("/v1/events", "Authorization", bearer("b")).Status)
}

// TestChange changes what can change, and tells what cannot.
func TestChange(t *testing.T) {
	t.Parallel()
	hook := newConsumer(t)
	c := gateway.Config{Listen: "127.0.0.1:0"}
	f := start(t, c)
	open := f.stream("", "")
	at := f.at()
	f.Group("A").As("alice").Say("before")
	f.Idle()
	assert.Equal(t, []string{"before"}, open.texts(1))
	c.Webhooks = []gateway.Webhook{{URL: hook.URL + "/in?key=1"}}
	require.NoError(t, f.g.Change(c))
	f.Group("A").As("alice").Say("after")
	f.Idle()
	assert.Equal(t, []string{"after"}, hook.texts(), "a new webhook begins now")

	c.Tokens, c.Listen, c.MaxBody = tokens("a"), "127.0.0.1:1", 1
	err := f.g.Change(c)
	require.ErrorIs(t, err, gateway.ErrRestart)
	require.EqualError(t, err, "gateway: listen: that holds after a restart\ngateway: max_body: that holds after a restart")
	assert.Equal(t, at, f.at())
	for range 2 {
		if _, ok := open.next(); !ok {
			break
		}
	}
	_, ok := open.next()
	assert.False(t, ok, "it needs a token now")
	assert.Equal(t, 401, f.get("/v1/accounts").Status)
	c.Tokens = map[string]gateway.Token{"a": {Secret: "short"}}
	require.ErrorContains(t, f.g.Change(c), "tokens.a.may")
	assert.Equal(t, 200, f.get("/v1/accounts", "Authorization", bearer("a")).Status, "nothing has changed")
}
