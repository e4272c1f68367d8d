package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestStrangers: the default world has people who are nobody's friends, and everything that can
// happen with such people does.
func TestStrangers(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	state := sim.State()
	for _, wxid := range []string{"wxid_grace", "wxid_henry", "wxid_sunyu"} {
		assert.NotContains(t, state.Accounts[0].Friends, wxid)
		for _, g := range state.Groups {
			for _, m := range g.Members {
				assert.NotEqual(t, wxid, m.Wxid)
			}
		}
	}
	refused(t, sim, "/message/postText", fieldsOf([]any{"toWxid", "wxid_grace", "content", "hi"}), "not a friend")
	_, err := sim.Simulator.Friend("grace").Say("hi")
	require.Error(t, err, "a stranger cannot write")

	found := ask(t, sim, "/contacts/search", "contactsInfo", "grace_demo").(map[string]any)
	ask(t, sim, "/contacts/addContacts", "scene", 3, "option", 2, "v3", found["v3"], "v4", found["v4"], "content", "hello")
	assert.Equal(t, []string{"contact_modified", "text"}, kinds(t, sim, b))
	assert.Contains(t, sim.State().Accounts[0].Friends, "wxid_grace", "asked by the account")

	sim.Does(simulator.Action{Do: simulator.DoFriendRequest, From: "henry", Text: "hello"})
	assert.Equal(t, []string{"friend_request"}, kinds(t, sim, b))
	sim.Does(simulator.Action{Do: simulator.DoAddMember, Group: "C", From: "alice", Who: []string{"henry"}})
	assert.Len(t, kinds(t, sim, b), 2, "a notice, and the group has changed")
	sim.Does(simulator.Action{Do: simulator.DoJoinByQR, Group: "C", From: "alice", Who: []string{"孙宇"}})
	assert.Len(t, kinds(t, sim, b), 2)
	sim.Does(simulator.Action{Do: simulator.DoApply, Group: "B", From: "bob", Who: []string{"grace"}, Text: "please"})
	assert.Len(t, kinds(t, sim, b), 1)
	sim.Group("C").Member("孙宇").Says("hi all")
}
