package simulator_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/catalogue"
	"github.com/hongyan-go/hongyan/simulator"
)

// gewe calls the service's API as GeWe.
func gewe(t *testing.T, sim *simulator.Test, endpoint string, body any) reply {
	t.Helper()
	return do(t, http.MethodPost, sim.URL()+"/gewe/v2/api"+endpoint, text(t, body), "X-GEWE-TOKEN", sim.Token())
}

// TestTheCatalogueOfGeWe calls every endpoint of the flavour with the example of the catalogue, and
// without each field of which it thinks otherwise than the others.
func TestTheCatalogueOfGeWe(t *testing.T) {
	t.Parallel()
	endpoints, err := catalogue.Endpoints()
	require.NoError(t, err)
	for i := range endpoints {
		e := &endpoints[i]
		if e.Extra && !slices.Contains(e.AppliesTo, catalogue.GeWe) {
			continue
		}
		t.Run(strings.Trim(e.Path, "/"), func(t *testing.T) {
			t.Parallel()
			sim := start(t, demoWorld)
			request := exampleBody(t, sim, e)
			for _, f := range e.Request {
				if f.GeWe == "" {
					continue
				}
				without := maps.Clone(request)
				delete(without, f.Name)
				a := gewe(t, sim, e.Path, without)
				empty := maps.Clone(request)
				empty[f.Name] = ""
				b := gewe(t, sim, e.Path, empty)
				const missing = " 不可为空"
				switch f.In(catalogue.GeWe) {
				case catalogue.Required:
					assert.Contains(t, a.body, f.Name+missing)
					assert.Contains(t, b.body, f.Name+missing)
				case catalogue.Present:
					assert.Contains(t, a.body, f.Name+missing)
					assert.NotContains(t, b.body, missing)
				default:
					assert.Contains(t, a.body, `"ret":200`, f.Name)
					assert.NotContains(t, b.body, missing)
				}
			}
			sim = start(t, demoWorld)
			maps.Copy(request, ids(t, sim, e))
			a := gewe(t, sim, e.Path, request)
			require.Contains(t, a.body, `"ret":200`, a.body)
			if e.GeWeResponse != nil {
				e.Response, e.ExampleResponse = e.GeWeResponse, e.GeWeExampleResponse
			}
			sameShape(t, e, a)
			if e.GeWeResponse != nil && e.GeWeResponse.Type == "object" {
				assert.Len(t, a.json(t)["data"], len(e.GeWeResponse.Fields), "no more than the flavour answers: %s", a.body)
			}
		})
	}
}

// TestTheOthersDoNotAnswerAsGeWe: what only one flavour has, the others have not.
func TestTheOthersDoNotAnswerAsGeWe(t *testing.T) {
	t.Parallel()
	sim := start(t)
	app := simulator.DefaultAppID
	for endpoint, body := range map[string]map[string]any{
		"/message/downloadEmojiMd5": {"appId": app, "emojiMd5": "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d002"},
		"/finder/publishFinderWeb": {"appId": app, "title": "t", "videoUrl": "https://example.com/v.mp4",
			"thumbUrl": "https://example.com/t.jpg", "description": "d"},
		"/sns/uploadSnsImage": {"appId": app, "imgUrls": []string{"https://example.com/1.jpg"}},
	} {
		a := call(t, sim.Simulator, endpoint, body)
		assert.Contains(t, a.body, `"ret":200`)
		for _, word := range []string{`"url"`, `"code"`, `"width"`} {
			assert.NotContains(t, a.body, word)
		}
	}
	assert.Contains(t, call(t, sim.Simulator, "/login/checkLogin", map[string]any{"appId": app, "uuid": "u"}).body, "autoSliding 不可为空")
	assert.NotContains(t, gewe(t, sim, "/login/checkLogin", map[string]any{"appId": app, "uuid": "u"}).body, "不可为空")
	assert.NotContains(t, gewe(t, sim, "/contacts/fetchContactsListCache", map[string]any{"appId": app}).body, "null")
	assert.Contains(t, gewe(t, sim, "/contacts/fetchContactsListCache", map[string]any{"appId": app}).body,
		`"friends":[],"chatrooms":[],"ghs":[]`)
}

// TestTheProbeOfAFlavour: GeWe tries a URL with a message that has no id, the others with a text
// and the token.
func TestTheProbeOfAFlavour(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for prefix, want := range map[string]string{
		"/gewe/v2/api/login/setCallback": `{"TypeName":"AddMsg","Appid":"` + simulator.DefaultAppID + `","Wxid":"` + simulator.DefaultWxid +
			`","Data":{"MsgType":1,"Content":{"string":"验证回调地址是否可用"}}}`,
		"/v2/api/tools/setCallback":        `{"testMsg":"回调地址链接成功！","token":"sim-token"}`,
		"/finder/v2/api/login/setCallback": `{"testMsg":"回调地址链接成功！","token":"sim-token"}`,
	} {
		b := newBot(t, nil)
		header := "X-GEWE-TOKEN"
		if strings.HasPrefix(prefix, "/finder") {
			header = "VideosApi-token"
		}
		a := do(t, http.MethodPost, sim.URL()+prefix, text(t, map[string]any{"token": sim.Token(), "callbackUrl": b.URL}), header,
			sim.Token())
		require.Contains(t, a.body, `"ret":200`, prefix)
		b.take(t, 1)
		b.mu.Lock()
		assert.JSONEq(t, want, string(b.bodies[0]), prefix)
		b.mu.Unlock()
	}
}

// TestAQuoteMentions: the wxids beside a quoted reply are its mentions.
func TestAQuoteMentions(t *testing.T) {
	t.Parallel()
	sim := start(t)
	quote := `<appmsg appid=""><title>@Bob yes</title><type>57</type><refermsg><type>1</type><svrid>1</svrid></refermsg></appmsg>`
	a := gewe(t, sim, "/message/postAppMsg", map[string]any{"appId": simulator.DefaultAppID, "toWxid": groupC, "appmsg": quote,
		"ats": "wxid_bob,wxid_alice"})
	require.Contains(t, a.body, `"ret":200`)
	said, err := sim.Messages(groupC, 0)
	require.NoError(t, err)
	require.Len(t, said, 1)
	assert.Equal(t, []string{"wxid_bob", "wxid_alice"}, said[0].At)
	a = gewe(t, sim, "/message/postAppMsg", map[string]any{"appId": simulator.DefaultAppID, "toWxid": groupA, "appmsg": quote,
		"ats": "notify@all"})
	assert.Contains(t, a.body, `"ret":500`, "the account does not manage A")
}

// TestMomentsForLabels: only friends with a label see a post for it.
func TestMomentsForLabels(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) {
		c.World = simulator.DefaultWorld()
		c.World.Accounts = append(c.World.Accounts,
			simulator.Account{AppID: "wx_second", Wxid: "wxid_second", Friends: []string{simulator.DefaultWxid}},
			simulator.Account{AppID: "wx_third", Wxid: "wxid_third", Friends: []string{simulator.DefaultWxid}})
		c.World.Accounts[0].Friends = append(c.World.Accounts[0].Friends, "wxid_second", "wxid_third")
	})
	label := ask(t, sim, "/label/add", "labelName", "customers").(map[string]any)["labelId"]
	ask(t, sim, "/label/modifyMemberList", "labelIds", number(label), "wxIds", []string{"wxid_second"})
	sees := func(appID string, id any) bool {
		a := gewe(t, sim, "/sns/snsDetails", map[string]any{"appId": appID, "snsId": id})
		return strings.Contains(a.body, `"ret":200`)
	}
	for field, want := range map[string][2]bool{"allowTagIds": {true, false}, "disableTagIds": {false, true}} {
		a := gewe(t, sim, "/sns/sendTextSns", map[string]any{"appId": simulator.DefaultAppID, "content": "x",
			field: []string{number(label)}})
		id := a.json(t)["data"].(map[string]any)["id"]
		assert.Equal(t, want, [2]bool{sees("wx_second", id), sees("wx_third", id)}, field)
		assert.Equal(t, want[0], sees("wx_second", number(id)), "the id as a string")
	}
}

// TestIDsInBothForms gives each field of a request that is an id the other form.
func TestIDsInBothForms(t *testing.T) {
	t.Parallel()
	endpoints, err := catalogue.Endpoints()
	require.NoError(t, err)
	tried := 0
	for i := range endpoints {
		e := &endpoints[i]
		for _, f := range e.Request {
			if f.Name != "id" && !strings.HasSuffix(f.Name, "Id") || f.Type == "string" && f.Format != "uint64-string" {
				continue
			}
			sim := start(t, demoWorld)
			request := exampleBody(t, sim, e)
			value, is := inOtherForm(request[f.Name])
			if !is {
				continue
			}
			request[f.Name] = value
			base, header := flavourOf(sim, e)
			a := do(t, http.MethodPost, base+e.Path, text(t, request), header, sim.Token())
			assert.NotContains(t, a.body, f.Name+": it must be", "%s %s", e.Path, a.body)
			tried++
		}
	}
	assert.Greater(t, tried, 20)
}

// TestAProfileOfGeWe: the flavour takes the whole profile, and what is empty away.
func TestAProfileOfGeWe(t *testing.T) {
	t.Parallel()
	sim := start(t)
	app := simulator.DefaultAppID
	whole := map[string]any{"appId": app, "nickName": "小雁", "sex": "1", "signature": "hello", "country": "CN", "province": "Hubei"}
	require.Contains(t, gewe(t, sim, "/personal/updateProfile", whole).body, `"ret":200`)
	one := call(t, sim.Simulator, "/personal/updateProfile", map[string]any{"appId": app, "signature": "later"})
	require.Contains(t, one.body, `"ret":200`)
	whole["country"], whole["sex"], whole["signature"] = "", "0", ""
	require.Contains(t, gewe(t, sim, "/personal/updateProfile", whole).body, `"ret":200`)
	profile := ask(t, sim, "/personal/getProfile").(map[string]any)
	assert.Equal(t, "小雁", profile["nickName"])
	assert.Equal(t, "0", number(profile["sex"]))
	assert.Empty(t, profile["country"])
	assert.Equal(t, "Hubei", profile["province"])
	assert.Empty(t, profile["signature"])
	wrong := call(t, sim.Simulator, "/personal/updateProfile", map[string]any{"appId": app, "nickName": "X", "sex": "9"})
	assert.Contains(t, wrong.body, `"ret":500`)
	assert.Equal(t, "小雁", ask(t, sim, "/personal/getProfile").(map[string]any)["nickName"], "what is refused changes nothing")
}
