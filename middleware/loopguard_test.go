package middleware_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

// chat simulates a conversation with a bot that answers everything.
type chat struct {
	t       *testing.T
	now     time.Time
	router  *router.Router
	answers int
	dropped int
	muted   []string
}

func newChat(t *testing.T) *chat {
	t.Helper()
	c := &chat{t: t, now: time.Unix(1_800_000_000, 0), router: router.New()}
	c.router.Use(middleware.LoopGuard(middleware.LoopGuardConfig{
		Rounds: 3, Pause: 5 * time.Second, Mute: time.Minute, Clock: clock.Func(func() time.Time { return c.now }),
		Count: func(reason string) { assert.Equal(t, middleware.DroppedLoop, reason); c.dropped++ },
		Muted: func(account, conversation string) { c.muted = append(c.muted, account+" "+conversation) },
	}))
	c.router.Any(func(ctx *router.Context) error { c.answers++; return ctx.Reply("answer") })
	return c
}

// says has a person write in a group at a time.
func (c *chat) says(from string, written time.Time) {
	c.t.Helper()
	e := event(c.t, map[string]any{
		"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me",
		"Data": map[string]any{
			"MsgType": 1, "NewMsgId": 1, "FromUserName": group, "ToUserName": "wxid_me", "Content": from + ":\nhi",
			"CreateTime": written.Unix(),
		},
	})
	c.serve(e)
}

func (c *chat) serve(e *callback.Event) {
	c.t.Helper()
	require.NoError(c.t, c.router.Serve(c.t.Context(), e, router.Services{Sender: yes{}}))
}

func TestLoopGuardMutesABot(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	for range 10 {
		c.says("wxid_bot", c.now)
		c.now = c.now.Add(2 * time.Second)
	}
	assert.Equal(t, 3, c.answers, "the first message and two reactions; the third is one too many")
	assert.Equal(t, 7, c.dropped)
	assert.Equal(t, []string{"wx_app " + group}, c.muted, "one alarm")

	c.now = c.now.Add(time.Hour)
	c.says("wxid_bot", c.now)
	assert.Equal(t, 4, c.answers, "the silence has an end")
}

func TestLoopGuardCanBeOff(t *testing.T) {
	t.Parallel()
	handled := 0
	h := middleware.LoopGuard(middleware.LoopGuardConfig{Rounds: -1})(func(*router.Context) error { handled++; return nil })
	require.NoError(t, h(nil), "the guard looks at nothing")
	assert.Equal(t, 1, handled)
}

func TestLoopGuardLeavesPeopleAlone(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(c *chat, i int){
		"somebody who takes time": func(c *chat, _ int) { c.now = c.now.Add(7 * time.Second); c.says("wxid_a", c.now) },
		"two people": func(c *chat, i int) {
			c.now = c.now.Add(time.Second)
			c.says([]string{"wxid_a", "wxid_b"}[i%2], c.now)
		},
		"messages that have waited": func(c *chat, _ int) { c.says("wxid_a", c.now.Add(-time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChat(t)
			for i := range 20 {
				play(c, i)
			}
			assert.Equal(t, 20, c.answers)
			assert.Zero(t, c.dropped)
		})
	}
}

// TestLoopGuardTellsWithoutHoldingOthersUp: while a slow Muted callback runs, another message
// passes.
func TestLoopGuardTellsWithoutHoldingOthersUp(t *testing.T) {
	t.Parallel()
	r := router.New()
	inside := false
	now := time.Unix(1_800_000_000, 0)
	r.Use(middleware.LoopGuard(middleware.LoopGuardConfig{Rounds: 1, Clock: clock.Func(func() time.Time { return now }),
		Muted: func(string, string) {
			inside = true
			require.NoError(t, r.Serve(t.Context(), text(t, "wxid_other", "hi"), router.Services{Sender: yes{}}))
		}}))
	r.Any(func(c *router.Context) error { return c.Reply("x") })
	for range 2 {
		require.NoError(t, r.Serve(t.Context(), text(t, "wxid_bot", "hi"), router.Services{Sender: yes{}}))
		now = now.Add(time.Second)
	}
	assert.True(t, inside)
}

func TestLoopGuardCountsAnswersOnly(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	silent := router.New()
	silent.Use(middleware.LoopGuard(middleware.LoopGuardConfig{Rounds: 1, Count: func(string) { c.dropped++ }}))
	silent.Any(func(*router.Context) error { c.answers++; return nil })
	for range 5 {
		require.NoError(t, silent.Serve(t.Context(), text(t, "wxid_a", "hi"), router.Services{}))
	}
	assert.Equal(t, 5, c.answers, "a bot that says nothing is in no loop")
}
