package simulator_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// fileXML is a file as a forward call wants it.
const fileXML = `<?xml version="1.0"?>
<msg><appmsg appid="" sdkver="0"><title>info.json</title><type>6</type><appattach><totallen>63</totallen>
<cdnattachurl>3057</cdnattachurl><aeskey>41</aeskey></appattach><md5>b0</md5></appmsg><unknown><type>74</type></unknown></msg>`

func appXML(kind string) string {
	return `<msg><appmsg><title>the title</title><type>` + kind + `</type></appmsg></msg>`
}

// request is an endpoint with a body that it accepts, and the fields that it can do without.
type request struct {
	endpoint string
	body     map[string]any
	optional []string
	want     string // in the data of the answer
	kind     string // of the message
	text     string
}

func requests() []request {
	app := simulator.DefaultAppID
	to := func(more map[string]any) map[string]any {
		body := map[string]any{"appId": app, "toWxid": "wxid_bob", "useProxy": false}
		maps.Copy(body, more)
		return body
	}
	return []request{
		{endpoint: "/login/checkOnline", body: map[string]any{"appId": app}, want: `"data":true`},
		{
			endpoint: "/contacts/fetchContactsList", body: map[string]any{"appId": app},
			want: `"chatrooms":["10000000001@chatroom","20000000002@chatroom","30000000003@chatroom"],"ghs":[]`,
		},
		{
			endpoint: "/contacts/getBriefInfo", body: map[string]any{"appId": app, "wxids": []string{"wxid_liwei", groupA, "nobody"}},
			want: `"userName":"wxid_liwei","nickName":"李伟","pyInitial":"","quanPin":"","sex":1,"remark":"李经理"`,
		},
		{
			endpoint: "/group/getChatroomInfo", body: map[string]any{"appId": app, "chatroomId": groupA},
			want: `"chatRoomOwner":"wxid_alice"`,
		},
		{
			endpoint: "/group/getChatroomMemberList", body: map[string]any{"appId": app, "chatroomId": groupB},
			want: `"chatroomOwner":"wxid_bob","adminWxid":["wxid_hongyan_bot"]`,
		},
		{
			endpoint: "/message/postText", body: to(map[string]any{"content": "hello", "ats": "wxid_alice,wxid_bob"}),
			optional: []string{"ats"},
			want:     `"type":1`, kind: "text", text: "hello",
		},
		{
			endpoint: "/message/postFile", body: to(map[string]any{"fileUrl": "https://example.com/f", "fileName": "report.pdf"}),
			want: `"type":6`, kind: "file", text: "report.pdf",
		},
		{
			endpoint: "/message/postImage", body: to(map[string]any{"imgUrl": "https://example.com/p.jpg"}),
			want: `"createTime":0`, kind: "image",
		},
		{
			endpoint: "/message/postVoice", body: to(map[string]any{"voiceUrl": "https://example.com/v.silk", "voiceDuration": 2500}),
			want: `"type":null`, kind: "voice",
		},
		{
			endpoint: "/message/postVideo", kind: "video", want: `"createTime":null`,
			body: to(map[string]any{"videoUrl": "https://example.com/v.mp4", "thumbUrl": "https://example.com/t.jpg", "videoDuration": 12}),
		},
		{
			endpoint: "/message/postLink", kind: "link", text: "T", want: `"type":5`,
			body: to(map[string]any{"title": "T", "desc": "D", "linkUrl": "https://example.com/a",
				"thumbUrl": "https://example.com/t.jpg"}),
		},
		{
			endpoint: "/message/postNameCard", body: to(map[string]any{"nickName": "Carol", "nameCardWxid": "wxid_carol"}),
			want: `"type":42`, kind: "card", text: "Carol",
		},
		{
			endpoint: "/message/postLocation", kind: "location", text: "Demo Street", want: `"type":0`,
			body: to(map[string]any{"content": `<msg><location x="31.5" y="121.5" scale="15" label="Demo Street" poiname="P"/></msg>`}),
		},
		{
			endpoint: "/message/postEmoji", body: to(map[string]any{"emojiMd5": "d0d0", "emojiSize": 20480}),
			want: `"createTime":null`, kind: "emoji",
		},
		{
			endpoint: "/message/postAppMsg", kind: "quote", text: "an answer", want: `"type":0`,
			body: to(map[string]any{"appmsg": `<appmsg appid=""><title>an answer</title><type>57</type></appmsg>`}),
		},
		{
			endpoint: "/message/postMiniApp", kind: "mini_program", text: "T", want: `"type":33`,
			body: to(map[string]any{
				"miniAppId": "wx1", "displayName": "D", "pagePath": "p?a=1&b=2", "coverImgUrl": "https://example.com/c.jpg", "title": "T",
				"userName": "gh_demo@app",
			}),
		},
		{endpoint: "/message/forwardFile", body: to(map[string]any{"xml": fileXML}), want: `"type":6`, kind: "file", text: "info.json"},
		{
			endpoint: "/message/forwardImage", kind: "image",
			want: `"aesKey":"k","fileId":"u","length":null,"width":null,"height":null,"md5":null`,
			body: to(map[string]any{"xml": `<msg><img aeskey="k" cdnmidimgurl="u" length="4" md5="m"/></msg>`}),
		},
		{
			endpoint: "/message/forwardVideo", kind: "video", want: `"aesKey":"k","fileId":null,"length":4`,
			body: to(map[string]any{"xml": `<msg><videomsg aeskey="k" cdnvideourl="u" length="4"/></msg>`}),
		},
		{endpoint: "/message/forwardUrl", body: to(map[string]any{"xml": appXML("5")}), want: `"type":5`, kind: "link", text: "the title"},
		{
			endpoint: "/message/forwardMiniApp", body: to(map[string]any{"xml": appXML("36"), "coverImgUrl": "https://example.com/c.jpg"}),
			want: `"type":33`, kind: "mini_program", text: "the title",
		},
		{
			endpoint: "/message/sendFinderMsg", kind: "finder_feed", want: `"ret":200`, text: "当前微信版本不支持展示该内容，请升级至最新版本。",
			body: to(map[string]any{
				"id": uint64(14000000000000000002), "username": "v2_demo@finder", "nickname": "N", "headUrl": "https://example.com/h.jpg",
				"nonceId": "n", "mediaType": "4", "width": "640", "height": "480", "url": "https://example.com/v",
				"thumbUrl":      "https://example.com/t",
				"thumbUrlToken": "", "description": "D", "videoPlayLen": "12",
			}),
		},
	}
}

func TestEndpointsAcceptWhatIsRight(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, r := range requests() {
		before, err := sim.Messages("", 0)
		require.NoError(t, err)
		a := call(t, sim.Simulator, r.endpoint, r.body)
		require.Equal(t, http.StatusOK, a.status)
		require.Contains(t, a.body, `{"ret":200,"msg":"操作成功"`, "%s: %s", r.endpoint, a.body)
		assert.Contains(t, a.body, r.want, r.endpoint)
		after, err := sim.Messages("bob", int64(len(before)))
		require.NoError(t, err)
		if r.kind == "" {
			assert.Empty(t, after, r.endpoint)
			continue
		}
		require.Len(t, after, 1, r.endpoint)
		m := after[0]
		assert.Equal(t, r.kind, m.Kind, r.endpoint)
		assert.Equal(t, r.text, m.Text, r.endpoint)
		assert.Equal(t, r.endpoint, m.Endpoint)
		assert.True(t, m.ByBot())
		assert.Equal(t, simulator.DefaultWxid, m.From)
		for _, given := range []string{"xml", "content", "appmsg"} {
			if xml, ok := r.body[given]; ok {
				assert.Equal(t, xml, m.Content, "what was sent is kept as it was")
			}
		}
		if strings.Contains(a.body, "newMsgId") {
			answer, ok := a.json(t)["data"].(map[string]any)
			require.True(t, ok)
			assert.Equal(t, number(answer["newMsgId"]), number(uint64Text(m.NewMsgID)))
			assert.Equal(t, "wxid_bob", answer["toWxid"])
		}
	}
	for _, c := range sim.Calls() {
		assert.True(t, c.Executed, c.Endpoint)
		assert.Equal(t, 200, c.Ret)
	}
}

func TestEndpointsRefuseWhatIsMissing(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, r := range requests() {
		for name, value := range r.body {
			if name == "useProxy" || slices.Contains(r.optional, name) {
				continue
			}
			without := maps.Clone(r.body)
			delete(without, name)
			refused(t, sim, r.endpoint, without, name)
			without[name] = nil
			refused(t, sim, r.endpoint, without, name)
			without[name] = wrongType(value)
			refused(t, sim, r.endpoint, without, name)
		}
		wrong := maps.Clone(r.body)
		wrong["useProxy"] = "yes"
		refused(t, sim, r.endpoint, wrong, "useProxy")
		wrong = maps.Clone(r.body)
		wrong["appId"] = "wx_unknown"
		refused(t, sim, r.endpoint, wrong, "appId")
	}
	messages, err := sim.Messages("", 0)
	require.NoError(t, err)
	assert.Empty(t, messages)
}

// wrongType is a value of another type.
func wrongType(v any) any {
	switch v.(type) {
	case string:
		return 7
	case uint64:
		return true // as text it is fine
	default:
		return "7"
	}
}

// refused calls an endpoint that must refuse, and name the field.
func refused(t *testing.T, sim *simulator.Test, endpoint string, body any, field string) {
	t.Helper()
	a := call(t, sim.Simulator, endpoint, body)
	require.Equal(t, http.StatusOK, a.status, "a refusal comes with HTTP 200")
	v := a.json(t)
	require.Equal(t, "500", number(v["ret"]), "%s %v: %s", endpoint, field, a.body)
	assert.NotEmpty(t, v["msg"])
	why, ok := v["data"].(map[string]any)
	require.True(t, ok, a.body)
	assert.Equal(t, "-1", why["code"])
	assert.Contains(t, why["msg"], field, endpoint)
	calls := sim.Calls()
	last := calls[len(calls)-1]
	assert.Equal(t, endpoint, last.Endpoint)
	assert.False(t, last.Executed)
	assert.Equal(t, 500, last.Ret)
}

type uint64Text uint64

func (u uint64Text) String() string { return text64(uint64(u)) }

func TestBodiesThatAreNoRequest(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, body := range []string{"", "null", "[]", `"x"`, "{", `{"appId":1e400}`, `{} {}`, "\xff", `{"appId":"` + simulator.DefaultAppID +
		`"}garbage`} {
		a := call(t, sim.Simulator, "/login/checkOnline", body)
		assert.Equal(t, http.StatusOK, a.status)
		assert.Contains(t, a.body, `"ret":500`, body)
	}
	assert.Len(t, sim.Calls(), 9)
	assert.Equal(t, `"{"`, string(sim.Calls()[4].Body), "what is no JSON is kept as text")
}

func TestNumbersStayExact(t *testing.T) {
	t.Parallel()
	sim := start(t)
	body := `{"appId":"` + simulator.DefaultAppID + `","useless":18446744073709551615}`
	call(t, sim.Simulator, "/login/checkOnline", body)
	assert.Equal(t, body, string(sim.Calls()[0].Body))
	for _, number := range []string{"12.5", "1e30", "9223372036854775808", `"12"`} {
		refused(t, sim, "/message/postEmoji",
			`{"appId":"`+simulator.DefaultAppID+`","toWxid":"wxid_bob","emojiMd5":"d","emojiSize":`+number+`}`, "emojiSize")
	}
}

func TestFlavours(t *testing.T) {
	t.Parallel()
	sim := start(t)
	body := `{"appId":"` + simulator.DefaultAppID + `"}`
	b := newBot(t, nil)
	register := text(t, map[string]string{"token": sim.Token(), "callbackUrl": b.URL})
	for _, tc := range []struct{ prefix, header, other string }{
		{"/finder/v2/api", "VideosApi-token", "X-GEWE-TOKEN"},
		{"/gewe/v2/api", "X-GEWE-TOKEN", "VideosApi-token"},
		{"/v2/api", "X-GEWE-TOKEN", "VideosApi-token"},
	} {
		url := sim.URL() + tc.prefix
		assert.Contains(t, do(t, http.MethodPost, url+"/login/checkOnline", body, tc.header, sim.Token()).body, `"data":true`)
		for _, headers := range [][]string{{}, {tc.header, "wrong"}, {tc.other, sim.Token()}} {
			a := do(t, http.MethodPost, url+"/login/checkOnline", body, headers...)
			assert.Equal(t, http.StatusOK, a.status)
			assert.Contains(t, a.body, `"ret":500`)
			assert.Contains(t, a.body, tc.header)
			assert.NotContains(t, a.body, "data")
		}
		assert.Contains(t, do(t, http.MethodPost, url+"/login/setCallback", register, tc.header, sim.Token()).body, `"ret":200`)
		old := do(t, http.MethodPost, url+"/tools/setCallback", register, tc.header, sim.Token())
		if tc.prefix == "/v2/api" {
			assert.Contains(t, old.body, `"ret":200`)
		} else {
			assert.Equal(t, http.StatusNotFound, old.status)
		}
		a := do(t, http.MethodPost, url+"/login/setCallback", `{"token":"wrong","callbackUrl":"http://127.0.0.1"}`, tc.header, sim.Token())
		assert.Contains(t, a.body, `"ret":500`)
	}
}

func TestPathsThatDoNotExist(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, path := range []string{"/login/checkonline", "/message/nothing", "/login/checkOnline/"} {
		a := call(t, sim.Simulator, path, "{}")
		assert.Equal(t, http.StatusNotFound, a.status)
		assert.Equal(t, "Not Found", a.json(t)["error"])
		calls := sim.Calls()
		assert.Equal(t, path, calls[len(calls)-1].Endpoint)
		assert.Equal(t, 404, calls[len(calls)-1].Ret)
	}
	assert.Equal(t, http.StatusMethodNotAllowed, do(t, http.MethodGet, sim.BaseURL()+"/login/checkOnline", "").status)
	assert.Equal(t, http.StatusNotFound, do(t, http.MethodGet, sim.URL()+"/elsewhere", "").status)
}

func TestAnAccountThatIsOffline(t *testing.T) {
	t.Parallel()
	sim := start(t, offlineWorld)
	for _, r := range requests() {
		if r.endpoint != "/login/checkOnline" {
			refused(t, sim, r.endpoint, r.body, "离线")
		}
	}
	assert.Contains(t, call(t, sim.Simulator, "/login/checkOnline", requests()[0].body).body, `"data":false`)
}

func TestRecipients(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Accounts[0].Friends = []string{"wxid_alice", "wxid_bob"}
	world.Groups[2].Members = world.Groups[2].Members[1:] // the account is not in C
	world.Groups[2].Owner = "wxid_alice"
	sim := start(t, func(c *simulator.Config) { c.World = world })
	for to, ok := range map[string]bool{
		"wxid_bob": true, groupA: true, "filehelper": true, simulator.DefaultWxid: true,
		"wxid_carol": false, groupC: false, "1@chatroom": false, "Bob": false, "bob": false,
	} {
		if ok {
			assert.Contains(t, call(t, sim.Simulator, "/message/postText", sendText(to, "hi")).body, `"ret":200`, to)
		} else {
			refused(t, sim, "/message/postText", sendText(to, "hi"), "toWxid")
		}
	}
	for _, endpoint := range []string{"/group/getChatroomInfo", "/group/getChatroomMemberList"} {
		refused(t, sim, endpoint, map[string]any{"appId": simulator.DefaultAppID, "chatroomId": groupC}, "chatroomId")
	}
}

func TestMentioningEverybodyNeedsTheRight(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for group, ok := range map[string]bool{groupA: false, groupB: true, groupC: true} {
		body := sendText(group, "@所有人 hi")
		body["ats"] = "notify@all"
		if !ok {
			refused(t, sim, "/message/postText", body, "ats")
			continue
		}
		assert.Contains(t, call(t, sim.Simulator, "/message/postText", body).body, `"ret":200`)
		messages, err := sim.Messages(group, 0)
		require.NoError(t, err)
		assert.Equal(t, []string{"notify@all"}, messages[0].At)
	}
}

func TestXMLThatIsRefused(t *testing.T) {
	t.Parallel()
	sim := start(t)
	body := func(field, xml string) map[string]any {
		return map[string]any{"appId": simulator.DefaultAppID, "toWxid": "wxid_bob", field: xml, "coverImgUrl": "https://example.com/c"}
	}
	for _, tc := range []struct{ endpoint, field, xml, why string }{
		{"/message/forwardFile", "xml", "hello", "not XML"},
		{"/message/forwardFile", "xml", "<msg><appmsg>", "not XML"},
		{"/message/forwardFile", "xml", "wxid_alice:\n" + fileXML, "prefix"},
		{"/message/forwardFile", "xml", fileXML + fileXML, "more than one root"},
		{"/message/forwardFile", "xml", "<!DOCTYPE msg>" + appXML("6"), "DOCTYPE"},
		{"/message/forwardFile", "xml", strings.Replace(fileXML, "<type>6<", "<type>74<", 1), "upload has begun"},
		{"/message/forwardFile", "xml", appXML("5"), "type 6"},
		{"/message/forwardFile", "xml", appXML("6"), "cdnattachurl"},
		{"/message/forwardFile", "xml", strings.Replace(fileXML, "<aeskey>41</aeskey>", "<aeskey/>", 1), "aeskey"},
		{"/message/forwardFile", "xml", `<appmsg><type>6</type></appmsg>`, "<msg>"},
		{"/message/forwardFile", "xml", strings.Repeat("<msg>", 100) + strings.Repeat("</msg>", 100), "too deep"},
		{"/message/forwardImage", "xml", fileXML, "<img>"},
		{"/message/forwardImage", "xml", `<msg><img aeskey="k"/></msg>`, "cdnmidimgurl"},
		{"/message/forwardImage", "xml", `<msg><img cdnmidimgurl="k"/></msg>`, "aeskey"},
		{"/message/forwardVideo", "xml", `<msg><videomsg aeskey="k"/></msg>`, "cdnvideourl"},
		{"/message/forwardVideo", "xml", `<msg/>`, "<videomsg>"},
		{"/message/forwardUrl", "xml", fileXML, "type 6 is wrong"},
		{"/message/forwardUrl", "xml", `<msg><appmsg><type/></appmsg></msg>`, "type 0 is wrong"},
		{"/message/forwardMiniApp", "xml", appXML("5"), "[33 36]"},
		{"/message/postAppMsg", "appmsg", appXML("5"), "the <appmsg> element itself"},
		{"/message/postAppMsg", "appmsg", "<appmsg/>", "no <type>"},
		{"/message/postAppMsg", "appmsg", "<appmsg", "not XML"},
		{"/message/postLocation", "content", "<msg/>", "location"},
		{"/message/postLocation", "content", "here", "not XML"},
	} {
		refused(t, sim, tc.endpoint, body(tc.field, tc.xml), tc.why)
	}
}

func TestAFileFromAGroupCanBeForwarded(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	alice := sim.Group("A").Member("alice")
	alice.Announces(simulator.File{Name: "info.json", Size: 63})
	alice.Drops(simulator.File{Name: "info.json", Size: 63})
	settle(t, sim.Simulator)
	for i, ok := range []bool{false, true} {
		xml := strings.TrimPrefix(content(t, b.posts(t)[i]), "wxid_alice:\n")
		body := map[string]any{"appId": simulator.DefaultAppID, "toWxid": groupB, "xml": xml}
		if !ok {
			refused(t, sim, "/message/forwardFile", body, "74")
			continue
		}
		assert.Contains(t, call(t, sim.Simulator, "/message/forwardFile", body).body, `"ret":200`)
		assert.Equal(t, xml, sim.Group("B").ExpectFile("info.json").Content)
	}
}

func TestWhatWasPostedCanBeForwarded(t *testing.T) {
	t.Parallel()
	sim := start(t)
	picture := call(t, sim.Simulator, "/message/postImage",
		map[string]any{"appId": simulator.DefaultAppID, "toWxid": "wxid_bob", "imgUrl": "https://example.com/p.jpg"}).json(t)
	d, ok := picture["data"].(map[string]any)
	require.True(t, ok)
	messages, err := sim.Messages("bob", 0)
	require.NoError(t, err)
	for _, name := range []string{"aesKey", "fileId", "md5"} {
		value, isText := d[name].(string)
		require.True(t, isText, name)
		assert.Contains(t, messages[0].Content, `="`+value+`"`)
	}
	again := map[string]any{"appId": simulator.DefaultAppID, "toWxid": "wxid_alice", "xml": messages[0].Content}
	assert.Contains(t, call(t, sim.Simulator, "/message/forwardImage", again).body, `"ret":200`)
}
