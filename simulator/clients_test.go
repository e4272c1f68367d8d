package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestHowClientsOfTheContainerCall sends what public clients of the self-hosted container send,
// with their peculiarities: no body or "null" for the token, only the appId for a login, lists
// where the description has commas, quoted numbers and flags.
func TestHowClientsOfTheContainerCall(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.AutoLogin = true })
	b := newBot(t, nil)
	app := simulator.DefaultAppID
	send := func(path, body string) reply {
		return do(t, http.MethodPost, sim.URL()+"/v2/api"+path, body, "X-GEWE-TOKEN", sim.Token(), "Content-Type",
			"application/json; charset=utf-8")
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
		{"/message/postVoice", `{"appId":"APP","toWxid":"wxid_bob","voiceUrl":"https://example.com/v","voiceDuration":"2500"}`,
			`"newMsgId"`},
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

// TestBotsThatKnowTheProbeByItsWords: several public callback servers answer the probe only if it
// says what the service says, and take anything else for a message, in which they fail.
func TestBotsThatKnowTheProbeByItsWords(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ TestMsg, Token string }
		if json.NewDecoder(r.Body).Decode(&body) != nil || body.TestMsg != "回调地址链接成功！" || body.Token != sim.Token() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(b.Close)
	require.NoError(t, sim.SetCallback(t.Context(), b.URL+"/v2/api/callback/collect"))
}

// TestAContainerIsLoggedInAlready: clients ask for a code without asking whether they need one, and
// know by these words that they do not.
func TestAContainerIsLoggedInAlready(t *testing.T) {
	t.Parallel()
	sim := start(t)
	code := func() map[string]any {
		body := `{"appId":"` + simulator.DefaultAppID + `"}`
		return do(t, http.MethodPost, sim.URL()+"/v2/api/login/getLoginQrCode", body, "X-GEWE-TOKEN", sim.Token()).json(t)
	}
	a := code()
	assert.Equal(t, "500", number(a["ret"]))
	assert.Equal(t, "微信已登录，请勿重复登录。", a["msg"])
	_, err := sim.Login(simulator.LoginStep{AppID: simulator.DefaultAppID, Action: simulator.LoginDrop})
	require.NoError(t, err)
	assert.Equal(t, "200", number(code()["ret"]), "now it needs one")
}

// TestTheLoginOfAClientWithoutTypes reads the answers as a client does that has only maps and
// floats, and that stops at what is not there.
func TestTheLoginOfAClientWithoutTypes(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.AutoLogin = true })
	post := func(path, body string) map[string]any {
		var v map[string]any
		require.NoError(t, json.Unmarshal([]byte(do(t, http.MethodPost, sim.URL()+"/v2/api"+path, body, "X-GEWE-TOKEN", sim.Token()).body),
			&v))
		require.InDelta(t, 200, v["ret"], 0, "%s: %v", path, v)
		return v
	}
	code := post("/login/getLoginQrCode", `{"appId":""}`)["data"].(map[string]any)
	app, uuid := code["appId"].(string), code["uuid"].(string)
	assert.True(t, strings.HasPrefix(code["qrImgBase64"].(string), "data:image/png;base64,"))
	for want := range 3 {
		login := post("/login/checkLogin", `{"appId":"`+app+`","uuid":"`+uuid+`","captchCode":""}`)["data"].(map[string]any)
		assert.InDelta(t, want, login["status"].(float64), 0)
		assert.Greater(t, login["expiredTime"].(float64), 5.0, "clients take less for a code that must be renewed")
		assert.Equal(t, uuid, login["uuid"])
		if want == 2 {
			assert.NotEmpty(t, login["nickName"].(string))
			assert.NotEmpty(t, login["loginInfo"].(map[string]any)["wxid"].(string))
		}
	}
	assert.Equal(t, true, post("/login/checkOnline", `{"appId":"`+app+`"}`)["data"])
	friends := post("/contacts/fetchContactsList", `{"appId":"`+app+`"}`)["data"].(map[string]any)["friends"].([]any)
	card := post("/contacts/getBriefInfo", `{"appId":"`+app+`","wxids":["`+friends[0].(string)+`"]}`)["data"].([]any)[0].(map[string]any)
	assert.NotEmpty(t, card["nickName"].(string))
	for name, v := range card {
		switch v.(type) {
		case nil, string, float64: // all that a database column takes
		default:
			assert.Fail(t, "a contact has "+name+" that is neither text nor number")
		}
	}
}

// TestWhatEveryFlavourTakes are bodies that clients of the hosted services send too.
func TestWhatEveryFlavourTakes(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for prefix, header := range map[string]string{"/finder/v2/api": "videosapi-TOKEN", "/gewe/v2/api": "x-gewe-token",
		"/v2/api": "X-Gewe-Token"} {
		send := func(path, body string, more ...string) reply {
			body = `{"appId":"` + simulator.DefaultAppID + `","toWxid":"` + groupA + `",` + body + `}`
			return do(t, http.MethodPost, sim.URL()+prefix+path, body, append([]string{header, sim.Token()}, more...)...)
		}
		for _, tc := range []struct{ path, body string }{
			{"/message/postText", `"content":"@Bob hi","ats":["wxid_bob"]`},
			{"/message/postText", `"content":"hi","ats":[]`},
			{"/message/postText", `"content":"hi","ats":"","unknown":{"x":[null]}`},
			{"/message/postText", `"content":"@Bob hi","ats":"wxid_bob,"`},
			{"/message/postVoice", `"voiceUrl":"https://example.com/v","voiceDuration":2500.0`},
			{"/message/postVideo", `"videoUrl":"https://example.com/v","thumbUrl":"https://example.com/t","videoDuration":1e1`},
		} {
			for _, kind := range []string{"", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded"} {
				a := send(tc.path, tc.body, "Content-Type", kind)
				assert.Equal(t, 200, a.status)
				assert.Contains(t, a.body, `"newMsgId"`, "%s%s %s", prefix, tc.path, tc.body)
			}
		}
		odd := send("/message/postVoice", `"voiceUrl":"https://example.com/v","voiceDuration":2499.9999`)
		assert.Equal(t, prefix == "/v2/api", strings.Contains(odd.body, `"ret":200`), "only the container cuts off a fraction: %s",
			odd.body)
		for _, wrong := range []string{`"NaN"`, `"Inf"`, `1e300`, `true`, `[1]`} {
			a := send("/message/postVoice", `"voiceUrl":"https://example.com/v","voiceDuration":`+wrong)
			assert.Contains(t, a.body, "voiceDuration: it must be an integer", prefix)
		}
	}
	said, err := sim.Messages(groupA, 0)
	require.NoError(t, err)
	var voices int
	for _, m := range said {
		if m.Kind == "voice" && strings.Contains(m.Content, `voicelength="2500"`) {
			voices++
		}
	}
	assert.Equal(t, 9, voices)
}
