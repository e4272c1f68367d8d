package simulator_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/catalogue"
	"github.com/hongyan-go/hongyan/simulator"
)

// The names in the examples of the catalogue.
const (
	demoApp   = "wx_demo_device_0001"
	demoToken = "demo-api-token"
	demoMe    = "wxid_demo_me"
	demoGroup = "10000000001@chatroom"
)

// demoWorld holds the names of the examples.
func demoWorld(c *simulator.Config) {
	c.Token = demoToken
	c.World = &simulator.World{
		Accounts: []simulator.Account{{AppID: demoApp, Wxid: demoMe}},
		Contacts: []simulator.Contact{
			{Wxid: "wxid_demo_alice", Alias: "alice_demo"}, {Wxid: "wxid_demo_bob"}, {Wxid: "wxid_demo_carol"}, {Wxid: "gh_demo000001"},
		},
		Groups: []simulator.Group{{
			ID: demoGroup, Name: "Demo group", Owner: demoMe,
			Members: []simulator.Member{{Wxid: demoMe}, {Wxid: "wxid_demo_alice"}, {Wxid: "wxid_demo_bob"}},
		}},
	}
}

// ids are those that only a running simulator can give, in place of the example's.
func ids(t *testing.T, sim *simulator.Test, e *catalogue.Endpoint) map[string]any {
	t.Helper()
	ask := func(path string, body map[string]any) map[string]any {
		a := call(t, sim.Simulator, path, body)
		require.Contains(t, a.body, `"ret":200`)
		data, _ := a.json(t)["data"].(map[string]any)
		return data
	}
	switch e.Path {
	case "/login/checkLogin":
		return map[string]any{"uuid": ask("/login/getLoginQrCode", map[string]any{"appId": demoApp, "regionId": "310000",
			"type": "ipad"})["uuid"]}
	case "/message/revokeMsg":
		sent := ask("/message/postText", map[string]any{"appId": demoApp, "toWxid": "wxid_demo_bob", "content": "x"})
		return map[string]any{"msgId": number(sent["msgId"]), "newMsgId": number(sent["newMsgId"]),
			"createTime": number(sent["createTime"])}
	case "/label/delete", "/label/modifyMemberList":
		ask("/label/add", map[string]any{"appId": demoApp, "labelName": "one"})
		ask("/label/add", map[string]any{"appId": demoApp, "labelName": "two"})
	case "/group/roomAccessApplyCheckApprove":
		m, err := sim.Act(simulator.Action{Do: simulator.DoApply, Group: demoGroup, From: "wxid_demo_bob",
			Who: []string{"wxid_demo_carol"}})
		require.NoError(t, err)
		return map[string]any{"newMsgId": text64(m.NewMsgID)}
	case "/group/joinRoomUsingQRCode":
		return map[string]any{"qrUrl": sim.State().Groups[0].QRCode}
	case "/group/agreeJoinRoom":
		ask("/group/quitChatroom", map[string]any{"appId": demoApp, "chatroomId": demoGroup})
		m, err := sim.Act(simulator.Action{Do: simulator.DoInvite, Group: demoGroup, From: "wxid_demo_bob"})
		require.NoError(t, err)
		_, rest, _ := strings.Cut(m.Content, "<url>")
		url, _, _ := strings.Cut(rest, "</url>")
		return map[string]any{"url": url}
	case "/login/setCallback", "/tools/setCallback":
		return map[string]any{"callbackUrl": newBot(t, nil).URL}
	}
	return nil
}

// flavourOf is a base URL and the header of a flavour that has the endpoint.
func flavourOf(sim *simulator.Test, e *catalogue.Endpoint) (base, header string) {
	switch {
	case !e.Extra || slices.Contains(e.AppliesTo, "videosapi"):
		return sim.BaseURL(), "VideosApi-token"
	case slices.Contains(e.AppliesTo, "gewe"):
		return sim.URL() + "/gewe/v2/api", "X-GEWE-TOKEN"
	default:
		return sim.URL() + "/v2/api", "X-GEWE-TOKEN"
	}
}

// TestTheCatalogue calls every endpoint with the example of the catalogue, and without each field
// that it requires.
func TestTheCatalogue(t *testing.T) {
	t.Parallel()
	endpoints, err := catalogue.Endpoints()
	require.NoError(t, err)
	require.Len(t, endpoints, 143)
	for i := range endpoints {
		e := &endpoints[i]
		t.Run(strings.Trim(e.Path, "/"), func(t *testing.T) {
			t.Parallel()
			sim := start(t, demoWorld)
			base, header := flavourOf(sim, e)
			request := exampleBody(t, sim, e)
			for _, f := range e.Request {
				if !f.Required {
					continue
				}
				without := maps.Clone(request)
				delete(without, f.Name)
				a := do(t, http.MethodPost, base+e.Path, text(t, without), header, sim.Token())
				assert.Equal(t, http.StatusOK, a.status)
				assert.Contains(t, a.body, `"ret":500`, f.Name)
				assert.Contains(t, a.body, f.Name)
				without[f.Name] = map[string]bool{"no": true}
				if f.Type == "object" {
					without[f.Name] = 7
				}
				a = do(t, http.MethodPost, base+e.Path, text(t, without), header, sim.Token())
				assert.Contains(t, a.body, `"ret":500`, "%s of a wrong type", f.Name)
				assert.Contains(t, a.body, f.Name)
			}
			a := do(t, http.MethodPost, base+e.Path, text(t, request), header, sim.Token())
			assert.Equal(t, http.StatusOK, a.status)
			require.Contains(t, a.body, `"ret":200`, a.body)
			sameShape(t, e, a)
			lower := do(t, http.MethodPost, base+strings.ToLower(e.Path), text(t, request), header, sim.Token())
			if strings.ToLower(e.Path) != e.Path {
				assert.Equal(t, http.StatusNotFound, lower.status)
			}
			if e.Path == "/tools/getTokenId" {
				return // it hands the token out
			}
			for token, why := range map[string]string{"": "不可为空", "wrong": "已过期"} {
				bad := do(t, http.MethodPost, base+e.Path, text(t, request), header, token)
				assert.Contains(t, bad.body, `"ret":500`)
				assert.Contains(t, bad.body, why)
				assert.NotContains(t, bad.body, "data")
			}
		})
	}
}

// sameShape checks that an answer has no field that the catalogue does not know, and all that its
// example has.
func sameShape(t *testing.T, e *catalogue.Endpoint, a reply) {
	t.Helper()
	want, got := (reply{body: string(e.ExampleResponse)}).json(t)["data"], a.json(t)["data"]
	if want == nil || e.Path == "/contacts/fetchContactsListCache" || e.Path == "/login/checkLogin" {
		return // their data depends on what was before; they have tests of their own
	}
	if e.Response != nil && e.Response.Type != "string" && e.Response.Type != "boolean" {
		compare(t, e.Path, want, got)
		return
	}
	assert.IsType(t, want, got)
}

func compare(t *testing.T, at string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !assert.True(t, ok, "%s: %v is no object", at, got) {
			return
		}
		for name, value := range want {
			_, there := object[name]
			assert.True(t, there, "%s.%s is missing", at, name)
			if value != nil && object[name] != nil {
				compare(t, at+"."+name, value, object[name])
			}
		}
	case []any:
		list, ok := got.([]any)
		if !assert.True(t, ok, "%s: %v is no array", at, got) || len(want) == 0 || len(list) == 0 {
			return
		}
		compare(t, at+"[]", want[0], list[0])
	default:
		assert.Equal(t, reflect.TypeOf(want), reflect.TypeOf(got), "%s: %v, %v", at, want, got)
	}
}

func TestExtrasAreOnlyWhereTheyBelong(t *testing.T) {
	t.Parallel()
	endpoints, err := catalogue.Endpoints()
	require.NoError(t, err)
	sim := start(t)
	for i := range endpoints {
		e := &endpoints[i]
		if !e.Extra || e.Path == "/login/setCallback" {
			continue // clients call that in every flavour
		}
		for name, prefix := range map[string]string{"videosapi": "/finder/v2/api", "gewe": "/gewe/v2/api", "gewechat": "/v2/api"} {
			a := do(t, http.MethodPost, sim.URL()+prefix+e.Path, "{}")
			assert.Equal(t, slices.Contains(e.AppliesTo, name), a.status == http.StatusOK, "%s %s", name, e.Path)
		}
	}
}

// TestBothTypesAreTaken gives each field of which the description's table and example disagree the
// other type.
func TestBothTypesAreTaken(t *testing.T) {
	t.Parallel()
	endpoints, err := catalogue.Endpoints()
	require.NoError(t, err)
	tried := 0
	for i := range endpoints {
		e := &endpoints[i]
		for _, f := range e.Request {
			other := f.ExampleType + f.TableType
			if other == "" && f.Format != "uint64" {
				continue
			}
			tried++
			sim := start(t, demoWorld)
			request := exampleBody(t, sim, e)
			if value, is := inOtherForm(request[f.Name]); is {
				request[f.Name] = value
			} else if _, flag := request[f.Name].(bool); flag {
				request[f.Name] = "false"
			}
			a := call(t, sim.Simulator, e.Path, request)
			assert.Contains(t, a.body, `"ret":200`, "%s %s: %s", e.Path, f.Name, a.body)
		}
	}
	assert.Greater(t, tried, 15)
}
