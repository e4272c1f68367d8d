package simulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestWorldRoundTrip saves the world, loads it again in both forms, and finds all as it was.
func TestWorldRoundTrip(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	said := sim.Group("A").Member("alice").Says("hi")
	sim.Does(simulator.Action{Do: simulator.DoLeave, Group: "B", From: "bob"}) // its owner leaves
	b.take(t, 1)
	before := sim.State()
	for _, format := range []string{"", "?format=yaml", "?format=json"} {
		saved := get(t, sim, "/sim/world"+format)
		require.Equal(t, http.StatusOK, saved.status)
		loaded := do(t, http.MethodPut, sim.URL()+"/sim/world", saved.body)
		require.Equal(t, http.StatusOK, loaded.status, loaded.body)
		assert.JSONEq(t, `{"accounts":1,"contacts":13,"groups":3}`, loaded.body)
		assert.Equal(t, saved.body, get(t, sim, "/sim/world"+format).body, format)
	}
	after := sim.State()
	assert.Equal(t, before.Contacts, after.Contacts)
	assert.Equal(t, before.Groups[0], after.Groups[0])
	all, err := sim.Messages("A", 0)
	require.NoError(t, err)
	assert.Equal(t, said.NewMsgID, all[0].NewMsgID, "the messages stay")
	sim.Friend("bob").Says("still here")
	b.take(t, 1)
	_, body := browse(t, sim, http.MethodGet, pageA, "")
	assert.Contains(t, body, ">hi<")
}

// TestWorldIsReplaced loads another world, in which the account has another friend, and goes back.
func TestWorldIsReplaced(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	const other = `{"accounts":[{"app_id":"` + simulator.DefaultAppID + `","wxid":"` + simulator.DefaultWxid + `","nickname":"店小二"},` +
		`{"app_id":"wx_second","wxid":"wxid_second"}],"contacts":[{"wxid":"wxid_ming","nickname":"小明"}],` +
		`"groups":[{"id":"40000000001@chatroom","name":"仓库","members":["wxid_ming","wxid_second"]}]}`
	require.Equal(t, http.StatusOK, do(t, http.MethodPut, sim.URL()+"/sim/world", other).status)
	state := sim.State()
	assert.Equal(t, []string{"店小二", "wxid_second"}, []string{state.Accounts[0].Nickname, state.Accounts[1].Nickname})
	assert.Equal(t, "wxid_ming", state.Groups[0].Owner)
	sim.Group("仓库").Member("小明").Says("hi") // to the second account
	b.take(t, 1)
	_, err := sim.Find("alice")
	require.Error(t, err)
	answer := call(t, sim.Simulator, "/login/checkOnline", map[string]string{"appId": "wx_second"})
	assert.Contains(t, answer.body, `"ret":200`)
	for wrong, says := range map[string]string{
		"":                      "the file is empty",
		"accounts: []":          "there is none",
		"accounts: [{wxid: a}]": "app_id is missing",
		"acounts: []":           "unknown field",
		"accounts: [{app_id: a, wxid: b}]\ngroups: [{id: 1@chatroom, members: [c]}]": "line 2: groups[0].members[0]",
	} {
		a := do(t, http.MethodPut, sim.URL()+"/sim/world", wrong)
		assert.Equal(t, http.StatusBadRequest, a.status, wrong)
		assert.Contains(t, a.json(t)["error"], says, wrong)
	}
	assert.Len(t, sim.State().Accounts, 2, "a mistake changes nothing")
	require.Equal(t, http.StatusOK, do(t, http.MethodDelete, sim.URL()+"/sim/world", "").status)
	assert.Equal(t, simulator.DefaultWorld().Contacts, sim.State().Contacts)
	assert.Equal(t, http.StatusBadRequest, get(t, sim, "/sim/world?format=xml").status)
}

// TestWorldForms edits people, groups and accounts as the pages do.
func TestWorldForms(t *testing.T) {
	t.Parallel()
	sim := start(t)
	form := func(path string, pairs ...string) (int, string) {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Add(pairs[i], pairs[i+1])
		}
		answer, body := browse(t, sim, http.MethodPost, path, values.Encode())
		return answer.StatusCode, body
	}
	ok := func(path string, pairs ...string) {
		t.Helper()
		status, body := form(path, pairs...)
		assert.Equal(t, http.StatusSeeOther, status, "%s: %s", path, body)
	}
	ok("/world/people", "name", "小红", "wxid", "wxid_hong", "friend", simulator.DefaultAppID)
	ok("/world/people/wxid_hong", "nickname", "红姐", "remark", "财务", "sex", "2", "friend", simulator.DefaultAppID, "group", groupB)
	ok("/world/groups/"+groupA, "name", "A 群", "role-wxid_alice", "admin", "role-wxid_bob", "owner", "name-wxid_bob", "老板",
		"role-wxid_carol", "out", "who", "wxid_hong")
	ok("/world/accounts/"+simulator.DefaultAppID, "nickname", "小二", "friend", "wxid_hong")
	ok("/world/accounts", "new", "1", "app_id", "wx_new", "wxid", "wxid_new")
	ok("/world/people/wxid_dave", "do", "remove")
	state := sim.State()
	a, g := state.Accounts[0], state.Groups[0]
	assert.Equal(t, []any{"小二", false, []string{"wxid_hong"}}, []any{a.Nickname, a.Online, a.Friends})
	assert.Equal(t, []any{"A 群", "wxid_bob", []string{"wxid_alice"}}, []any{g.Name, g.Owner, g.Admins})
	members := map[string]string{}
	for _, m := range g.Members {
		members[m.Wxid] = m.DisplayName
	}
	assert.Contains(t, members, "wxid_hong")
	assert.NotContains(t, members, "wxid_carol")
	assert.NotContains(t, members, "wxid_dave")
	assert.Equal(t, "老板", members["wxid_bob"])
	assert.Equal(t, "wx_new", state.Accounts[1].AppID)
	assert.Equal(t, "红姐", nickOf(sim, "wxid_hong"))
	ok("/world/accounts/wx_new", "do", "remove")
	ok("/world/groups/"+groupC, "do", "remove")
	assert.Len(t, sim.State().Groups, 2)
	for path, pairs := range map[string][]string{
		"/world/people":                             {"name", "x", "wxid", "wxid_bob"}, // taken
		"/world/people/wxid_bob":                    {"nickname", ""},
		"/world/people/nobody":                      {"nickname", "x"},
		"/world/groups/1@chatroom":                  {"name", "x"},
		"/world/accounts/" + simulator.DefaultAppID: {"do", "remove"}, // the only one
		"/world/accounts/nobody":                    {"nickname", "x"},
		"/world/file":                               {"yaml", "accounts: {"},
	} {
		status, _ := form(path, pairs...)
		assert.Equal(t, http.StatusUnprocessableEntity, status, path)
	}
	_, file := browse(t, sim, http.MethodGet, "/world/file", "")
	assert.Contains(t, file, "红姐")
	for _, path := range []string{"/world/people/wxid_bob", "/world/groups/" + groupA, "/world/accounts/" + simulator.DefaultAppID} {
		answer, body := browse(t, sim, http.MethodGet, path, "")
		assert.Equal(t, http.StatusOK, answer.StatusCode)
		assert.NotContains(t, body, "ZgotmplZ")
		answer, _ = browse(t, sim, http.MethodGet, strings.ReplaceAll(path, "1", "x")+"x", "")
		assert.Equal(t, http.StatusNotFound, answer.StatusCode)
	}
	ok("/world/reset")
	assert.Equal(t, simulator.DefaultWorld().Contacts, sim.State().Contacts)
}
