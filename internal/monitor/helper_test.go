package monitor_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

const app = "wx_demo0000000000000001"

// Those whom the tests write to.
const (
	alice = "wxid_alice"
	bob   = "wxid_bob"
	carol = "wxid_carol"
	dead  = "99999999999@chatroom" // the account is not in it
)

// said is the error of a text that the service answers with a body.
func said(t *testing.T, status int, body string) error {
	t.Helper()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer service.Close()
	c, err := api.New(api.Config{BaseURL: service.URL, Token: "token"})
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Message.Send(t.Context(), api.PostText{AppID: app, To: alice, Content: "hello"})
	return err
}

// The sends that the service refused: without a reason, because of the recipient, because of the
// account; and one in whose place a gateway answered.
func refused(t *testing.T) error { t.Helper(); return said(t, 200, `{"ret":500,"msg":"发送失败"}`) }
func notIn(t *testing.T) error {
	t.Helper()
	return said(t, 200, `{"ret":500,"msg":"不在群聊中"}`)
}
func offline(t *testing.T) error {
	t.Helper()
	return said(t, 200, `{"ret":500,"msg":"微信不在线"}`)
}
func session(t *testing.T) error {
	t.Helper()
	return said(t, 200, `{"ret":500,"msg":"会话已失效"}`)
}
func gateway(t *testing.T) error { t.Helper(); return said(t, 502, `<html>Bad Gateway</html>`) }

// noon is a time of day at which silence means something.
func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60)) }

// world is what is around a monitor: a clock, the service, the way out, and people who are told.
type world struct {
	*monitor.Monitor
	t     *testing.T
	store store.Store

	mu        sync.Mutex
	now       time.Time
	online    bool
	askErr    error
	repairs   bool // whether reconnection works
	asked     int
	reconnect int
	paused    bool
	alerts    []monitor.Alert
	refuse    bool // the webhook answers 500
	owner     []string
	sendErr   error
}

// newWorld makes a monitor of one account at noon; the functions change its configuration.
func newWorld(t *testing.T, change ...func(*monitor.Config)) *world {
	t.Helper()
	w := &world{t: t, now: noon(), online: true, store: memory.New(memory.Config{})}
	w.restart(change...)
	return w
}

// restart is another process on the same store.
func (w *world) restart(change ...func(*monitor.Config)) {
	w.t.Helper()
	hook := httptest.NewServer(http.HandlerFunc(w.webhook))
	w.t.Cleanup(hook.Close)
	c := monitor.Config{
		Store: w.store, Metrics: monitor.NewMetrics(), Accounts: []string{app}, Webhook: hook.URL + "/secret-path",
		Online: func(context.Context, string) (bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.asked++
			return w.online, w.askErr
		},
		Reconnect: func(context.Context, string) (bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.reconnect++
			return w.repairs, nil
		},
		Pause:  func(context.Context, string) error { w.setPaused(true); return nil },
		Resume: func(context.Context, string) error { w.setPaused(false); return nil },
		Send: func(_ context.Context, account, to, text, key string) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.sendErr == nil {
				w.owner = append(w.owner, account+">"+to+" "+text+" "+key)
			}
			return w.sendErr
		},
		Clock: clock.Func(func() time.Time {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.now
		}),
	}
	for _, f := range change {
		f(&c)
	}
	m, err := monitor.New(c)
	require.NoError(w.t, err)
	w.Monitor = m
}

// sends is a send to each of the targets that began now.
func (w *world) sends(err error, targets ...string) {
	for _, to := range targets {
		w.Sent(app, to, w.clock(), err)
	}
}

func (w *world) setPaused(p bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.paused = p
}

func (w *world) webhook(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse {
		http.Error(rw, "no", http.StatusInternalServerError)
		return
	}
	var n monitor.Alert
	if !assert.NoError(w.t, json.NewDecoder(r.Body).Decode(&n)) {
		return
	}
	w.alerts = append(w.alerts, n)
}

// pass lets time pass, and reviews every minute.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	for end := w.clock().Add(d); w.clock().Before(end); {
		w.mu.Lock()
		w.now = w.now.Add(time.Minute)
		w.mu.Unlock()
		w.Review(w.t.Context())
	}
}

// step lets time pass, and reviews once.
func (w *world) step(d time.Duration) {
	w.t.Helper()
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	w.Review(w.t.Context())
}

// tick lets a second pass.
func (w *world) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Second)
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// callback is an ordinary message that arrives now.
func (w *world) callback() {
	w.Arrived(app)
	w.Event(app, w.clock())
}

// told are the events of the alerts at the webhook.
func (w *world) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := []string{}
	for _, n := range w.alerts {
		list = append(list, n.Event+" "+string(n.State))
	}
	return list
}
