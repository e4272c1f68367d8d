package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "the-secret-token"

// newClient is a client of a server on loopback.
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

// endpoint is one entry of testdata/endpoints.json: the example of the service's documentation.
type endpoint struct {
	Name, Path string
	Required   []string
	Request    json.RawMessage
	Response   json.RawMessage
}

func endpoints(t *testing.T) []endpoint {
	t.Helper()
	b, err := os.ReadFile("testdata/endpoints.json")
	require.NoError(t, err)
	var all []endpoint
	require.NoError(t, json.Unmarshal(b, &all))
	return all
}

const app, bob = "wx_demo_device_0001", "wxid_demo_bob"

// invoke makes the call of each example.
func invoke(ctx context.Context, c *api.Client, path string) (any, error) {
	const fileXML = "<msg>...</msg>"
	switch path {
	case "/login/checkOnline":
		return c.Login.CheckOnline(ctx, app)
	case "/login/setCallback":
		return nil, c.Login.SetCallback(ctx, "https://bot.example.com/callback/demo-secret")
	case "/contacts/fetchContactsList":
		return c.Contacts.FetchContactsList(ctx, app)
	case "/contacts/getBriefInfo":
		return c.Contacts.GetBriefInfo(ctx, app, "wxid_demo_alice", "wxid_demo_bob")
	case "/group/getChatroomInfo":
		return c.Group.GetChatroomInfo(ctx, app, "10000000001@chatroom")
	case "/group/getChatroomMemberList":
		return c.Group.GetChatroomMemberList(ctx, app, "10000000001@chatroom")
	case "/message/postText":
		return c.Message.PostText(ctx, api.PostText{AppID: app, To: bob, Content: "hello", At: []string{"wxid_demo_alice", "wxid_demo_bob"}})
	case "/message/postFile":
		return c.Message.PostFile(ctx, api.PostFile{AppID: app, To: bob, FileURL: "https://example.com/file.bin", FileName: "report.pdf"})
	case "/message/postImage":
		return c.Message.PostImage(ctx, api.PostImage{AppID: app, To: bob, ImageURL: "https://example.com/picture.jpg"})
	case "/message/postVoice":
		return c.Message.PostVoice(ctx, api.PostVoice{AppID: app, To: bob, VoiceURL: "https://example.com/voice.silk", Duration: 2500})
	case "/message/postVideo":
		return c.Message.PostVideo(ctx, api.PostVideo{AppID: app, To: bob, VideoURL: "https://example.com/video.mp4", ThumbURL: "https://example.com/thumb.jpg", Duration: 12})
	case "/message/postLink":
		return c.Message.PostLink(ctx, api.PostLink{AppID: app, To: bob, Title: "Demo title", Desc: "Demo description", LinkURL: "https://example.com/article", ThumbURL: "https://example.com/thumb.jpg"})
	case "/message/postNameCard":
		return c.Message.PostNameCard(ctx, api.PostNameCard{AppID: app, To: bob, NickName: "Alice Demo", Wxid: "wxid_demo_carol"})
	case "/message/postLocation":
		return c.Message.PostLocation(ctx, api.PostLocation{AppID: app, To: bob, Content: `<msg><location x="31.5" y="121.5" scale="15" label="Demo Street" poiname="Demo Place"/></msg>`})
	case "/message/postEmoji":
		return c.Message.PostEmoji(ctx, api.PostEmoji{AppID: app, To: bob, MD5: "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d002", Size: 20480})
	case "/message/postAppMsg":
		return c.Message.PostAppMsg(ctx, api.PostAppMsg{AppID: app, To: bob, AppMsg: `<appmsg appid="" sdkver="0"><title>Demo</title><type>5</type></appmsg>`})
	case "/message/postMiniApp":
		return c.Message.PostMiniApp(ctx, api.PostMiniApp{AppID: app, To: bob, MiniAppID: "wxdemo0000000001", DisplayName: "Alice", PagePath: "pages/index/index.html", CoverURL: "https://example.com/cover.jpg", Title: "Demo title", UserName: "gh_demo000001@app"})
	case "/message/forwardFile":
		return c.Message.ForwardFile(ctx, api.ForwardFile{AppID: app, To: bob, XML: fileXML})
	case "/message/forwardImage":
		return c.Message.ForwardImage(ctx, api.ForwardImage{AppID: app, To: bob, XML: `<msg><img aeskey="..." cdnmidimgurl="..." length="40960" md5="..."/></msg>`})
	case "/message/forwardVideo":
		return c.Message.ForwardVideo(ctx, api.ForwardVideo{AppID: app, To: bob, XML: `<msg><videomsg aeskey="..." cdnvideourl="..." length="40960"/></msg>`})
	case "/message/forwardUrl":
		return c.Message.ForwardURL(ctx, api.ForwardURL{AppID: app, To: bob, XML: fileXML})
	case "/message/forwardMiniApp":
		return c.Message.ForwardMiniApp(ctx, api.ForwardMiniApp{AppID: app, To: bob, XML: fileXML, CoverURL: "https://example.com/cover.jpg"})
	case "/message/sendFinderMsg":
		return c.Message.SendFinderMsg(ctx, api.SendFinderMsg{
			AppID: app, To: bob, ID: 14000000000000000002, UserName: "v2_demo_author@finder", NickName: "Alice Demo", HeadURL: "https://example.com/avatar.jpg",
			NonceID: "demo_nonce_0001", MediaType: "4", Width: "640", Height: "480", URL: "https://example.com/link", ThumbURL: "https://example.com/thumb.jpg",
			ThumbURLToken: "demo", Description: "Demo description", PlayLength: "12",
		})
	case "/message/revokeMsg":
		return nil, c.Message.RevokeMsg(ctx, api.RevokeMsg{AppID: app, To: bob, MsgID: 700000001, NewMsgID: 7000000000000000001, Created: time.Unix(1750000000, 0)})
	}
	panic(path)
}

// object decodes JSON and keeps numbers as they are written.
func object(t *testing.T, b []byte) map[string]any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v map[string]any
	require.NoError(t, dec.Decode(&v))
	return v
}

// TestEndpoints compares what goes over the wire with the examples of the documentation: path, headers, names and types of all fields,
// and that nothing of the answer is lost.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	for _, e := range endpoints(t) {
		t.Run(e.Path, func(t *testing.T) {
			t.Parallel()
			var got []byte
			client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, e.Path, r.URL.Path)
				assert.Equal(t, http.MethodPost, r.Method)
				assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
				assert.Equal(t, token, r.Header.Get("VideosApi-token"))
				got, _ = io.ReadAll(r.Body)
				_, _ = w.Write(e.Response)
			})
			result, err := invoke(t.Context(), client, e.Path)
			require.NoError(t, err)

			want := object(t, e.Request)
			delete(want, "useProxy")
			if e.Path == "/login/setCallback" {
				want["token"] = token
			}
			assert.Equal(t, want, object(t, got), "the request")

			if data := object(t, e.Response)["data"]; data != nil && data != true {
				read, err := json.Marshal(result)
				require.NoError(t, err)
				assertKept(t, data, decoded(t, read), "data")
			}
		})
	}
}

func decoded(t *testing.T, b []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	return v
}

// assertKept checks that everything in want is also in got; null counts as empty.
func assertKept(t *testing.T, want, got any, path string) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		assert.Contains(t, []any{nil, "", json.Number("0")}, got, path)
	case map[string]any:
		have, _ := got.(map[string]any)
		for k, v := range want {
			assertKept(t, v, have[k], path+"."+k)
		}
	case []any:
		have, _ := got.([]any)
		require.Len(t, have, len(want), path)
		for i := range want {
			assertKept(t, want[i], have[i], path)
		}
	default:
		assert.Equal(t, want, got, path)
	}
}

func TestSetCallbackOfAContainer(t *testing.T) {
	t.Parallel()
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/tools/setCallback", r.URL.Path)
		assert.Equal(t, token, r.Header.Get("X-GEWE-TOKEN"))
		_, _ = io.WriteString(w, `{"ret":200}`)
	}, func(c *api.Config) { c.Provider = api.Gewechat() })
	require.NoError(t, client.Login.SetCallback(t.Context(), "http://192.0.2.1/callback"))
}

// TestSendsAreValues checks that every message can be sent by Send for another account, which is what an outbox does.
func TestSendsAreValues(t *testing.T) {
	t.Parallel()
	for _, m := range []api.Send{
		api.PostText{To: bob, Content: "x"}, api.PostFile{To: bob, FileURL: "u", FileName: "n"}, api.PostImage{To: bob, ImageURL: "u"},
		api.PostVoice{To: bob, VoiceURL: "u"}, api.PostVideo{To: bob, VideoURL: "u", ThumbURL: "t"}, api.PostLink{To: bob, Title: "t", LinkURL: "u"},
		api.PostNameCard{To: bob, NickName: "n", Wxid: "w"}, api.PostLocation{To: bob, Content: "x"}, api.PostEmoji{To: bob, MD5: "m"},
		api.PostAppMsg{To: bob, AppMsg: "x"}, api.PostMiniApp{To: bob, MiniAppID: "a", DisplayName: "d", PagePath: "p", CoverURL: "c", Title: "t", UserName: "u"},
		api.ForwardFile{To: bob, XML: "x"}, api.ForwardImage{To: bob, XML: "x"}, api.ForwardVideo{To: bob, XML: "x"}, api.ForwardURL{To: bob, XML: "x"},
		api.ForwardMiniApp{To: bob, XML: "x", CoverURL: "c"}, api.SendFinderMsg{To: bob, UserName: "u", NickName: "n", NonceID: "o"},
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

		m = m.WithAppID("wx_other")
		assert.Equal(t, "wx_other", m.Account())
		assert.Equal(t, bob, m.Target())
		sent, err := client.Message.Send(t.Context(), m)
		require.NoError(t, err)
		assert.Equal(t, m.Endpoint(), path)
		assert.Equal(t, "wx_other", appID)
		assert.Equal(t, api.ID(1<<64-1), sent.NewMsgID)
	}
}

func TestBriefInfoComesInBatches(t *testing.T) {
	t.Parallel()
	var sizes []int
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Wxids []string }
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		sizes = append(sizes, len(body.Wxids))
		_, _ = io.WriteString(w, `{"ret":200,"data":[{"userName":"x"}]}`)
	})
	infos, err := client.Contacts.GetBriefInfo(t.Context(), app, make([]string, 0, 250)...)
	require.ErrorIs(t, err, api.ErrMissingField)
	assert.Empty(t, infos)
	ids := make([]string, 250)
	for i := range ids {
		ids[i] = "wxid"
	}
	infos, err = client.Contacts.GetBriefInfo(t.Context(), app, ids...)
	require.NoError(t, err)
	assert.Len(t, infos, 3)
	assert.Equal(t, []int{100, 100, 50}, sizes)
}
