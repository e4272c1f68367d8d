package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "the-secret-token"

// newClient returns a client of a server on loopback.
func newClient(t testing.TB, h http.HandlerFunc, edit ...func(*api.Config)) *api.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	config := api.Config{BaseURL: server.URL, Token: token}
	for _, f := range edit {
		f(&config)
	}
	client, err := api.New(config)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func answer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, body)
	}
}

// bodyOf returns a client of a server that answers each request alike, and the body of the last
// one.
func bodyOf(t testing.TB, response string, edit ...func(*api.Config)) (*api.Client, *string) {
	t.Helper()
	var body string
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		_, _ = io.WriteString(w, response)
	}, edit...)
	return client, &body
}

const app, bob = "wx_demo_device_0001", "wxid_demo_bob"

func TestSetCallbackOfAContainer(t *testing.T) {
	t.Parallel()
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/tools/setCallback", r.URL.Path)
		assert.Equal(t, token, r.Header.Get("X-GEWE-TOKEN"))
		_, _ = io.WriteString(w, `{"ret":200}`)
	}, func(c *api.Config) { c.Provider = api.Gewechat() })
	require.NoError(t, client.Login.SetCallback(t.Context(), "http://192.0.2.1/callback"))
}

// TestSendsAreValues checks that every message can be sent by Send for another account, as an
// outbox does.
func TestSendsAreValues(t *testing.T) {
	t.Parallel()
	for _, m := range []api.Send{
		api.PostText{To: bob, Content: "x"}, api.PostFile{To: bob, FileURL: "u", FileName: "n"}, api.PostImage{To: bob, ImageURL: "u"},
		api.PostVoice{To: bob, VoiceURL: "u"}, api.PostVideo{To: bob, VideoURL: "u", ThumbURL: "t"},
		api.PostLink{To: bob, Title: "t", LinkURL: "u"}, api.PostNameCard{To: bob, NickName: "n", Wxid: "w"},
		api.PostLocation{To: bob, Content: "x"}, api.PostEmoji{To: bob, MD5: "m"}, api.PostAppMsg{To: bob, AppMsg: "x"},
		api.PostMiniApp{To: bob, MiniAppID: "a", DisplayName: "d", PagePath: "p", CoverURL: "c", Title: "t", UserName: "u"},
		api.ForwardFile{To: bob, XML: "x"}, api.ForwardImage{To: bob, XML: "x"}, api.ForwardVideo{To: bob, XML: "x"},
		api.ForwardURL{To: bob, XML: "x"}, api.ForwardMiniApp{To: bob, XML: "x", CoverURL: "c"},
		api.SendFinderMsg{To: bob, UserName: "u", NickName: "n", NonceID: "o"},
		api.FinderPostDirectMessageRequest{
			FinderConversation: api.FinderConversation{MyUserName: "m", ToUserName: bob, SessionID: "s"}, Content: "x",
		},
		api.FinderCommentRequest{
			FinderIdentity: api.FinderIdentity{MyUserName: "m", MyRole: api.FinderRoleChannels},
			FinderVideo:    api.FinderVideo{ObjectID: 1, SessionBuffer: "s"}, Content: "x", ReplyUserName: bob,
		},
	} {
		var path, appID string
		client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
			path = r.URL.Path
			var body struct{ AppID string }
			assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
			appID = body.AppID
			_, _ = io.WriteString(w, `{"ret":200,"data":{"newMsgId":"18446744073709551615","createTime":null}}`)
		})
		_, err := client.Message.Send(t.Context(), m)
		require.ErrorIs(t, err, api.ErrMissingField, "%T without an account", m)

		m = api.WithAppID(m, "wx_other")
		assert.Equal(t, "wx_other", api.AccountOf(m))
		assert.Equal(t, bob, api.TargetOf(m))
		sent, err := client.Message.Send(t.Context(), m)
		require.NoError(t, err)
		assert.Equal(t, api.EndpointOf(m), path)
		assert.Equal(t, "wx_other", appID)
		assert.Equal(t, api.ID(1<<64-1), sent.NewMsgID)
	}
}

func TestProfilesComeInBatches(t *testing.T) {
	t.Parallel()
	var sizes []int
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Wxids []string }
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		sizes = append(sizes, len(body.Wxids))
		_, _ = io.WriteString(w, `{"ret":200,"data":[{"userName":"x"}]}`)
	})
	ids := make([]string, 250)
	for i := range ids {
		ids[i] = "wxid"
	}
	infos, err := client.Contacts.GetBriefInfo(t.Context(), app, ids...)
	require.NoError(t, err)
	assert.Len(t, infos, 3)
	assert.Equal(t, []int{100, 100, 50}, sizes)

	sizes = nil
	infos, err = client.Contacts.GetDetailInfo(t.Context(), app, ids[:45]...)
	require.NoError(t, err)
	assert.Len(t, infos, 3)
	assert.Equal(t, []int{20, 20, 5}, sizes)

	ids[44] = ""
	_, err = client.Contacts.GetDetailInfo(t.Context(), app, ids[:45]...)
	require.ErrorIs(t, err, api.ErrMissingField, "an empty id is a mistake of the caller")
	assert.Len(t, sizes, 3, "nothing was sent")
}

func TestUseProxy(t *testing.T) {
	t.Parallel()
	client, body := bodyOf(t, `{"ret":200}`, func(c *api.Config) { c.UseProxy = true })
	require.NoError(t, client.Login.Logout(t.Context(), app))
	assert.JSONEq(t, `{"appId":"`+app+`","useProxy":true}`, *body)
	_, err := client.Login.DeviceList(t.Context())
	require.NoError(t, err)
	assert.JSONEq(t, `{"useProxy":true}`, *body, "in a body without fields, too")
}

// TestWhatIsNotDocumentedStays checks that the larger objects keep members without a field.
func TestWhatIsNotDocumentedStays(t *testing.T) {
	t.Parallel()
	client := newClient(t, answer(`{"ret":200,"data":[{"USERNAME":"wxid_a","sex":"2","labelList":"7,8","bizFlag":18446744073709551615,`+
		`"x":{"y":[1]}}]}`))
	infos, err := client.Contacts.GetDetailInfo(t.Context(), app, "wxid_a")
	require.NoError(t, err)
	assert.Equal(t, []api.ContactInfo{{
		UserName: "wxid_a", Sex: api.SexFemale, LabelList: api.IDList{7, 8},
		Extra: api.Extra{"bizFlag": json.RawMessage("18446744073709551615"), "x": json.RawMessage(`{"y":[1]}`)},
	}}, infos)
}
