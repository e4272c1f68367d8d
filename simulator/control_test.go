package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator"
)

func post(t *testing.T, sim *simulator.Test, body string) reply {
	t.Helper()
	return do(t, http.MethodPost, sim.URL()+"/sim/messages", body)
}

func get(t *testing.T, sim *simulator.Test, path string) reply {
	t.Helper()
	return do(t, http.MethodGet, sim.URL()+path, "")
}

func TestSayingSomething(t *testing.T) {
	t.Parallel()
	sim := start(t)
	a := post(t, sim, `{"from":"wxid_alice","to":"`+groupA+`","kind":"text","text":"hi"}`)
	assert.Equal(t, http.StatusOK, a.status)
	said := a.json(t)
	assert.Len(t, said["new_msg_id"], 19)
	assert.Len(t, number(said["msg_id"]), 10)

	listed := get(t, sim, "/sim/messages?conversation="+url.QueryEscape(groupA)).json(t)["messages"].([]any)
	require.Len(t, listed, 1)
	m, ok := listed[0].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, said["new_msg_id"], m["new_msg_id"])
	assert.Equal(t, said["msg_id"], m["msg_id"])
	assert.Equal(t, said["seq"], m["seq"])
	for name, want := range map[string]string{
		"conversation": groupA, "from": "wxid_alice", "to": groupA, "kind": "text", "text": "hi", "content": "hi", "callback": "none",
	} {
		assert.Equal(t, want, m[name], name)
	}
	for _, kind := range []string{
		`"kind":"image"`,
		`"kind":"file","file":{"name":"a.xlsx","size":20480}`,
		`"kind":"file_notice","file":{"name":"b.xlsx","size":20480,"md5":"d41d8cd98f00b204e9800998ecf8427e"}`,
		`"kind":"link","link":{"title":"T","url":"https://example.com"}`,
		`"kind":"raw","msg_type":34,"content":"<msg><voicemsg/></msg>"`,
		`"kind":"text","text":"@Bob hi","at":["wxid_bob"]`,
	} {
		assert.Equal(t, http.StatusOK, post(t, sim, `{"from":"wxid_alice","to":"A",`+kind+`}`).status, kind)
	}
	messages, err := sim.Messages("A", 1)
	require.NoError(t, err)
	var kinds, texts []string
	for _, m := range messages {
		kinds, texts = append(kinds, m.Kind), append(texts, m.Text)
	}
	assert.Equal(t, []string{"image", "file", "file_notice", "link", "raw", "text"}, kinds)
	assert.Equal(t, []string{"", "a.xlsx", "b.xlsx", "T", "", "@Bob hi"}, texts)
	assert.Contains(t, messages[2].Content, "d41d8cd98f00b204e9800998ecf8427e")
}

func TestSayingSomethingPrivately(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, body := range []string{
		`{"from":"wxid_bob","to":"wxid_hongyan_bot","kind":"text","text":"1"}`,
		`{"from":"bob","kind":"text","text":"2"}`,
		`{"from":"Bob","app_id":"` + simulator.DefaultAppID + `","kind":"text","text":"3"}`,
		`{"from":"wxid_hongyan_bot","to":"wxid_bob","kind":"text","text":"4"}`,
		`{"from":"wxid_hongyan_bot","to":"filehelper","kind":"text","text":"elsewhere"}`,
	} {
		assert.Equal(t, http.StatusOK, post(t, sim, body).status, body)
	}
	messages, err := sim.Messages("wxid_bob", 0)
	require.NoError(t, err)
	var texts []string
	for _, m := range messages {
		texts = append(texts, m.Text)
		assert.Equal(t, "wxid_bob", m.Conversation)
		assert.Equal(t, simulator.DefaultAppID, m.AppID)
	}
	assert.Equal(t, []string{"1", "2", "3", "4"}, texts)
}

func TestWhatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	sim := start(t)
	notUnderstood(t, sim, "/sim/messages", map[string]string{
		``:           "the body is empty",
		`[]`:         "not understood",
		`{`:          "not understood",
		`{} {}`:      "something follows",
		`{"a":1}`:    `unknown field \"a\"`,
		`{}`:         `\"from\" is missing`,
		`{"from":1}`: "not understood",
		`{"from":"nobody","kind":"text","text":"x"}`:                             `there is no person \"nobody\"`,
		`{"from":"alice","to":"nowhere","kind":"text","text":"x"}`:               "neither a group nor a person",
		`{"from":"alice","to":"1@chatroom","kind":"text","text":"x"}`:            "there is no group",
		`{"from":"alice","to":"bob","kind":"text","text":"x"}`:                   "neither wxid_alice nor wxid_bob is an account",
		`{"from":"wxid_hongyan_bot","kind":"text","text":"x"}`:                   `\"to\" is missing`,
		`{"from":"alice","app_id":"wx_other","kind":"text","text":"x"}`:          "there is no account",
		`{"from":"alice","to":"A","app_id":"wx_other","kind":"text","text":"x"}`: "no account with the app_id",
		`{"from":"alice","to":"A"}`:                                              `\"kind\" is missing`,
		`{"from":"alice","to":"A","kind":"vioce"}`:                               "there is no kind",
		`{"from":"alice","to":"A","kind":"voice","seconds":-1}`:                  `\"seconds\" must be`,
		`{"from":"alice","to":"A","kind":"quote","text":"x"}`:                    `needs \"quote\"`,
		`{"from":"alice","to":"A","kind":"quote","text":"x","quote":7}`:          "there is no message 7 in this chat",
		`{"from":"alice","to":"A","kind":"card"}`:                                `needs \"card\"`,
		`{"from":"alice","to":"A","kind":"card","card":"nobody"}`:                "there is no person",
		`{"from":"alice","to":"A","kind":"pat","pat":"grace"}`:                   "there is no member of group A",
		`{"from":"alice","to":"A","kind":"location","location":{"lat":91}}`:      "degrees",
		`{"from":"alice","to":"A","kind":"mini_program","mini_program":{}}`:      `needs \"title\" and \"app_id\"`,
		`{"from":"alice","to":"A","kind":"text"}`:                                `needs \"text\"`,
		`{"from":"alice","to":"A","kind":"image","text":"x"}`:                    `has no use for \"text\"`,
		`{"from":"alice","to":"A","kind":"file"}`:                                `needs \"file\"`,
		`{"from":"alice","to":"A","kind":"file","file":{}}`:                      `needs \"name\"`,
		`{"from":"alice","to":"A","kind":"file","file":{"name":"x","size":-1}}`:  "less than 0",
		`{"from":"alice","to":"A","kind":"file","file":{"name":"x","md5":"x"}}`:  "32 hex digits",
		`{"from":"alice","to":"A","kind":"file","file":{"name":"x","type":"y"}}`: "unknown field",
		`{"from":"alice","to":"A","kind":"link","link":{"title":"x"}}`:           `needs \"title\" and \"url\"`,
		`{"from":"alice","to":"A","kind":"raw","content":"x"}`:                   `needs \"msg_type\"`,
		`{"from":"alice","to":"A","kind":"raw","msg_type":1}`:                    `needs \"content\"`,
		`{"from":"alice","to":"A","kind":"raw","msg_type":-1,"content":"x"}`:     "positive",
		`{"from":"alice","to":"A","kind":"text","text":"x","at":["nobody"]}`:     "there is no member of group A",
		`{"from":"alice","kind":"text","text":"x","at":["bob"]}`:                 `\"at\" is for groups`,

		`{"from":"alice","to":"A","kind":"file","file":{"name":"x","content":"eA==","size":2}}`: "follow from",
	})
	messages, err := sim.Messages("", 0)
	require.NoError(t, err)
	assert.Empty(t, messages)
	for path, status := range map[string]int{
		"/sim/messages?conversation=nobody": http.StatusNotFound,
		"/sim/messages?after=x":             http.StatusBadRequest,
		"/sim/messages?after=-1":            http.StatusBadRequest,
		"/sim/messages?wait=long":           http.StatusBadRequest,
		"/sim/messages?wait=1h":             http.StatusBadRequest,
		"/sim/messages?group=A":             http.StatusBadRequest,
		"/sim/messages?after=1&after=2":     http.StatusBadRequest,
		"/sim/messages?%zz":                 http.StatusBadRequest,
		"/sim/calls?conversation=A":         http.StatusBadRequest,
		"/sim/calls?after=x":                http.StatusBadRequest,
		"/sim/state?x=1":                    http.StatusBadRequest,
		"/sim/faults?x=1":                   http.StatusBadRequest,
		"/sim/other":                        http.StatusNotFound,
	} {
		a := get(t, sim, path)
		assert.Equal(t, status, a.status, path)
		assert.NotEmpty(t, a.json(t)["error"], path)
	}
	assert.Equal(t, http.StatusMethodNotAllowed, do(t, http.MethodPut, sim.URL()+"/sim/messages", "").status)
}

func TestMembersOnly(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Groups[0].Members = world.Groups[0].Members[:2]
	sim := start(t, func(c *simulator.Config) { c.World = world })
	a := post(t, sim, `{"from":"bob","to":"A","kind":"text","text":"x"}`)
	assert.Equal(t, http.StatusBadRequest, a.status)
	assert.Contains(t, a.body, "wxid_bob is not a member of group A")
}

func TestAfter(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, text := range []string{"1", "2", "3"} {
		sim.Group("A").Member("alice").Says(text)
		sim.Group("B").Member("alice").Says("other")
	}
	count := func(path string) int { return len(get(t, sim, path).json(t)["messages"].([]any)) }
	assert.Equal(t, 6, count("/sim/messages"))
	assert.Equal(t, 3, count("/sim/messages?conversation=A"))
	assert.Equal(t, 2, count("/sim/messages?conversation=A&after=1"))
	assert.Equal(t, 0, count("/sim/messages?conversation=A&after=99"))
	assert.Equal(t, 0, count("/sim/messages?conversation=bob"))
}

func TestLongPoll(t *testing.T) {
	t.Parallel()
	sim := start(t)
	assert.Empty(t, get(t, sim, "/sim/messages?conversation=A&wait=1ms").json(t)["messages"])
	answer := make(chan string)
	go func() {
		defer close(answer)
		response, err := http.Get(sim.URL() + "/sim/messages?conversation=A&wait=1m")
		if err != nil {
			return
		}
		defer http.DefaultClient.CloseIdleConnections()
		defer response.Body.Close()
		if body, err := io.ReadAll(response.Body); err == nil {
			answer <- string(body)
		}
	}()
	sim.Group("B").Member("alice").Says("not this")
	sim.Group("A").Member("alice").Says("this")
	assert.Contains(t, <-answer, `"text":"this"`)
}

func TestTheSimulatorClosesUnderALongPoll(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	arrived := make(chan struct{})
	answer := make(chan struct{})
	go func() {
		defer close(answer)
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			WroteRequest: func(httptrace.WroteRequestInfo) { close(arrived) },
		})
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, sim.URL()+"/sim/messages?wait=1m", nil)
		if err != nil {
			return
		}
		response, err := client(t).Do(request)
		if err == nil {
			response.Body.Close()
		}
	}()
	<-arrived
	require.NoError(t, sim.Close())
	<-answer
}

func TestCallsAndState(t *testing.T) {
	t.Parallel()
	sim := start(t)
	call(t, sim.Simulator, "/message/postText", sendText("wxid_bob", "hi"))
	call(t, sim.Simulator, "/message/postText", sendText("wxid_nobody", "hi"))
	calls := get(t, sim, "/sim/calls").json(t)["calls"].([]any)
	require.Len(t, calls, 2)
	first, ok := calls[0].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, "/message/postText", first["endpoint"])
	assert.Equal(t, "200", number(first["ret"]))
	assert.Equal(t, true, first["executed"])
	assert.Equal(t, "hi", first["body"].(map[string]any)["content"])
	second, ok := calls[1].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, "500", number(second["ret"]))
	assert.Equal(t, false, second["executed"])
	assert.Len(t, get(t, sim, "/sim/calls?after=1").json(t)["calls"], 1)

	state := get(t, sim, "/sim/state").json(t)
	account, ok := state["accounts"].([]any)[0].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, simulator.DefaultAppID, account["app_id"])
	assert.Equal(t, simulator.DefaultWxid, account["wxid"])
	assert.Equal(t, true, account["online"])
	assert.Empty(t, account["callback_url"])
	assert.Len(t, account["friends"], 10)
	assert.Equal(t, []any{groupA, groupB, groupC}, account["groups"])
	assert.Len(t, state["contacts"], 13, "friends and strangers")
	group, ok := state["groups"].([]any)[0].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, "A", group["name"])
	assert.Equal(t, "wxid_alice", group["owner"])
	members, ok := group["members"].([]any)
	require.True(t, ok)
	assert.Len(t, members, 11)
	assert.Equal(t, map[string]any{"wxid": "wxid_wangfang", "nickname": "王芳", "display_name": "前台-王芳"}, members[9])
}

func TestTheHelpPage(t *testing.T) {
	t.Parallel()
	sim := start(t)
	page := get(t, sim, "/")
	assert.Equal(t, http.StatusOK, page.status)
	for _, line := range []string{
		sim.BaseURL(), "VideosApi-token: sim-token", simulator.DefaultAppID, "no bot yet",
		`curl ` + sim.URL() + `/sim/messages -d '{"from":"wxid_alice","to":"10000000001@chatroom","kind":"text","text":"hi"}'`,
		"/sim/calls?after=0", "/sim/state", "/sim/faults",
	} {
		assert.Contains(t, page.body, line)
	}
	for _, line := range strings.Split(page.body, "\n") {
		_, body, isPost := strings.Cut(line, "/sim/messages -d '")
		if isPost {
			assert.Equal(t, http.StatusOK, post(t, sim, strings.TrimSuffix(body, "'")).status, "the samples of the page work: %s", line)
		}
	}
}

func TestMounted(t *testing.T) {
	t.Parallel()
	sim := start(t)
	mux := http.NewServeMux()
	mux.Handle("/", sim)
	server := newBot(t, nil)
	server.Config.Handler = mux
	assert.Equal(t, http.StatusOK, do(t, http.MethodGet, server.URL+"/sim/state", "").status)
}

func TestListening(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "example.com:0", "[::]:0"} {
		_, err := simulator.New(simulator.Config{Listen: address})
		require.ErrorContains(t, err, "not a loopback address")
	}
	for _, address := range []string{"127.0.0.1", "127.0.0.1:http:x", "127.0.0.1:99999"} {
		_, err := simulator.New(simulator.Config{Listen: address})
		require.Error(t, err, address)
	}
	sim, err := simulator.New(simulator.Config{Listen: "localhost:0", Token: "T"})
	require.NoError(t, err)
	defer sim.Close()
	assert.Equal(t, "T", sim.Token())
	_, err = simulator.New(simulator.Config{Listen: strings.TrimPrefix(sim.URL(), "http://")})
	require.ErrorContains(t, err, "address already in use")
	public, err := simulator.New(simulator.Config{Listen: "0.0.0.0:0", AllowPublic: true})
	require.NoError(t, err)
	require.NoError(t, public.Close())
}

func TestTheSameSeedMakesTheSame(t *testing.T) {
	t.Parallel()
	make1 := func(seed uint64) string {
		sim := start(t, func(c *simulator.Config) {
			c.Seed, c.Clock = seed, clock.Func(func() time.Time { return time.Unix(1780000000, 0) })
		})
		return sim.Group("A").Member("alice").Drops(simulator.File{Name: "x.pdf", Size: 1}).Content
	}
	once := make1(1)
	assert.Equal(t, once, make1(1))
	assert.NotEqual(t, once, make1(2))
	sim := start(t)
	first := sim.Group("A").Member("alice").Drops(simulator.File{Name: "x.pdf", Size: 1})
	again := sim.Group("B").Member("bob").Drops(simulator.File{Name: "x.pdf", Size: 1})
	assert.Equal(t, between(t, first.Content, "md5"), between(t, again.Content, "md5"), "the same file has the same md5")
	assert.NotEqual(t, between(t, first.Content, "aeskey"), between(t, again.Content, "aeskey"))
	assert.NotContains(t, again.Content, "overwrite_newmsgid")
	large := sim.Group("B").Member("bob").Drops(simulator.File{Name: "noext", Size: 30 << 20})
	assert.Contains(t, large.Content, "<islargefilemsg>1</islargefilemsg>")
	assert.Contains(t, large.Content, "<fileext />")
}

// TestClockByHTTP moves a virtual clock, and leaves a real one alone.
func TestClockByHTTP(t *testing.T) {
	t.Parallel()
	begins := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	sim := start(t, func(c *simulator.Config) { c.VirtualClock, c.Begins = true, begins })
	clock := func(sim *simulator.Test, body string) reply {
		return do(t, http.MethodPost, sim.URL()+"/sim/clock", body)
	}
	a := clock(sim, `{"advance":"1h26s"}`)
	assert.Equal(t, http.StatusOK, a.status)
	assert.JSONEq(t, `{"now":"2026-01-05T11:00:26Z","virtual":true}`, a.body)
	assert.JSONEq(t, a.body, get(t, sim, "/sim/clock").body)
	assert.Equal(t, a.body, clock(sim, `{}`).body, "only waits")
	for _, body := range []string{
		"", "{", `{"advance":1}`, `{"advance":"-1s"}`, `{"advance":"9000h"}`, `{"advance":"soon"}`, `{"back":"1s"}`,
	} {
		assert.Equal(t, http.StatusBadRequest, clock(sim, body).status, body)
	}
	moving := start(t)
	assert.Contains(t, get(t, moving, "/sim/clock").body, `"virtual":false`)
	assert.Equal(t, http.StatusConflict, clock(moving, `{"advance":"1s"}`).status)
	assert.Equal(t, http.StatusOK, clock(moving, `{}`).status)
}
