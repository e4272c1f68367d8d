package simulator_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

func TestTheDefaultWorld(t *testing.T) {
	t.Parallel()
	state := start(t).State()
	require.Len(t, state.Accounts, 1)
	assert.GreaterOrEqual(t, len(state.Accounts[0].Friends), 8)
	var names []string
	for _, g := range state.Groups {
		names = append(names, g.Name+" "+g.ID)
		assert.Len(t, g.Members, len(state.Accounts[0].Friends)+1)
	}
	assert.Equal(t, []string{"A " + groupA, "B " + groupB, "C " + groupC}, names)
}

func TestLoadWorld(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/world.yaml")
	require.NoError(t, err)
	defer f.Close()
	world, err := simulator.LoadWorld(f)
	require.NoError(t, err)
	sim := start(t, func(c *simulator.Config) { c.World = world })
	state := sim.State()
	require.Len(t, state.Accounts, 2)
	assert.Equal(t, "wx_shop", state.Accounts[0].AppID)
	assert.Equal(t, []string{"wxid_ming", "wxid_hua", "gh_news"}, state.Accounts[0].Friends, "no friends: key means all contacts")
	assert.True(t, state.Accounts[0].Online)
	assert.False(t, state.Accounts[1].Online)
	assert.Empty(t, state.Accounts[1].Friends)
	assert.Equal(t, "wxid_ming", state.Groups[0].Owner, "without owner: it is the first member")
	assert.Equal(t, simulator.MemberState{Wxid: "wxid_hua", Nickname: "小华", DisplayName: "华 (仓库)"}, state.Groups[0].Members[1])
	body := map[string]any{"appId": "wx_shop"}
	assert.Contains(t, call(t, sim.Simulator, "/contacts/fetchContactsList", body).body,
		`{"friends":["wxid_ming","wxid_hua"],"chatrooms":[],"ghs":["gh_news"]}`)
	assert.Equal(t, "hi", sim.Group("仓库").Member("华 (仓库)").Says("hi").Text)
}

func TestWorldsThatAreRefused(t *testing.T) {
	t.Parallel()
	const account = "accounts:\n  - app_id: wx_1\n    wxid: wxid_bot\n"
	const contacts = account + "contacts:\n  - wxid: wxid_a\n  - wxid: wxid_b\n"
	for source, want := range map[string]string{
		"":                        "the file is empty",
		"accounts: []":            "line 1: accounts: there is none",
		"contacts: []":            "accounts: there is none",
		"accounts: 1":             "line 1: ",
		"accounts:\n\t- x":        "line 2: ",
		"accounts:\n  - wxid: x":  "line 2: accounts[0]: app_id is missing",
		"accounts:\n  - app: x":   "line 2: unknown field \"app\"",
		account + "friends: []":   "line 4: unknown field \"friends\"",
		account + "  - app_id: y": "line 4: accounts[1]: wxid is missing",
		account + "  - app_id: wx_1\n    wxid: b": "line 4: accounts[1].app_id: " +
			"accounts[0] has this app_id",
		account + "    online: maybe":          "line 4: ",
		account + "    friends: [wxid_nobody]": `line 4: accounts[0].friends[0]: "wxid_nobody" is neither`,
		account + "    friends: [wxid_bot]":    "its own friend",
		account + "    groups: [1@chatroom]":   `line 4: accounts[0].groups[0]: there is no group "1@chatroom"`,
		account + "contacts:\n  - nickname: x": "line 5: contacts[0]: wxid is " +
			"missing",
		account + "contacts:\n  - wxid: wxid_bot": "line 5: contacts[0].wxid: " +
			"accounts[0] has this wxid",
		account + "contacts:\n  - wxid: 1@chatroom": "is the id of a group",
		account + "contacts:\n  - wxid: 'a b'":      "no wxid has",
		account + "contacts:\n  - {wxid: a, sex: 3}": "line 5: contacts[0].sex: 3 is " +
			"none of",
		contacts + "groups:\n  - id: x": "line 8: groups[0].id: \"x\" is " +
			"not a group id",
		contacts + "groups:\n  - id: 1@chatroom": "line 8: groups[0]: the group " +
			"1@chatroom has no members",
		contacts + "groups:\n  - {id: 1@chatroom, members: [x]}": "line 8: groups[0].members[0]: " +
			"\"x\" is neither",
		contacts + "groups:\n  - {id: 1@chatroom, members: [wxid_a, wxid_a]}":          "a member twice",
		contacts + "groups:\n  - {id: 1@chatroom, members: [{wxid: wxid_a, nick: x}]}": "unknown field \"nick\"",
		contacts + "groups:\n  - id: 1@chatroom\n    members: [wxid_a]\n    owner: wxid_b": "line 10: groups[0].owner: " +
			"\"wxid_b\" is not a member",
		contacts + "groups:\n  - id: 1@chatroom\n    members: [wxid_a]\n    admins: [wxid_b]": "line 10: groups[0].admins[0]: " +
			"\"wxid_b\" is not a member",
		contacts + "groups:\n  - {id: 1@chatroom, members: [wxid_a]}\n  - {id: 1@chatroom}": "line 9: groups[1].id: there is a " +
			"group",
		"groups:\n  - {id: 1@chatroom, members: [wxid_bot]}\n" + account + "    groups: [2@chatroom]": "line 6: ",
		"groups:\n !0 #x":             "not YAML that can be read",
		account + "---\naccounts: []": "more than one document",
	} {
		_, err := simulator.LoadWorld(strings.NewReader(source))
		require.Error(t, err, source)
		assert.Contains(t, err.Error(), "simulator: world: ", source)
		assert.Contains(t, err.Error(), want, source)
		assert.NotContains(t, err.Error(), "\n", "one line: %s", source)
	}
	_, err := simulator.New(simulator.Config{World: &simulator.World{}})
	require.EqualError(t, err, "simulator: world: accounts: there is none: a bot needs at least one account")
}
