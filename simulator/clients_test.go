package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestHowClientsOfTheContainerCall sends what public clients of the self-hosted container send, with their peculiarities: no body or
// "null" for the token, only the appId for a login, lists where the description has commas, quoted numbers and flags.
func TestHowClientsOfTheContainerCall(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.AutoLogin = true })
	b := newBot(t, nil)
	app := simulator.DefaultAppID
	send := func(path, body string) reply {
		return do(t, http.MethodPost, sim.URL()+"/v2/api"+path, body, "X-GEWE-TOKEN", sim.Token(), "Content-Type", "application/json; charset=utf-8")
	}
	for _, body := range []string{"", "null", "{}"} {
		a := do(t, http.MethodPost, sim.URL()+"/v2/api/tools/getTokenId", body)
		assert.Contains(t, a.body, `"data":"sim-token"`, "%q", body)
	}
	for _, tc := range []struct{ path, body, want string }{
		{"/tools/setCallback", `{"token":"sim-token","callbackUrl":"` + b.URL + `","appId":"` + app + `"}`, `"ret":200`},
		{"/login/checkOnline", `{"appId":"APP"}`, `"data":true`},
		{"/login/dialogLogin", `{"appId":"APP"}`, `"uuid"`},
		{"/contacts/fetchContactsList", `{"appId":"APP"}`, `"chatrooms"`},
		{"/contacts/getDetailInfo", `{"appId":"APP","wxids":["wxid_bob"]}`, `"userName":"wxid_bob"`},
		{"/contacts/search", `{"appId":"APP","contactsInfo":10000000000}`, `"v3"`},
		{"/group/getChatroomInfo", `{"appId":"APP","chatroomId":"10000000001@chatroom"}`, `"memberList"`},
		{"/group/inviteMember", `{"appId":"APP","wxids":["wxid_bob"],"reason":"","chatroomId":"30000000003@chatroom"}`, `"ret":200`},
		{"/group/saveContractList", `{"appId":"APP","operType":"3","chatroomId":"30000000003@chatroom"}`, `"ret":200`},
		{"/group/pinChat", `{"appId":"APP","top":"true","chatroomId":"30000000003@chatroom"}`, `"ret":200`},
		{"/message/postText", `{"appId":"APP","toWxid":"wxid_bob","content":"hi","ats":""}`, `"newMsgId"`},
		{"/message/postText", `{"appId":"APP","toWxid":"wxid_bob","content":"hi","ats":null,"more":{"x":[1]}}`, `"newMsgId"`},
		{"/message/postText", `{"appId":"APP","toWxid":"10000000001@chatroom","content":"@Bob hi","ats":["wxid_bob"]}`, `"newMsgId"`},
		{"/message/postVoice", `{"appId":"APP","toWxid":"wxid_bob","voiceUrl":"https://example.com/v","voiceDuration":"2500"}`, `"newMsgId"`},
	} {
		a := send(tc.path, strings.ReplaceAll(tc.body, "APP", app))
		assert.Equal(t, 200, a.status)
		assert.Contains(t, a.body, tc.want, "%s %s", tc.path, tc.body)
	}
	sent := send("/message/postText", `{"appId":"`+app+`","toWxid":"wxid_bob","content":"oops"}`).json(t)["data"].(map[string]any)
	revoke := `{"appId":"` + app + `","toWxid":"wxid_bob","msgId":` + number(sent["msgId"]) + `,"newMsgId":"` + number(sent["newMsgId"]) +
		`","createTime":` + number(sent["createTime"]) + `}`
	assert.Contains(t, send("/message/revokeMsg", revoke).body, `"ret":200`, "the ids come as the send answer had them")

	code := send("/login/getLoginQrCode", `{"appId":""}`).json(t)["data"].(map[string]any)
	poll := `{"appId":"` + code["appId"].(string) + `","uuid":"` + code["uuid"].(string) + `","captchCode":""}`
	for _, status := range []string{`"status":0`, `"status":1`, `"status":2`} {
		assert.Contains(t, send("/login/checkLogin", poll).body, status)
	}
	hosted := call(t, sim.Simulator, "/group/pinChat", map[string]any{"appId": code["appId"], "top": "true", "chatroomId": groupC})
	require.Contains(t, hosted.body, "top: it must be true or false", "the hosted service is not known to do that")
}
