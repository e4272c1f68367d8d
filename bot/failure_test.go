package bot_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestFailuresReachAPerson: each kind once, to the function, the webhook and the owner's chat, with
// the command to type and without a word of what was said.
func TestFailuresReachAPerson(t *testing.T) {
	t.Parallel()
	type alert struct {
		Event, Kind, Do, Key string
		Count                int
	}
	posted := make(chan string, 20)
	hook := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		posted <- string(body)
	})
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.MaxAttempts = 1
	config.Alarm = bot.Alarm{Webhook: hook, Owner: "wxid_carol", Silence: -1}
	b, err := bot.New(config)
	require.NoError(t, err)
	called := make(chan bot.Failure, 20)
	b.OnFailure(func(f bot.Failure) { called <- f })
	b.Command("dead", func(*router.Context) error { return errors.New("broken") })
	b.Command("hold", func(c *router.Context) error {
		return c.Reply("the text of the answer", router.Hold("look"), router.Key("k1"))
	})
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply("fine") })
	start(t, b, sim.Simulator)
	alice, bob, owner := sim.Friend("alice"), sim.Friend("bob"), sim.Friend("carol")
	alice.Says("hi")
	alice.ExpectText("fine") // the account works
	alice.Says("dead secret one")
	bob.Says("dead secret two")
	alice.Says("hold")
	got := map[string]bot.Failure{}
	for len(got) < 2 {
		f := <-called
		require.NotContains(t, got, f.Kind, "once")
		got[f.Kind] = f
	}
	assert.Equal(t, 2, got["dead_letter"].Count, "those of one moment are one alert")
	assert.Equal(t, "k1", got["held_send"].Key)
	assert.Equal(t, "wxid_alice", got["held_send"].Chat)
	for range 2 {
		body := <-posted
		var a alert
		require.NoError(t, json.Unmarshal([]byte(body), &a))
		assert.Equal(t, "failure", a.Event)
		assert.Equal(t, got[a.Kind].Count, a.Count)
		assert.True(t, strings.HasPrefix(a.Do, "hongyan "), a.Do)
		assert.NotContains(t, body, "secret")
		assert.NotContains(t, body, "the text")
		owner.Expect("the alert", func(m simulator.Message) bool {
			return strings.Contains(m.Text, "hongyan dead list") || strings.Contains(m.Text, `hongyan outbox release or drop "k1"`)
		})
	}
	require.NoError(t, b.Release(t.Context(), "k1"))
	alice.ExpectText("the text of the answer")
	alice.Says("hold again") // the same key: it was sent
	owner.ExpectNothing()
	assert.Empty(t, called)
	assert.Empty(t, posted)
	assert.WithinDuration(t, time.Now(), got["held_send"].Since, time.Minute)
}
