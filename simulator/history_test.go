package simulator_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

func TestTheHistoryIsBounded(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.History = 100 })
	alice := sim.Group("A").Member("alice")
	for i := range 1000 {
		alice.Says(strconv.Itoa(i + 1))
		if i%10 == 0 {
			call(t, sim.Simulator, "/login/checkOnline", map[string]any{"appId": simulator.DefaultAppID})
		}
	}
	messages, err := sim.Messages("A", 0)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(messages), 100)
	assert.LessOrEqual(t, len(messages), 126)
	last := messages[len(messages)-1]
	assert.Equal(t, int64(1000), last.Seq, "numbers stay what they are")
	assert.Equal(t, "1000", last.Text)
	after, err := sim.Messages("", 998)
	require.NoError(t, err)
	require.Len(t, after, 2)
	assert.Equal(t, int64(999), after[0].Seq)
	require.ErrorContains(t, sim.Again(1), "forgotten")
	calls := sim.Calls()
	assert.Len(t, calls, 100)
	assert.Equal(t, int64(100), calls[99].Seq)
}

func TestAMessageComesAgain(t *testing.T) {
	t.Parallel()
	sim := start(t)
	require.ErrorContains(t, sim.Again(1), "no message 1")
	alice := sim.Group("A").Member("alice")
	alice.Says("before the bot was there")
	require.ErrorContains(t, sim.Again(1), "callback URL")
	b := listen(t, sim.Simulator, nil)
	m := alice.Says("once")
	alice.Says("between")
	settle(t, sim.Simulator)
	a := do(t, http.MethodPost, sim.URL()+"/sim/messages/"+strconv.FormatInt(m.Seq, 10)+"/again", "")
	assert.JSONEq(t, `{"ok":true}`, a.body)
	settle(t, sim.Simulator)
	posts := b.posts(t)
	require.Len(t, posts, 3)
	first, again := data(t, posts[0]), data(t, posts[2])
	for _, same := range []string{"NewMsgId", "MsgId", "MsgSeq", "CreateTime", "Content"} {
		assert.Equal(t, first[same], again[same], same)
	}
	messages, err := sim.Messages("", 0)
	require.NoError(t, err)
	assert.Len(t, messages, 3, "it is no new message")
	assert.Equal(t, simulator.CallbackAcknowledged, messages[1].Callback)
	require.NoError(t, sim.Again(1), "one that was never posted is an old one as well")
	for path, why := range map[string]string{"/sim/messages/x/again": "invalid syntax", "/sim/messages/99/again": "no message 99"} {
		a := do(t, http.MethodPost, sim.URL()+path, "")
		assert.Equal(t, 400, a.status)
		assert.Contains(t, a.body, why)
	}
	call(t, sim.Simulator, "/message/postText", sendText("wxid_bob", "mine"))
	require.ErrorContains(t, sim.Again(4), "sent through the API")
}
