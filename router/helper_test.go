package router_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	groupA = "100@chatroom"
	groupB = "200@chatroom"
)

// message is a message to the account wxid_me.
func message(t testing.TB, msgType int, from, content string) *callback.Event {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me",
		"Data": map[string]any{
			"MsgType": msgType, "NewMsgId": 12345678901234, "FromUserName": from, "ToUserName": "wxid_me", "Content": content,
		},
	})
	require.NoError(t, err)
	e, err := callback.Decode(body)
	require.NoError(t, err)
	return e
}

func text(t testing.TB, s string) *callback.Event {
	t.Helper()
	return message(t, 1, "wxid_alice", s)
}

func groupText(t testing.TB, s string) *callback.Event {
	t.Helper()
	return message(t, 1, groupA, "wxid_alice:\n"+s)
}

// recorder is a Sender that keeps what it should send.
type recorder struct {
	mu   sync.Mutex
	sent []api.Send
	all  []outbox.Message
	err  error
}

func (r *recorder) Send(_ context.Context, o outbox.Message) (*api.SentMessage, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return nil, r.err
	}
	r.sent = append(r.sent, o.Send)
	r.all = append(r.all, o)
	return &api.SentMessage{}, nil
}

// directory is Names for two people and a group.
type directory struct{}

func (directory) Contact(_ context.Context, _, id string) string {
	switch id {
	case groupA:
		return "A 群"
	case "wxid_alice":
		return "Alice"
	}
	return id
}

func (directory) Member(_ context.Context, _, group, wxid string) string {
	if group == groupA && wxid == "wxid_alice" {
		return "爱丽丝"
	}
	return wxid
}

// serve takes an event through the routes and returns what was sent.
func serve(t *testing.T, r *router.Router, e *callback.Event) []api.Send {
	t.Helper()
	rec := &recorder{}
	require.NoError(t, r.Serve(t.Context(), e, router.Services{Sender: rec, Names: directory{}}))
	return rec.sent
}

// trace is a handler that notes that it ran.
func trace(log *[]string, name string, result error) func(*router.Context) error {
	return func(*router.Context) error {
		*log = append(*log, name)
		return result
	}
}
