package handling_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/handling"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

type sender struct{}

func (sender) Send(context.Context, outbox.Message) (*api.SentMessage, error) {
	return &api.SentMessage{}, nil
}

// TestOf asks the context of a handler, and one that was made from it.
func TestOf(t *testing.T) {
	t.Parallel()
	type key struct{}
	r := router.New()
	r.Any(func(c *router.Context) error {
		assert.Empty(t, handling.Of(c).Answers())
		require.NoError(t, c.Reply("hello"))
		made := context.WithValue(c, key{}, 1)
		assert.Equal(t, []api.Send{api.PostText{To: "wxid_a", Content: "hello"}}, handling.Of(made).Answers())
		taken, err := handling.Of(made).TakenByForm("wx_a")
		require.NoError(t, err)
		assert.False(t, taken)
		return nil
	})
	e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"wxid_me","Data":{"MsgType":1,` +
		`"FromUserName":"wxid_a","ToUserName":"wxid_me","Content":"hi"}}`))
	require.NoError(t, err)
	require.NoError(t, r.Serve(t.Context(), e, router.Services{Sender: sender{}}))
	assert.Panics(t, func() { handling.Of(t.Context()) }, "the context of no handler")
}
