package endpoint_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves the API of a world with an account and its friend Ann.
func start(t *testing.T) (*endpoint.API, string) {
	t.Helper()
	table, err := endpoint.ReadTable()
	require.NoError(t, err)
	life, c := lifetime.New(), clock.Or(nil)
	set := faults.NewSet(life, clock.Func(nil), 1, table.Has)
	out := delivery.New(life, delivery.Config{Clock: c, Log: func(string, ...any) {}})
	a := endpoint.New(table, endpoint.Config{
		World: world.New(world.Config{
			Accounts: []*world.Account{{AppID: "wx_a", Wxid: "wxid_me", Nickname: "Me", Friends: []string{"wxid_ann"}}},
			Contacts: []world.Contact{{Wxid: "wxid_ann", Nickname: "Ann"}},
			Seed:     1, History: 100, Clock: c, Lifetime: life, Faults: set, Out: out,
		}),
		Faults: set, Out: out, Token: "secret", History: 100,
	})
	router := chi.NewRouter()
	a.Routes(router)
	server := httptest.NewServer(router)
	t.Cleanup(func() {
		server.Close()
		life.Close()
		life.WaitGoroutines()
	})
	return a, server.URL + "/finder/v2/api"
}

func TestRequests(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path, token, body string
		status            int
		answer            string // contains
		executed          bool
	}{
		"a send": {"/message/postText", "secret", `{"appId":"wx_a","toWxid":"wxid_ann","content":"hi"}`, 200, `"ret":200`, true},
		"another token": {
			"/message/postText", "wrong", `{"appId":"wx_a","toWxid":"wxid_ann","content":"hi"}`, 200, `"ret":500`, false,
		},
		"no JSON":         {"/message/postText", "secret", `hi`, 200, "the body is not a JSON object", false},
		"no content":      {"/message/postText", "secret", `{"appId":"wx_a","toWxid":"wxid_ann"}`, 200, "content", false},
		"the wrong type":  {"/message/postText", "secret", `{"appId":"wx_a","toWxid":7,"content":"hi"}`, 200, "toWxid", false},
		"a stranger":      {"/message/postText", "secret", `{"appId":"wx_a","toWxid":"wxid_zoe","content":"hi"}`, 200, `"ret":500`, false},
		"another account": {"/message/postText", "secret", `{"appId":"wx_b","toWxid":"wxid_ann","content":"hi"}`, 200, `"ret":500`, false},
		"no such call":    {"/message/postTxt", "secret", `{}`, 404, `"Not Found"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, url := start(t)
			answer := fetchtest.Do(t, http.MethodPost, url+test.path, test.body, "VideosApi-token", test.token)
			assert.Equal(t, test.status, answer.Status)
			assert.Contains(t, answer.Body, test.answer)
			calls := a.CallsAfter(0)
			require.Len(t, calls, 1)
			assert.Equal(t, test.path, calls[0].Endpoint)
			assert.Equal(t, test.executed, calls[0].Executed, calls[0].Reason)
			assert.Equal(t, test.executed, calls[0].Reason == "")
		})
	}
}

// TestTheTable has each call of the catalogue once, under the three prefixes.
func TestTheTable(t *testing.T) {
	t.Parallel()
	table, err := endpoint.ReadTable()
	require.NoError(t, err)
	assert.Greater(t, len(table), 100)
	assert.True(t, table.Has("/message/postText"))
	assert.False(t, table.Has("/message/posttext"), "paths are case-sensitive")
	assert.Len(t, endpoint.Flavours(), 3)
}
