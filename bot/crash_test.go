package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestACrashBetweenAnyTwoWrites answers one message, copies the files of the store before and after
// each write of its way, which is what a kill at that moment leaves, and lets another bot go on
// with each copy: the message is not lost, its answer is not sent twice, and where the request may
// have left, the ledger says unknown.
func TestACrashBetweenAnyTwoWrites(t *testing.T) {
	t.Parallel()
	service := newAnswering(t)
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	require.NoError(t, err)
	watched := &watchedStore{Store: back, t: t, path: path, service: service}
	service.arrives = func() { watched.note("before the request") }
	first := startAnswering(t, service, watched)
	assert.Equal(t, http.StatusOK, first.post(t))
	<-service.sent
	require.Eventually(t, func() bool { return watched.has("after complete") }, 10*time.Second, time.Millisecond)
	first.stop(t)

	names := []string{}
	for _, c := range watched.copies {
		names = append(names, c.name)
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			service := newAnswering(t)
			path := filepath.Join(t.TempDir(), sqlite.FileName)
			for part, data := range c.files {
				require.NoError(t, os.WriteFile(path+part, data, 0o600))
			}
			back, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
			require.NoError(t, err)
			again := startAnswering(t, service, back)
			assert.Equal(t, http.StatusOK, again.post(t), "the service posts again what may have got no 200")
			var sends []store.Send
			require.Eventually(t, func() bool {
				stats, err := back.Inbox().Stats(t.Context())
				require.NoError(t, err)
				sends, err = back.Ledger().List(t.Context(), store.SendQuery{})
				require.NoError(t, err)
				return stats.Pending+stats.Leased == 0 && len(sends) == 1 && sends[0].State.Final()
			}, 20*time.Second, 5*time.Millisecond, "the message is lost")
			again.stop(t)
			total := c.calls + service.calls()
			switch sends[0].State {
			case store.Sent:
				assert.Equal(t, 1, total, "requests before and after the crash")
			case store.Unknown:
				assert.True(t, c.mayHaveLeft, "nothing has left before")
				assert.LessOrEqual(t, total, 1, "requests before and after the crash")
				assert.Zero(t, service.calls(), "nothing is sent that may have been sent")
			default:
				t.Errorf("the answer is %s", sends[0].State)
			}
		})
	}
	assert.ElementsMatch(t, []string{
		"before append", "after append", "after lease", "before sending", "after sending", "before the request",
		"before outcome", "after outcome", "before complete", "after complete",
	}, names)
}

// answering is a service that accepts every send.
type answering struct {
	*httptest.Server
	sent    chan struct{}
	mu      sync.Mutex
	n       int
	arrives func() // called with each request
}

func newAnswering(t *testing.T) *answering {
	t.Helper()
	s := &answering{sent: make(chan struct{}, 10)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path[len(r.URL.Path)-len("postText"):] != "postText" {
			fmt.Fprint(w, `{"ret":200,"msg":"ok","data":{}}`)
			return
		}
		if s.arrives != nil {
			s.arrives()
		}
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
		fmt.Fprint(w, `{"ret":200,"msg":"ok","data":{"toWxid":"wxid_alice","createTime":1782051117,"msgId":1,"newMsgId":2,"type":1}}`)
		s.sent <- struct{}{}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *answering) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// answeringBot is a running bot that answers every text.
type answeringBot struct {
	url    string
	cancel context.CancelFunc
	ended  chan error
}

func startAnswering(t *testing.T, service *answering, back store.Store) *answeringBot {
	t.Helper()
	pace := outbox.Unlimited()
	b, err := bot.New(bot.Config{
		BaseURL: service.URL, Token: "token", Listen: "127.0.0.1:0", Store: back, Logger: zap.NewNop(), Admin: bot.NoAdmin,
		Allow: bot.Allow{Everyone: true}, Pace: &pace, MaxAge: -1, MaxAttempts: 1,
	})
	require.NoError(t, err)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("re: " + m.Body) }).Named("answer")
	ctx, cancel := context.WithCancel(context.Background())
	running := &answeringBot{cancel: cancel, ended: make(chan error, 1)}
	go func() { running.ended <- b.Run(ctx) }()
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	running.url = "http://" + address + "/callback"
	return running
}

func (b *answeringBot) stop(t *testing.T) {
	t.Helper()
	b.cancel()
	require.NoError(t, <-b.ended)
}

// post posts the one message.
func (b *answeringBot) post(t *testing.T) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url, bytes.NewReader([]byte(
		`{"TypeName":"AddMsg","Appid":"wx_app","Wxid":"wxid_me","Data":{"MsgId":1,"FromUserName":{"string":"wxid_alice"},`+
			`"ToUserName":{"string":"wxid_me"},"MsgType":1,"Content":{"string":"hello"},"CreateTime":1782051117,`+
			`"NewMsgId":1000000000000000001}}`)))
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

// watchedStore copies the files of a store before and after each write of the way of a message.
type watchedStore struct {
	store.Store
	t       *testing.T
	path    string
	service *answering

	mu     sync.Mutex
	copies []crashed
}

// crashed is what a kill leaves.
type crashed struct {
	name        string
	files       map[string][]byte
	calls       int  // requests that had arrived
	mayHaveLeft bool // the ledger said sending
}

func (w *watchedStore) note(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := crashed{name: name, files: map[string][]byte{}, calls: w.service.calls()}
	for _, last := range w.copies {
		c.mayHaveLeft = c.mayHaveLeft || last.name == "before sending" // from here on
	}
	for _, part := range []string{".promise", "", "-wal"} { // the promise first: it must not tell of what the log gets meanwhile
		data, err := os.ReadFile(w.path + part)
		if err != nil {
			w.t.Error(err)
		}
		c.files[part] = data
	}
	w.copies = append(w.copies, c)
}

func (w *watchedStore) has(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.copies {
		if c.name == name {
			return true
		}
	}
	return false
}

// Inbox implements store.Store.
func (w *watchedStore) Inbox() store.Inbox { return watchedInbox{w.Store.Inbox(), w} }

// Ledger implements store.Store.
func (w *watchedStore) Ledger() store.Ledger { return watchedLedger{w.Store.Ledger(), w} }

type watchedInbox struct {
	store.Inbox
	w *watchedStore
}

func (in watchedInbox) Append(ctx context.Context, item store.Item) (bool, error) {
	in.w.note("before append")
	defer in.w.note("after append")
	return in.Inbox.Append(ctx, item)
}

func (in watchedInbox) Lease(ctx context.Context, limit int, ttl time.Duration) ([]store.Lease, error) {
	leases, err := in.Inbox.Lease(ctx, limit, ttl)
	if len(leases) > 0 {
		in.w.note("after lease")
	}
	return leases, err
}

func (in watchedInbox) Complete(ctx context.Context, lease store.Lease) error {
	in.w.note("before complete")
	defer in.w.note("after complete")
	return in.Inbox.Complete(ctx, lease)
}

type watchedLedger struct {
	store.Ledger
	w *watchedStore
}

func (l watchedLedger) Reserve(ctx context.Context, s store.Send) (store.Send, bool, error) {
	l.w.note("before sending")
	defer l.w.note("after sending")
	return l.Ledger.Reserve(ctx, s)
}

func (l watchedLedger) Update(ctx context.Context, s store.Send) (store.Send, error) {
	l.w.note("before outcome")
	defer l.w.note("after outcome")
	return l.Ledger.Update(ctx, s)
}
