package simulator_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

func text64(n uint64) string { return strconv.FormatUint(n, 10) }

func TestRevoke(t *testing.T) {
	t.Parallel()
	now := newClock()
	sim := start(t, now.set)
	sim.Friend("bob").Says("mine, and not the bot's")
	send := func(endpoint string, body map[string]any) (simulator.Message, map[string]any) {
		body["appId"], body["toWxid"] = simulator.DefaultAppID, "wxid_bob"
		require.Contains(t, call(t, sim.Simulator, endpoint, body).body, `"ret":200`)
		messages, err := sim.Messages("bob", 0)
		require.NoError(t, err)
		m := messages[len(messages)-1]
		return m, map[string]any{
			"appId": simulator.DefaultAppID, "toWxid": "wxid_bob", "msgId": strconv.FormatInt(m.MsgID, 10),
			"newMsgId": text64(m.NewMsgID), "createTime": strconv.FormatInt(m.Time, 10),
		}
	}
	with := func(body map[string]any, name string, value any) map[string]any {
		changed := map[string]any{}
		for k, v := range body {
			changed[k] = v
		}
		changed[name] = value
		return changed
	}

	m, body := send("/message/postText", map[string]any{"content": "oops"})
	for _, name := range []string{"msgId", "newMsgId", "createTime"} {
		refused(t, sim, "/message/revokeMsg", with(body, name, ""), name)
		refused(t, sim, "/message/revokeMsg", with(body, name, 12), name)
		refused(t, sim, "/message/revokeMsg", with(body, name, "12"), name)
		refused(t, sim, "/message/revokeMsg", with(body, name, "1.5"), name)
		delete(body, name)
		refused(t, sim, "/message/revokeMsg", body, name)
		_, body = send("/message/postText", map[string]any{"content": "oops"})
	}
	refused(t, sim, "/message/revokeMsg", with(body, "toWxid", "wxid_alice"), "toWxid")
	friends, err := sim.Messages("bob", 0)
	require.NoError(t, err)
	refused(t, sim, "/message/revokeMsg", with(body, "newMsgId", text64(friends[0].NewMsgID)), "newMsgId")
	assert.JSONEq(t, `{"ret":200,"msg":"操作成功"}`, call(t, sim.Simulator, "/message/revokeMsg", body).body)
	refused(t, sim, "/message/revokeMsg", body, "withdrawn already")
	messages, err := sim.Messages("bob", m.Seq)
	require.NoError(t, err)
	assert.True(t, messages[len(messages)-1].Revoked)

	_, picture := send("/message/postImage", map[string]any{"imgUrl": "https://example.com/p.jpg"})
	picture["createTime"] = "0"
	assert.Contains(t, call(t, sim.Simulator, "/message/revokeMsg", picture).body, `"ret":200`, "the answer of a picture has no time")

	_, body = send("/message/postText", map[string]any{"content": "late"})
	now.Add(121)
	refused(t, sim, "/message/revokeMsg", body, "older than 120 seconds")
}
