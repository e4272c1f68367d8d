package simulator_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestFaultsSeenLive: some groups answer with a refusal whose only text is the service's, others
// work; and a list is empty without an error.
func TestFaultsSeenLive(t *testing.T) {
	t.Parallel()
	sim := start(t)
	added := do(t, http.MethodPost, sim.URL()+"/sim/faults",
		`{"endpoint":"/group/getChatroomMemberList","fault":"refuse","target":"`+groupA+
			`","message":"获取群成员列表异常:null","count":2}`)
	assert.Equal(t, http.StatusOK, added.status, added.body)
	assert.Contains(t, added.body, `"target":"`+groupA+`"`)
	members := func(group string) reply {
		return call(t, sim.Simulator, "/group/getChatroomMemberList", fieldsOf([]any{"chatroomId", group}))
	}
	assert.Contains(t, members(groupB).body, `"ret":200`)
	broken := members(groupA)
	assert.JSONEq(t, `{"ret":500,"msg":"获取群成员列表异常:null"}`, broken.body)
	assert.Equal(t, http.StatusOK, broken.status)
	assert.Contains(t, members(groupC).body, `"ret":200`)

	sim.Breaks(simulator.Fault{Endpoint: "/contacts/fetchContactsList", Kind: simulator.FaultEmpty})
	assert.Equal(t, map[string]any{"friends": []any{}, "chatrooms": []any{}, "ghs": []any{}}, ask(t, sim, "/contacts/fetchContactsList"))
	assert.NotEmpty(t, ask(t, sim, "/contacts/fetchContactsList").(map[string]any)["friends"])
	calls := sim.Calls()
	assert.True(t, calls[len(calls)-2].Executed)
	assert.Equal(t, simulator.FaultEmpty, calls[len(calls)-2].Fault)

	rounded := call(t, sim.Simulator, "/sns/snsDetails", `{"appId":"`+simulator.DefaultAppID+`","snsId":14000000000000000000}`)
	assert.Contains(t, rounded.body, `"ret":500`, "an id that went through a float64")

	for _, wrong := range []simulator.Fault{
		{Endpoint: "callback", Kind: simulator.FaultDrop, Target: groupA},
		{Endpoint: "*", Kind: simulator.FaultZombie, Target: groupA},
		{Endpoint: "*", Kind: simulator.FaultSlow, Delay: 1, Message: "x"},
	} {
		_, err := sim.AddFaults(wrong)
		assert.Error(t, err)
	}
}
