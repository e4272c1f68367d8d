package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
)

const secretText = "a secret message text"

// postText makes a call that contains a secret, and returns its error.
func postText(t *testing.T, c *api.Client) *api.Error {
	t.Helper()
	_, err := c.Message.Send(t.Context(), api.PostText{AppID: app, To: bob, Content: secretText})
	require.Error(t, err)
	var e *api.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "/message/postText", e.Endpoint)
	for _, secret := range []string{token, secretText} {
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", err, err, err, e.Message), secret)
	}
	return e
}

func TestAnswersThatSayNo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body          string
		code, message string
		is            error
	}{
		"code and message": {`{"ret":500,"msg":"发送失败","data":{"code":"-4","msg":"no such user"}}`, "-4", "no such user", nil},
		"code as a number": {`{"ret":500,"msg":"下载失败","data":{"code":500,"msg":"not found"}}`, "500", "not found", nil},
		"no reason":        {`{"ret":500,"msg":"发布失败","data":{"code":"-4013","msg":null}}`, "-4013", "发布失败", nil},
		"no data":          {`{"ret":500,"msg":"参数不可为空"}`, "", "参数不可为空", nil},
		"a detail": {`{"ret":500,"msg":"x","data":{"msg":"","detail":"{\"ret\":-1,\"msg\":\"m\",\"msg_err\":\"too big\"}"}}`,
			"", "too big", nil},
		"a detail that is none": {`{"ret":500,"data":{"detail":"plain"}}`, "", "plain", nil},
		"data is a string":      {`{"ret":500,"msg":"m","data":"x"}`, "", "m", nil},
		"data is a list":        {`{"ret":500,"msg":"m","data":[]}`, "", "m", nil},
		"nothing at all":        {`{"ret":500,"msg":null,"data":null}`, "", "", nil},
		"ret as a string":       {`{"ret":"500","msg":"m"}`, "", "m", nil},
		"keys in capitals":      {`{"RET":500,"Msg":"m"}`, "", "m", nil},
		"a bad token":           {`{"ret":500,"msg":"token不可用或已过期"}`, "", "token不可用或已过期", api.ErrTokenInvalid},
		"no token": {`{"ret":500,"msg":"header:VideosApi-token 不可为空"}`, "", "header:VideosApi-token 不可为空",
			api.ErrTokenInvalid},
		"another token": {`{"ret":500,"msg":"参数 thumbUrlToken 不可为空"}`, "", "参数 thumbUrlToken 不可为空", nil},
		"offline":       {`{"ret":500,"msg":"微信不在线"}`, "", "微信不在线", api.ErrOffline},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := postText(t, newClient(t, answer(test.body)))
			assert.Equal(t, test.code, e.Code)
			assert.Equal(t, test.message, e.Message)
			assert.Equal(t, api.ExecutedNo, e.Executed(), "the service said that it did not do it")
			assert.Equal(t, test.is, e.Err)
			if test.is != nil {
				require.ErrorIs(t, e, test.is)
			}
		})
	}
}

// TestReasons checks the reasons that depend on the endpoint.
func TestReasons(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		call func(c *api.Client) error
		is   error
	}{
		"nobody found": {`{"ret":500,"msg":"搜索失败","data":{"code":"-4","msg":null}}`, func(c *api.Client) error {
			_, err := c.Contacts.Search(t.Context(), app, "alice")
			return err
		}, api.ErrNoSuchUser},
		"the device is gone": {`{"ret":500,"msg":"获取二维码失败","data":{"code":"-1","msg":"[wx_x]设备不存在"}}`, func(c *api.Client) error {
			_, err := c.Login.GetLoginQRCode(t.Context(), api.LoginQRCodeRequest{AppID: app, RegionID: "310000"})
			return err
		}, api.ErrDeviceUnknown},
		"no device": {`{"ret":500,"msg":"创建设备失败","data":{"code":"-1","msg":"unexpected EOF"}}`, func(c *api.Client) error {
			_, err := c.Login.GetLoginQRCode(t.Context(), api.LoginQRCodeRequest{RegionID: "310000"})
			return err
		}, api.ErrDeviceNotCreated},
		"the callback is out of reach": {`{"ret":500,"msg":null}`, func(c *api.Client) error {
			return c.Login.SetCallback(t.Context(), "https://bot.example.com/callback")
		}, api.ErrCallbackProbe},
		"members that are no friends": {`{"ret":500,"msg":"创建失败","data":{"code":0,"msg":null}}`, func(c *api.Client) error {
			_, err := c.Group.CreateChatroom(t.Context(), app, "wxid_a", "wxid_b")
			return err
		}, api.ErrBadMembers},
		"a name that somebody has": {`{"ret":500,"msg":"创建失败","data":{"code":"-4002","msg":null}}`, func(c *api.Client) error {
			_, err := c.Finder.Create(t.Context(),
				api.FinderCreateRequest{AppID: app, NickName: "Alice", HeadImg: "https://example.com/avatar.jpg"})
			return err
		}, api.ErrNameTaken},
		"no reason": {`{"ret":500,"msg":"上传失败","data":{"code":"-4013","msg":null}}`, func(c *api.Client) error {
			_, err := c.Finder.UploadVideo(t.Context(),
				api.FinderUploadRequest{AppID: app, VideoURL: "https://example.com/v.mp4", CoverURL: "https://example.com/c.jpg"})
			return err
		}, api.ErrNoReason},
		"a token that may not set callbacks": {`{"ret":500,"msg":"token不可用或已过期"}`, func(c *api.Client) error {
			return c.Login.SetCallback(t.Context(), "https://bot.example.com/callback")
		}, api.ErrTokenInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.call(newClient(t, answer(test.body)))
			require.ErrorIs(t, err, test.is)
			var e *api.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, api.ExecutedNo, e.Executed())
		})
	}
}

func TestHTTPErrorWithAnEnvelope(t *testing.T) {
	t.Parallel()
	e := postText(t, newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"ret":500,"msg":"m","data":{"code":"-4013"}}`)
	}))
	assert.Equal(t, "-4013", e.Code)
	assert.Equal(t, http.StatusInternalServerError, e.HTTPStatus)
	assert.Equal(t, "api: /message/postText failed (ret 500, HTTP 500, code -4013): m", e.Error())
}

func TestAnswersThatNobodyUnderstands(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"a gateway's page": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "<html>502 Bad Gateway</html>")
		},
		"nothing":          answer(""),
		"another JSON":     answer(`{"error":"x"}`),
		"a list":           answer(`[]`),
		"JSON that breaks": answer(`{"ret":200,"data":`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := postText(t, newClient(t, h))
			require.ErrorIs(t, e, api.ErrNotEnvelope)
			assert.Equal(t, api.ExecutedUnknown, e.Executed())
			assert.Contains(t, e.Error(), "it may have been executed")
		})
	}
}

// TestAnswersOfAGateway: a status from 400 to 499 refuses the request, no matter who sends it and
// what the answer contains. Only for those about timeouts, the service may have received the
// request.
func TestAnswersOfAGateway(t *testing.T) {
	t.Parallel()
	page := "<html><head><title>nginx</title></head></html>"
	date := http.Header{"Date": {"Sat, 01 Jan 2000 00:00:00 GMT"}, "Retry-After": {"Sat, 01 Jan 2000 00:01:30 GMT"}}
	after := func(s string) http.Header { return http.Header{"Retry-After": {s}} }
	for name, test := range map[string]struct {
		status int
		header http.Header
		body   string
		want   api.Executed
		pause  time.Duration
	}{
		"400":                            {400, nil, page, api.ExecutedNo, 0},
		"401":                            {401, nil, page, api.ExecutedNo, 0},
		"403":                            {403, nil, page, api.ExecutedNo, 0},
		"404":                            {404, nil, page, api.ExecutedNo, 0},
		"405":                            {405, nil, "", api.ExecutedNo, 0},
		"408":                            {408, nil, page, api.ExecutedUnknown, 0},
		"413":                            {413, nil, page, api.ExecutedNo, 0},
		"429":                            {429, after("7"), page, api.ExecutedNo, 7 * time.Second},
		"429, a date":                    {429, date, page, api.ExecutedNo, 90 * time.Second},
		"429, nonsense":                  {429, after("soon"), page, api.ExecutedNo, 0},
		"429, less than nothing":         {429, after("-5"), page, api.ExecutedNo, 0},
		"429, for ever":                  {429, after("99999999999999999999"), page, api.ExecutedNo, 0},
		"429, JSON of another":           {429, after("2"), `{"error":"rate limit"}`, api.ExecutedNo, 2 * time.Second},
		"429, JSON with ret":             {429, after("2"), `{"ret":429,"msg":"too many"}`, api.ExecutedNo, 2 * time.Second},
		"429 in ret only":                {200, after("3"), `{"ret":429,"msg":"too many"}`, api.ExecutedNo, 3 * time.Second},
		"429, ret 0":                     {429, nil, `{"ret":0}`, api.ExecutedNo, 0},
		"404, the gateway waited inside": {404, nil, `{"ret":504}`, api.ExecutedUnknown, 0},
		"499":                            {499, nil, page, api.ExecutedUnknown, 0},
		"499 in ret":                     {200, nil, `{"ret":499}`, api.ExecutedUnknown, 0},
		"502":                            {502, nil, page, api.ExecutedUnknown, 0},
		"503":                            {503, after("9"), page, api.ExecutedUnknown, 9 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := postText(t, newClient(t, func(w http.ResponseWriter, _ *http.Request) {
				for key, values := range test.header {
					w.Header()[key] = values
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			}))
			assert.Equal(t, test.want, e.Executed())
			assert.Equal(t, test.pause, e.RetryAfter)
			assert.Equal(t, test.status, e.HTTPStatus)
			assert.Equal(t, test.pause > 0, strings.Contains(e.Error(), "it asks to wait "+test.pause.String()), e.Error())
		})
	}
	broken := postText(t, newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		_, _ = io.WriteString(w, "<html>")
	}))
	assert.Equal(t, api.ExecutedNo, broken.Executed(), "the page breaks off, but its status has come")
	long := postText(t, newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, strings.Repeat("x", 2000))
	}, func(c *api.Config) { c.MaxResponse = 1000 }))
	assert.Equal(t, api.ExecutedNo, long.Executed(), "the page is too long")
}

func TestDataOfAnUnexpectedShape(t *testing.T) {
	t.Parallel()
	e := postText(t, newClient(t, answer(`{"ret":200,"data":"what?"}`)))
	assert.Equal(t, api.ExecutedYes, e.Executed())

	for _, data := range []string{`null`, `{}`, `{"newMsgId":null,"toWxid":null}`} {
		sent, err := newClient(t, answer(`{"ret":200,"data":`+data+`}`)).Message.Send(t.Context(),
			api.PostText{AppID: app, To: bob, Content: "x"})
		require.NoError(t, err, data)
		assert.Zero(t, sent.NewMsgID)
	}
}

func TestNothingLeftTheMachine(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	url := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close()) // nothing listens there any more
	client, err := api.New(api.Config{BaseURL: url, Token: token})
	require.NoError(t, err)
	assert.Equal(t, api.ExecutedNo, postText(t, client).Executed(), "connection refused")

	client, err = api.New(api.Config{BaseURL: "http://no-such-host.invalid", Token: token})
	require.NoError(t, err)
	assert.Equal(t, api.ExecutedNo, postText(t, client).Executed(), "no such host")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = newClient(t, answer(`{"ret":200}`)).Login.CheckOnline(ctx, app)
	var e *api.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, api.ExecutedNo, e.Executed(), "cancelled before it began")
}

func TestTheRequestMayHaveArrived(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done() // until the client gives up
	}
	e := postText(t, newClient(t, hang, func(c *api.Config) { c.SendTimeout = 50 * time.Millisecond }))
	require.ErrorIs(t, e, context.DeadlineExceeded)
	assert.Equal(t, api.ExecutedUnknown, e.Executed(), "a time-out")
	assert.Contains(t, e.Error(), "no answer within 50ms")

	reset := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if assert.NoError(t, err) {
			_ = conn.Close()
		}
	}
	assert.Equal(t, api.ExecutedUnknown, postText(t, newClient(t, reset)).Executed(), "the connection is lost")

	cutOff := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"ret":200,`)
	}
	assert.Equal(t, api.ExecutedUnknown, postText(t, newClient(t, cutOff)).Executed(), "the answer breaks off")

	e = postText(t, newClient(t, answer(`{"ret":200,"msg":"`+strings.Repeat("x", 2000)+`"}`), func(c *api.Config) { c.MaxResponse = 1000 }))
	require.ErrorIs(t, e, api.ErrResponseTooLarge)
	assert.Equal(t, api.ExecutedUnknown, e.Executed(), "the answer is too long")
}

// TestASendIsNeverRepeated counts the requests of failing calls.
func TestASendIsNeverRepeated(t *testing.T) {
	t.Parallel()
	for _, h := range []http.HandlerFunc{
		answer(`{"ret":500}`), answer(``),
		func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = conn.Close()
			}
		},
	} {
		var n atomic.Int32
		client := newClient(t, func(w http.ResponseWriter, r *http.Request) { n.Add(1); h(w, r) })
		for range 3 {
			postText(t, client)
		}
		assert.Equal(t, int32(3), n.Load())
	}
}

func TestMissingFields(t *testing.T) {
	t.Parallel()
	client := newClient(t, func(http.ResponseWriter, *http.Request) { t.Error("nothing may be sent") })
	for want, call := range map[string]func() error{
		"toWxid": func() error {
			_, err := client.Message.Send(t.Context(), api.PostText{AppID: app, Content: "x"})
			return err
		},
		"content": func() error {
			_, err := client.Message.Send(t.Context(), api.PostText{AppID: app, To: bob, Content: " "})
			return err
		},
		"xml": func() error {
			_, err := client.Message.Send(t.Context(), api.ForwardFile{AppID: app, To: bob})
			return err
		},
		"newMsgId":    func() error { return client.Message.RevokeMsg(t.Context(), api.RevokeMsg{AppID: app, To: bob}) },
		"callbackUrl": func() error { return client.Login.SetCallback(t.Context(), "") },
		"appId":       func() error { _, err := client.Login.CheckOnline(t.Context(), ""); return err },
		"chatroomId":  func() error { _, err := client.Group.GetChatroomInfo(t.Context(), app, ""); return err },
		"wxids":       func() error { _, err := client.Contacts.GetBriefInfo(t.Context(), app); return err },
	} {
		err := call()
		require.ErrorIs(t, err, api.ErrMissingField)
		require.ErrorContains(t, err, want)
		var e *api.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, api.ExecutedNo, e.Executed())
	}
}

func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]api.Config{
		"no token":             {},
		"not an http or https": {Token: token, BaseURL: "ftp://x"},
		"TokenHeader is":       {Token: token, Provider: api.Provider{Name: "own", BaseURL: "http://x"}},
		`base URL "nothing"`:   {Token: token, BaseURL: "nothing"},
	} {
		_, err := api.New(c)
		require.ErrorContains(t, err, want)
	}
	_, err := api.ProviderByName("nobody")
	require.ErrorContains(t, err, "videosapi, gewe and gewechat")
	p, err := api.ProviderByName("GeWe")
	require.NoError(t, err)
	assert.Equal(t, api.GeWe(), p)
}

func TestTheTokenDoesNotPrint(t *testing.T) {
	t.Parallel()
	c := api.Config{Token: token, Provider: api.GeWe()}
	client, err := api.New(c)
	require.NoError(t, err)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.NotContains(t, fmt.Sprintf(format, c), token)
		assert.NotContains(t, fmt.Sprintf(format, client), token)
		assert.NotContains(t, fmt.Sprintf(format, *client), token)
	}
}

// TestAURLInParts: a server that the service calls may log the path without the host, and the path
// contains the secret of a callback.
func TestAURLInParts(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"push msg err: 404 for /callback/s3cret?key=s3cret2", "push msg err: no route /callback/s3cret",
		"push msg err: unknown query key=s3cret2",
		`Post "http://bot.example/callback/s3cret?key=s3cret2": EOF`, "login with s3cretpw failed",
	} {
		client := newClient(t, answer(`{"ret":500,"msg":"failed","data":{"code":"500","msg":`+strconv.Quote(said)+`}}`))
		err := client.Login.SetCallback(t.Context(), "http://user:s3cretpw@bot.example/callback/s3cret?key=s3cret2")
		require.ErrorIs(t, err, api.ErrCallbackProbe)
		assert.NotContains(t, err.Error(), "s3cret", said)
	}
}

type lost struct{}

func (lost) Error() string          { return "the connection broke" }
func (lost) Executed() api.Executed { return api.ExecutedYes }

func TestExecutedOf(t *testing.T) {
	t.Parallel()
	client, err := api.New(api.Config{BaseURL: "http://127.0.0.1:1", Token: "token"})
	require.NoError(t, err)
	defer client.Close()
	_, missing := client.Message.Send(t.Context(), api.PostText{})
	for name, test := range map[string]struct {
		err  error
		want api.Executed
	}{
		"none":                      {nil, api.ExecutedYes},
		"one that cannot tell":      {errors.New("x"), api.ExecutedUnknown},
		"the package's own":         {missing, api.ExecutedNo},
		"wrapped":                   {fmt.Errorf("send: %w", missing), api.ExecutedNo},
		"another type":              {fmt.Errorf("send: %w", lost{}), api.ExecutedYes},
		"the first of two decides":  {errors.Join(errors.New("x"), lost{}, missing), api.ExecutedYes},
		"a join without one":        {errors.Join(errors.New("x"), errors.New("y")), api.ExecutedUnknown},
		"an error that has no code": {&api.Error{}, api.ExecutedUnknown},
	} {
		assert.Equal(t, test.want, api.ExecutedOf(test.err), name)
	}
}

func TestExecutedPrints(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "no yes unknown", fmt.Sprint(api.ExecutedNo, " ", api.ExecutedYes, " ", api.ExecutedUnknown))
}
