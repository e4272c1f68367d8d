package login_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const region = "310000"

// The answers of the service, as its description shows them.
const (
	yes   = `{"ret":200,"msg":"ok","data":true}`
	no    = `{"ret":200,"msg":"ok","data":false}`
	code1 = `{"ret":200,"msg":"ok","data":{"appId":"wx_1","qrData":"http://weixin.qq.com/x/first","uuid":"u1",` +
		`"qrUrl":"https://qr.example.com/?d=x"}}`
	code2   = `{"ret":200,"msg":"ok","data":{"appId":"wx_1","qrData":"http://weixin.qq.com/x/second","uuid":"u2"}}`
	asks    = `{"ret":200,"msg":"ok","data":{"appId":"wx_1","uuid":"u0"}}`
	waiting = `{"ret":200,"msg":"ok","data":{"uuid":"u1","headImgUrl":null,"nickName":null,"expiredTime":200,"status":0,` +
		`"loginInfo":null}}`
	nearly  = `{"ret":200,"msg":"ok","data":{"uuid":"u1","expiredTime":5,"status":0,"loginInfo":null}}`
	scanned = `{"ret":200,"msg":"ok","data":{"uuid":"u1","headImgUrl":"http://x","nickName":"Alice","expiredTime":150,` +
		`"status":1,"loginInfo":null}}`
	scannedLate = `{"ret":200,"msg":"ok","data":{"uuid":"u1","nickName":"Alice","expiredTime":5,"status":1,"loginInfo":null}}`
	half        = `{"ret":200,"msg":"ok","data":{"uuid":"u1","nickName":"Alice","expiredTime":150,"status":2,"loginInfo":null}}`
	page        = `{"ret":200,"msg":"ok","data":{"url":"https://verify.example.com/?ticket=secret"}}`
	cancelled   = `{"ret":200,"msg":"ok","data":{"uuid":"u1","expiredTime":150,"status":4,"loginInfo":null}}`
	done        = `{"ret":200,"msg":"ok","data":{"uuid":"u1","nickName":"Alice","expiredTime":150,"status":2,` +
		`"loginInfo":{"uin":3000000001,"wxid":"wxid_alice","nickName":"Alice","mobile":"10000000000","alias":""}}}`
	expiredCode = `{"ret":500,"msg":"登录失败","data":{"code":"-1","msg":"二维码已过期"}}`
	wrongNumber = `{"ret":500,"msg":"登录失败","data":{"code":"-1","msg":"验证码错误"}}`
	refused     = `{"ret":500,"msg":"登录失败","data":{"code":"-1","msg":"登录失败"}}`
	noDevice    = `{"ret":500,"msg":"获取登录二维码失败","data":{"code":"-1","msg":"设备不存在"}}`
	noNewDevice = `{"ret":500,"msg":"创建设备失败"}`
	badToken    = `{"ret":500,"msg":"VideosApi-token 不可用或已过期"}`
	badToken2   = `{"ret":500,"msg":"token不可用"}`
	gateway     = `<html>502</html>`
	brokenOne   = `{"ret":500,"msg":"Internal Server Error"}`
)

// script is a service that answers each call with the next line of its endpoint.
type script struct {
	mu      sync.Mutex
	answers map[string][]string
	calls   []call
}

type call struct {
	endpoint string
	body     map[string]any
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := call{endpoint: r.URL.Path}
	_ = json.NewDecoder(r.Body).Decode(&c.body)
	s.calls = append(s.calls, c)
	queue := s.answers[c.endpoint]
	if len(queue) == 0 {
		http.Error(w, "the script has no answer for "+c.endpoint, http.StatusNotFound)
		return
	}
	s.answers[c.endpoint] = queue[1:]
	if queue[0] == gateway {
		w.WriteHeader(http.StatusBadGateway)
	}
	if queue[0] == brokenOne {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = fmt.Fprint(w, queue[0])
}

// of are the bodies of the calls of an endpoint.
func (s *script) of(endpoint string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	var bodies []map[string]any
	for _, c := range s.calls {
		if c.endpoint == endpoint {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

// bench is a flow against a script, with a clock that only sleeping moves.
type bench struct {
	script *script
	state  store.State
	flow   *login.Flow
	server *httptest.Server
	now    time.Time
	slept  []time.Duration
}

func newBench(t *testing.T, answers map[string][]string) *bench {
	t.Helper()
	b := &bench{script: &script{answers: answers}, now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	b.server = httptest.NewServer(b.script)
	t.Cleanup(b.server.Close)
	kept := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, kept.Close()) })
	b.state = kept.State()
	var err error
	b.flow, err = login.New(login.Config{
		Client: b.client(t), State: b.state, Now: func() time.Time { return b.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			b.now = b.now.Add(d)
			b.slept = append(b.slept, d)
			return ctx.Err()
		},
	})
	require.NoError(t, err)
	return b
}

func (b *bench) client(t *testing.T) *api.Client {
	t.Helper()
	client, err := api.New(api.Config{BaseURL: b.server.URL, Token: "T"})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// play runs a session to its end, and names its events.
func (b *bench) play(t *testing.T, r login.Request, react func(s *login.Attempt, e login.Event)) (names []string, end login.Final) {
	t.Helper()
	s, err := b.flow.Start(t.Context(), r)
	require.NoError(t, err)
	for {
		e, err := s.Next(t.Context())
		require.NoError(t, err)
		names = append(names, fmt.Sprintf("%T", e)[len("login."):])
		if react != nil {
			react(s, e)
		}
		var ok bool
		if end, ok = e.(login.Final); ok {
			again, err := s.Next(t.Context())
			require.NoError(t, err)
			assert.Equal(t, end, again, "the end stays")
			return names, end
		}
		require.Less(t, len(names), 50, "no end in sight")
	}
}

// remember puts a device into the state by a login.
func (b *bench) remember(t *testing.T, d login.Device) {
	t.Helper()
	value, err := json.Marshal(d)
	require.NoError(t, err)
	_, err = b.state.Put(t.Context(), "login/"+d.AppID, value, 0)
	require.NoError(t, err)
}

func times(answer string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = answer
	}
	return list
}
