package middleware_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const group = "100@chatroom"

// text returns a text message to the account wxid_me.
func text(t testing.TB, from, content string) *callback.Event {
	t.Helper()
	return event(t, map[string]any{
		"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me",
		"Data": map[string]any{"MsgType": 1, "NewMsgId": 1, "FromUserName": from, "ToUserName": "wxid_me", "Content": content},
	})
}

func event(t testing.TB, body map[string]any) *callback.Event {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	e, err := callback.Decode(b)
	require.NoError(t, err)
	return e
}

// through passes an event through a middleware, and reports whether it reached the handler.
func through(t testing.TB, m router.Middleware, e *callback.Event, h router.Handler) (bool, router.Outcome, error) {
	t.Helper()
	arrived := false
	r := router.New()
	r.Use(m)
	r.Any(func(c *router.Context) error {
		arrived = true
		if h == nil {
			return nil
		}
		return h(c)
	})
	outcome, err := r.Dispatch(t.Context(), e, router.Services{}, router.Run{})
	return arrived, outcome, err
}

// yes is a Sender that accepts everything.
type yes struct{}

func (yes) Send(context.Context, outbox.Message) (*api.SentMessage, error) {
	return &api.SentMessage{}, nil
}
